"""Copies of an advert stay near each other whatever is edited in them; other adverts stay far."""

from __future__ import annotations

from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tereze.detection import fingerprint, similarity
from tests.unit.detection.test_assess import voices


ADVERT = (
    "Требуются курьеры по городу, график свободный, оплата каждый день от 25 000 тенге. "
    "Опыт не нужен, всему научим. Пишите в телеграм @easy_work_kz, успейте до пятницы!"
)
COPIES = [
    ADVERT.upper(),
    ADVERT.replace("о", "o").replace("а", "a"),
    ADVERT.replace(" ", "  ").replace(",", " —"),
    ADVERT.replace("25 000", "30 000"),
    ADVERT.replace("@easy_work_kz", "@fast_work_kz"),
    "Добрый день! " + ADVERT,
    ADVERT.replace("Опыт не нужен, всему научим. ", ""),
    "".join(letter + "\u200b" for letter in ADVERT),
]


@pytest.mark.parametrize("copy", COPIES)
def test_an_edited_copy_stays_near(copy: str) -> None:
    assert similarity(fingerprint(ADVERT), fingerprint(copy)) >= 0.6


def test_other_texts_are_far() -> None:
    prints = [fingerprint(voice.text) for voice in voices() if len(voice.text) > 60][:120]
    assert max(similarity(a, b) for a, b in combinations(prints, 2)) < 0.5


def test_it_is_the_same_on_every_computer() -> None:
    assert sha256(fingerprint(ADVERT)).hexdigest()[:16] == "c0a4c4ef3bd23ffd"
    assert len(fingerprint(ADVERT)) == 256
    assert fingerprint("куплю карту") == fingerprint("KУПЛЮ, КАРТУ!!!")


def test_what_says_nothing_is_like_nothing() -> None:
    assert similarity(fingerprint(""), fingerprint("")) == 0.0
    assert similarity(fingerprint("да"), fingerprint("да")) == 1.0
    with pytest.raises(ValueError, match="256 bytes"):
        similarity(b"", fingerprint("да"))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_like_itself(text: str) -> None:
    assert similarity(fingerprint(text), fingerprint(text)) in {0.0, 1.0}
