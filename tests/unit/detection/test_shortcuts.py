"""Every shortcut gives what the long way gives: gate, words read one by one, scores, batches."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tereze.detection import Document, assess, assess_many
from tereze.detection.gate import Gate, Possible
from tereze.detection.language import detect_language
from tereze.detection.lookalikes import LETTER_SHAPES
from tereze.detection.matching import find_hits
from tereze.detection.ruleset import default_rules
from tereze.detection.skeleton import Skeleton, _fold_as_a_whole, fold
from tereze.detection.vocabulary import vocabulary
from tereze.indicators import fold as fold_typography
from tests.unit.detection.test_assess import DISGUISED, OFFERS, voices
from tests.unit.detection.test_hostile import HOSTILE


TEXTS = [
    *OFFERS,
    *DISGUISED,
    *(voice.text for voice in voices()),
    *(text for rule in default_rules().rules for text in (*rule.examples, *rule.counter_examples)),
    *(piece * (300 // len(piece)) for piece in HOSTILE),
    "к у п л ю   к а р т у  и  k a r t u",
    "куплю_карту _карту_ 50_карт",
    "ΑΣ.Α купΣ",
    "5₽ ку₽ю €д∂ x@y.kz к@рту ь ьь съьь",
]
TRICKY = "купЛюcardKартуьъ 08@$₽€_-.\n«»\u200b\u0306ИЁǅΣӘқ1️⃣😀²ıß"


@pytest.mark.parametrize("number", range(8))
def test_the_gate_hides_no_hit(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = default_rules()
    readings = [vocabulary(rules).fold(text) for text in TEXTS[number::8]]
    marks = {"@contact": [(0, 1)]}
    gated = [find_hits(reading, rules, marks) for reading in readings]
    everything = Possible([(rule, rule.any) for rule in rules.rules], (1 << len(rules.phrases)) - 1)
    monkeypatch.setattr(Gate, "possible", lambda *_: everything)
    monkeypatch.setattr(Gate, "possible_inside", lambda *_: range(len(rules.phrases)))
    assert gated == [find_hits(reading, rules, marks) for reading in readings]


def _same_skeleton(text: str) -> None:
    whole = _fold_as_a_whole(fold_typography(text), [])
    quick = fold(text)
    assert quick.text == whole.text
    assert list(quick.offsets) == list(whole.offsets)
    assert _undone(quick) == _undone(whole)


def _undone(skeleton: Skeleton) -> list[tuple[str, int, int]]:
    return [found for found in skeleton.disguised if found[0] != "hidden_characters"]


def test_words_read_one_by_one_make_the_text_read_as_a_whole() -> None:
    for text in TEXTS:
        _same_skeleton(text)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=TRICKY, max_size=60))
def test_so_do_words_nobody_expects(text: str) -> None:
    _same_skeleton(text)


def test_no_sign_outside_a_word_changes_in_lower_case() -> None:
    """What parts words is copied as it is; so nothing there may have a folded form."""
    signs = (chr(code) for code in range(0x110000))
    for sign in (sign for sign in signs if unicodedata.category(sign)[0] in "PSZ"):
        plain = fold_typography(sign).text
        if not any(char.isalnum() for char in plain) and sign not in LETTER_SHAPES:
            assert fold(f"к {sign} к").text == f"к {plain} к"


def test_a_batch_judges_each_text_as_if_it_were_alone() -> None:
    documents: list[str | Document] = [*TEXTS, Document("", caption="Куплю карту", quoted="да")]
    assert assess_many(documents) == [assess(document) for document in documents]
    assert assess_many([]) == []


def test_the_language_is_that_of_the_whole_text() -> None:
    for text in TEXTS:
        assert assess(text).lang == detect_language(text)
