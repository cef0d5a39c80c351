"""Whether a chat is quieter than it ever is at this time: a guess from numbers, without a database.

What is compared is the stretch since the last message (at most a day of it) with the same stretch of
earlier days of the same kind (weekdays with weekdays, weekends with weekends). From their counts
follows how likely such a stretch would be empty by itself: the Gamma–Poisson (negative binomial)
predictive chance of a zero, `(n / (n + 1)) ** (sum + 1/2)` for n stretches with Jeffreys' prior, in
which how little is known after few weeks is part of the answer. People write in bursts, so counts
scatter more than Poisson's; the exponent is divided by the dispersion that was found (Pearson's
statistic by its degrees of freedom: McCullagh & Nelder, "Generalized Linear Models", 1989, 4.5).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import mean, variance
from zoneinfo import ZoneInfo


UNUSUAL = 1 / 10_000  # chance of such a silence; a busy chat is asked some 9,000 times a year by it
FEWEST = 4  # stretches to compare with: two weekends
LONGEST = timedelta(days=1)
HISTORY = timedelta(weeks=6)
HOUR = timedelta(hours=1)
WEEKEND = 5


def chance_of_silence(before: Sequence[float]) -> float:
    """How likely no message would have come, by the counts of comparable stretches.

    >>> chance_of_silence([40, 55, 38, 61, 47]) < UNUSUAL
    True
    >>> chance_of_silence([40, 2, 0, 61, 5]) < UNUSUAL
    False
    """
    number = len(before)
    if number < FEWEST:
        return 1.0
    usual = mean(before)
    scatter = max(1.0, variance(before) / usual) if usual else 1.0
    return float((number / (number + 1)) ** ((sum(before) + 0.5) / scatter))


def is_too_quiet(before: Sequence[float]) -> bool:
    return chance_of_silence(before) < UNUSUAL


def is_weekend(at: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).weekday() >= WEEKEND


def stretches(
    counts: Mapping[datetime, int], since: datetime, until: datetime, zone: ZoneInfo
) -> list[float]:
    """How much was written in the same stretch of earlier days of the same kind, where every hour
    of it was seen. Hours that are covered in part count in part."""
    since = max(since, until - LONGEST)
    kinds = (is_weekend(since, zone), is_weekend(until, zone))
    found = []
    for back in (timedelta(days=days) for days in range(1, HISTORY.days + 1)):
        begin, end = since - back, until - back
        if (is_weekend(begin, zone), is_weekend(end, zone)) != kinds:
            continue
        parts = [(counts.get(hour), share) for hour, share in hours_of(begin, end)]
        known = [count * share for count, share in parts if count is not None]
        if parts and len(known) == len(parts):
            found.append(sum(known))
    return found


def hours_of(begin: datetime, end: datetime) -> Iterable[tuple[datetime, float]]:
    """The hours that a stretch touches, with the part of each that lies in it."""
    hour = hour_of(begin)
    while hour < end:
        inside = min(end, hour + HOUR) - max(begin, hour)
        yield hour, inside / HOUR
        hour += HOUR


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
