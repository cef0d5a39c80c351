"""What everybody may read of the direct line: sums by month, and by name whoever agreed to it.

Small numbers could point at somebody: what is above zero and below five is not shown, nor is what
could be found by subtracting. No sum over all months is given, for the same reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.statistics.line import Line, by_month, by_platform, line_of
from tereze.statistics.line_names import month_name
from tereze.statistics.lives import Life, lives_of
from tereze.statistics.names import platform_name
from tereze.statistics.period import local_day, midnight


FEW = 5
MONTHS = 12


def told(number: int) -> int | None:
    return None if 0 < number < FEW else number


@dataclass(frozen=True)
class Row:
    name: str
    line: Line

    @property
    def is_shown(self) -> bool:
        return self.line.requests >= FEW

    @property
    def median(self) -> float | None:
        return self.minutes[0]

    @property
    def minutes(self) -> tuple[float | None, float | None]:
        """Median and p90 until our own look, where enough were measured to say so."""
        step = self.line.steps["sent_verified"]
        return (step.median, step.p90) if step.n >= FEW else (None, None)

    @property
    def counts(self) -> tuple[int | None, ...]:
        """Sent, gone, refused, back again; None where it is too few to be told."""
        line = self.line
        found = (line.requests, line.verified, line.refused, line.reappeared)
        return tuple(map(told, found))


@dataclass(frozen=True)
class Public:
    months: list[Row]  # newest first
    named: list[Row]


def public_line(unit: Unit) -> Public:
    first = local_day(now() - timedelta(days=31 * (MONTHS - 1)), unit).replace(day=1)
    sent = [life for life in lives_of(unit, midnight(first, unit)) if life.sent]
    months = [Row(month_name(month), line_of(own)) for month, own in by_month(sent, unit).items()]
    agreed = [life for life in sent if life.request.partner.named_in_public]
    named = [Row(platform_name(slug), line_of(own)) for slug, own in by_platform(agreed).items()]
    return Public(months[::-1], not_subtractable(named, sent))


def not_subtractable(named: Sequence[Row], sent: Sequence[Life]) -> list[Row]:
    """Without those from which the few of the others could be reckoned."""
    kept = [row for row in named if row.is_shown]
    while kept and 0 < len(sent) - sum(row.line.requests for row in kept) < FEW:
        kept.pop()  # the smallest
    return kept
