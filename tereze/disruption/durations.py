"""How long things take, where some are not over yet.

What is not over counts too, as "at least so long" (Kaplan and Meier's estimator): leaving it out
would make a partner that answers only the easy requests look quick.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


MEDIAN, P90 = Fraction(1, 2), Fraction(9, 10)


@dataclass(frozen=True)
class Time:
    minutes: float
    gone: bool  # it is over; otherwise it lasts still


def quantile(times: Sequence[Time], share: Fraction) -> float | None:
    """The time by which this share was over; between two ends where it falls between them."""
    staying, at_risk, rest = Fraction(1), len(times), 1 - share
    ordered = sorted(times, key=lambda time: (time.minutes, not time.gone))
    exactly: float | None = None
    for time in ordered:
        if time.gone:
            if exactly is not None:
                return (exactly + time.minutes) / 2
            staying *= Fraction(at_risk - 1, at_risk)
            if staying < rest:
                return time.minutes
            if staying == rest:
                exactly = time.minutes
        at_risk -= 1
    return exactly


def rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
