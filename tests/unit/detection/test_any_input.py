"""Whatever comes in, what goes out is valid JSON about it, after a bounded number of steps."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tereze.detection import assess, assess_many
from tereze.detection.cli import main_scan
from tereze.detection.features import Seen
from tereze.detection.model import Model, View
from tereze.indicators import jsonlines
from tests.unit.detection.test_hostile import HOSTILE


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300) | st.text().map(lambda text: json.dumps({"text": text}).encode()))
def test_any_bytes_make_valid_json_or_are_refused(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], content: bytes
) -> None:
    file = tmp_path / "any.jsonl"
    file.write_bytes(content)
    code = main_scan([str(file), "--fingerprint"])
    out = capfdbinary.readouterr().out
    assert code in {0, 3}
    for line in out.splitlines():
        item = json.loads(line)
        assert {"id", "outcome", "p_illegal", "score", "reasons", "fingerprint"} <= item.keys()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=80), max_size=6))
def test_spans_lie_inside_the_text(texts: list[str]) -> None:
    for text, assessment in zip(texts, assess_many(texts), strict=True):
        spans = [span for reason in assessment.reasons for span in reason.spans]
        spans += [indicator.span for indicator in assessment.indicators]
        assert all(0 <= start < end <= len(text) for start, end in spans)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(st.characters()), VALUES, max_size=4))
def test_lines_mean_the_same_with_and_without_msgspec(item: dict[str, Any]) -> None:
    fast = jsonlines.encode(item)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlines, "_msgspec", None)
        plain = jsonlines.encode(item)
        assert json.loads(fast) == json.loads(plain) == jsonlines.decode(plain.decode())
    assert jsonlines.decode(plain.decode()) == json.loads(plain)
    assert fast.count(b"\n") == plain.count(b"\n") == 1


@pytest.mark.parametrize("line", ['{"a": NaN}', "{", "", '{"a": 1e400} x', "[" * 100_000])
def test_both_refuse_the_same(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((ValueError, RecursionError)):
        jsonlines.decode(line)
    monkeypatch.setattr(jsonlines, "_msgspec", None)
    with pytest.raises((ValueError, RecursionError)):
        jsonlines.decode(line)


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_steps_grow_with_the_length_and_no_faster(piece: str) -> None:
    short, long = piece * (8_000 // len(piece)), piece * (16_000 // len(piece))
    assess(long)  # what is worked out once is worked out now
    assert _calls(long) <= 2.5 * _calls(short) + 2_000


def _calls(text: str) -> int:
    """How many functions are called, Python's and C's: no clock, so no busy computer disturbs."""
    count = 0

    def step(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(step)
    try:
        assess(text)
    finally:
        sys.setprofile(None)
    return count


def test_long_texts_are_not_held_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[int] = []
    views = Model.views

    def watched(model: Model, seen: Sequence[Seen]) -> list[View]:
        together.append(sum(len(one.heard) for one in seen))
        return views(model, seen)

    monkeypatch.setattr(Model, "views", watched)
    long = "Сегодня тепло и солнечно. " * 2_000
    assess(long)
    alone = max(together)
    assess_many([long] * 6)
    assert max(together) <= 2 * alone
