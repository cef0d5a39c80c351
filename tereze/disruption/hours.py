"""Clocks that run only while the partner has agreed to work. Plain functions over a schedule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


Interval = tuple[time, time]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = time(0)
FURTHEST = 400  # days; a schedule that never opens must not be searched for ever


class NeverOpenError(Exception):
    """The agreed hours never open, so no deadline can be told."""


@dataclass(frozen=True)
class Schedule:
    """Week by weekday number, Monday is 0. An end of 00:00, or before its start, is after midnight."""

    week: Mapping[int, Sequence[Interval]]
    holidays: frozenset[date] = frozenset()
    zone: str = "Asia/Almaty"
    around_the_clock: bool = field(default=False)  # night duty covers this kind of request

    @classmethod
    def read(
        cls,
        hours: Mapping[str, Sequence[Sequence[str]]],
        holidays: Sequence[str] = (),
        *,
        zone: str = "Asia/Almaty",
        around_the_clock: bool = False,
    ) -> "Schedule":
        """From configuration: {"mon": [["09:00", "18:00"]], …} and ISO dates. ValueError if wrong."""
        unknown = set(hours) - set(DAYS)
        if unknown:
            raise ValueError(f"no such day: {', '.join(sorted(unknown))}")
        week = {
            DAYS.index(day): [(clock_time(start), clock_time(end)) for start, end in intervals]
            for day, intervals in hours.items()
        }
        days = frozenset(date.fromisoformat(day) for day in holidays)
        return cls(week, days, zone, around_the_clock)

    def opening(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals that begin on this day, in UTC."""
        if day in self.holidays:
            return
        zone = ZoneInfo(self.zone)
        for start, end in sorted(self.week.get(day.weekday(), ())):
            last = day if end > start else day + timedelta(days=1)
            yield (
                datetime.combine(day, start, zone).astimezone(UTC),
                datetime.combine(last, end, zone).astimezone(UTC),
            )

    def is_open(self, at: datetime) -> bool:
        if self.around_the_clock:
            return True
        today = at.astimezone(ZoneInfo(self.zone)).date()
        return any(
            start <= at < end
            for day in (today - timedelta(days=1), today)
            for start, end in self.opening(day)
        )


def clock_time(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)


def deadline(start: datetime, minutes: float, schedule: Schedule) -> datetime:
    """When `minutes` of the partner's working time have passed since `start`."""
    left = timedelta(minutes=minutes)
    if schedule.around_the_clock:
        return start + left
    at = start
    # the day before first: a shift that began yesterday evening may still be open
    day = start.astimezone(ZoneInfo(schedule.zone)).date() - timedelta(days=1)
    for _ in range(FURTHEST):
        for opens, closes in schedule.opening(day):
            begin = max(opens, at)
            if begin >= closes:
                continue
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
            at = closes
        day += timedelta(days=1)
    raise NeverOpenError


def worked_minutes(start: datetime, end: datetime, schedule: Schedule) -> float:
    """How much of the time between two moments the partner was at work."""
    if schedule.around_the_clock or end <= start:
        return max((end - start).total_seconds(), 0) / 60
    zone = ZoneInfo(schedule.zone)
    day = start.astimezone(zone).date() - timedelta(days=1)
    at, total = start, timedelta()
    while day <= end.astimezone(zone).date():
        for opens, closes in schedule.opening(day):
            begin, stop = max(opens, at), min(closes, end)
            if begin < stop:
                total += stop - begin
                at = stop
        day += timedelta(days=1)
    return total.total_seconds() / 60
