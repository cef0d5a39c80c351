"""Minutes to removal, with what is still there counted as "at least so long"."""

from fractions import Fraction

import pytest

from tereze.disruption.durations import Time, quantile


HALF, NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)


def times(text: str) -> list[Time]:
    """`5 7+ 9`: minutes; with a plus, still there after that long."""
    return [Time(float(part.rstrip("+")), not part.endswith("+")) for part in text.split()]


@pytest.mark.parametrize(
    ("seen", "median"),
    [
        ("9", 9),
        ("3 9", 6),
        ("1 2 100", 2),
        ("1 2 3 4", 2.5),
        ("10 20 30+", 20),
        ("10 20+ 30+", None),  # fewer than half are gone
        ("1+ 2+ 10", 10),
        ("", None),
    ],
)
def test_the_median_knows_what_is_still_there(seen: str, median: float | None) -> None:
    assert quantile(times(seen), HALF) == median


def test_p90_of_ten() -> None:
    assert quantile(times("1 2 3 4 5 6 7 8 9 10"), NINE_TENTHS) == 9.5
    assert quantile(times("1 2 3 4 5 6 7 8 9+ 10+"), NINE_TENTHS) is None
