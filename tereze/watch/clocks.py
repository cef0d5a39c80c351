"""How far a service's clock is from ours, as far as what it said and when we heard it can tell.

Something that was said while we listened, between `since` and `until` by our clock, and that carries
the service's own time, puts the difference between two bounds. What came late (after a lost line)
puts it between wide ones and accuses nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


BOUND = 120  # seconds; clocks that are kept at all differ by less than one
ENOUGH = 3  # words in a row: one message with a wrong date is no wrong clock
GRAIN = 1.0  # services tell whole seconds
COARSE = 10  # seconds: what is shown is rounded to these, so that rows are not written for jitter


@dataclass
class Clock:
    skew: int | None = None  # seconds by which the service is ahead; None: nothing heard yet
    row: int = 0  # words in a row that were beyond the bound in one direction

    def hear(self, told: datetime, since: datetime | None, until: datetime) -> None:
        """`since` None: it is not known how old this is, so that it can only be too early."""
        most = (told - since).total_seconds() + GRAIN if since else None
        least = (told - until).total_seconds()
        if least > 0:
            found = least
        elif most is not None and most < 0:
            found = most
        elif most is None:
            return
        else:
            found = 0.0
        far = (found > BOUND) - (found < -BOUND)
        self.row = self.row + far if far and far * self.row >= 0 else far
        self.skew = round(found / COARSE) * COARSE

    @property
    def trouble(self) -> str:
        if abs(self.row) < ENOUGH:
            return ""
        return "clock_ahead" if self.row > 0 else "clock_behind"


def date_of(header: str) -> datetime | None:
    """An HTTP `Date`."""
    try:
        told = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def worst(*clocks: Clock) -> Clock:
    """One that is in trouble before one that is not; else the one that is further off."""
    return max(clocks, key=lambda clock: (bool(clock.trouble), abs(clock.skew or 0)))


@dataclass
class Steps:
    """Whether our own clock was set while we ran: it went further than time did."""

    last: tuple[float, datetime] | None = None

    def jump(self, ticks: float, at: datetime) -> timedelta:
        """By how much since the last look; nothing at the first one and for what clocks drift."""
        before, self.last = self.last, (ticks, at)
        if before is None:
            return timedelta()
        jumped = (at - before[1]) - timedelta(seconds=ticks - before[0])
        return jumped if abs(jumped) > timedelta(seconds=BOUND) else timedelta()
