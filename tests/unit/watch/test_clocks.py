"""How far a service's clock is from ours, from what it said and when we heard it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.watch.clocks import BOUND, Clock, date_of, worst


AT = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)


def clock(*words: tuple[float, float | None]) -> Clock:
    """Words as (seconds by which they are dated after we heard them, seconds since the one before)."""
    made = Clock()
    for number, (dated, before) in enumerate(words):
        at = AT + timedelta(minutes=number)
        since = None if before is None else at - timedelta(seconds=before)
        made.hear(at + timedelta(seconds=dated), since, at)
    return made


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ([(0, 25), (-3, 25), (-20, 25)], ""),
        ([(300, 25)] * 3, "clock_ahead"),
        ([(300, 25)] * 2, ""),  # two wrong dates are no wrong clock
        ([(-300, 25)] * 3, "clock_behind"),
        ([(-300, 3600)] * 3, ""),  # after an hour without a line: it is old, not wrongly dated
        ([(-300, None)] * 9, ""),  # nobody knows how old it is
        ([(300, None)] * 3, "clock_ahead"),  # what is to come cannot be old
        ([(300, 25), (300, 25), (0, 25), (300, 25)], ""),
        ([(300, 25), (300, 25), (-300, 25)], ""),
        ([(300, 25)] * 5 + [(0, 25)], ""),  # set right again
        ([(BOUND - 5, 25)] * 5, ""),
    ],
)
def test_what_is_concluded(words: list[tuple[float, float | None]], trouble: str) -> None:
    assert clock(*words).trouble == trouble


@given(
    skew=st.integers(-3600, 3600),
    delays=st.lists(st.tuples(st.floats(0, 24), st.floats(0, 7200)), min_size=3, max_size=20),
)
def test_a_right_clock_is_never_accused_however_late_words_come(
    skew: int, delays: list[tuple[float, float]]
) -> None:
    """Whatever the waiting: the true difference lies within the bounds, so none beyond is claimed."""
    made, at = Clock(), AT
    for waited, outage in delays:
        since, at = at, at + timedelta(seconds=25 + outage)
        written = at - timedelta(seconds=min(waited + outage, (at - since).total_seconds()))
        made.hear(written + timedelta(seconds=skew), since, at)
    if abs(skew) < BOUND:
        assert made.trouble == ""
    elif made.trouble:
        assert made.trouble == ("clock_ahead" if skew > 0 else "clock_behind")


@pytest.mark.parametrize("header", ["", "yesterday", "99 Foo 2026", "\0"])
def test_nonsense_is_no_date(header: str) -> None:
    assert date_of(header) is None


def test_the_worse_of_two_is_told() -> None:
    assert worst(clock((0, 25)), clock(*[(300, 25)] * 3)).trouble == "clock_ahead"
    assert worst(clock((900, 25)), clock(*[(-300, 25)] * 3)).trouble == "clock_behind"
    assert worst(Clock(), Clock()).skew is None
