"""Whether a chat is quieter than it ever is at this hour: a robust guess, without a database.

Counts of the same hour of the day in the days before (weekdays with weekdays, weekends with
weekends), their median and their median absolute deviation. With `WIDTH` = 3 scaled deviations a
quiet hour is suspicious only where the usual one is busy and steady: Leys et al., "Detecting
outliers: Do not use standard deviation around the mean, use absolute deviation around the median",
J. Exp. Soc. Psychol. 49 (2013); 1.4826 makes the deviation that of a normal distribution.
"""

from collections.abc import Sequence
from statistics import median


SCALE = 1.4826
WIDTH = 3.0
DAYS = 3  # of the same kind; with fewer nothing is known
BUSY = 12  # messages in a usual hour; below this an hour of silence is ordinary


def is_too_quiet(now: int, before: Sequence[int]) -> bool:
    """`now`: messages within the last hour; `before`: in the same hour of earlier days.

    >>> is_too_quiet(0, [40, 55, 38, 61, 47])
    True
    >>> is_too_quiet(0, [40, 2, 0, 61, 5])
    False
    """
    if now > 0 or len(before) < DAYS:
        return False  # one message shows that we see
    usual = median(before)
    spread = SCALE * median(abs(count - usual) for count in before)
    return usual >= BUSY and usual - WIDTH * spread > 0
