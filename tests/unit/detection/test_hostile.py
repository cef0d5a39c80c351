"""Texts made to be slow: the cost grows with the length, never with its square."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tereze.detection import assess


HOSTILE = [
    "куплю карту ",
    "а",
    " ",
    "8",
    "8 ",
    "10 000 ",
    "к у п л ю ",
    "к.",
    "кaрту ",
    "к\u200b",
    "к4",
    "«",
    '"',
    "а-\n",
    "назовите код из смс ",
    "деньги плачу 5 тысяч ",
    "\ud800",
]


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_twice_the_text_costs_about_twice_the_time(piece: str) -> None:
    short = piece * (1_000 // len(piece))
    long = piece * (8_000 // len(piece))
    assess(long)  # phrases compile when first tried
    assert _seconds(long) < 40 * _seconds(short) + 0.05


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(3):
        begun = time.process_time()
        assess(text)
        best = min(best, time.process_time() - begun)
    return best


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assessment = assess(text)
    assert 0 <= assessment.p_illegal <= 1
    assert 0 <= assessment.score <= 1
    for reason in assessment.reasons:
        assert all(0 <= start < end <= len(text) for start, end in reason.spans)
