"""Folding: what a reader sees is what rules are matched on, and the way back is exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.detection.patterns import PatternError, compile_phrase
from tereze.detection.skeleton import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("КУПЛЮ Карту", "куплю карту"),
        ("кyплю кaртy", "куплю карту"),  # Latin letters inside
        ("KAPTA тут", "карта тут"),  # Latin letters throughout
        ("kuplyu kartu", "куплю карту"),  # by sound
        ("satyp alamyn", "сатип аламин"),
        ("қарызға беріңіз", "каризга бериниз"),
        ("карызга бериниз", "каризга бериниз"),  # typed without Kazakh letters
        ("Kaspiге", "каспиге"),  # a name with a Kazakh ending
        ("к у п л ю  к а р т у", "куплю карту"),
        ("к.у.п.л.ю", "куплю"),
        ("ку\u200bп\u00adлю", "куплю"),
        ("к̶а̶р̶т̶а̶", "карта"),
        ("каааартууу", "карту"),
        ("к4рту", "карту"),
        ("р@бота", "работа"),
        ("3арплата", "зарплата"),
        ("𝐊уплю ⓚарту", "куплю карту"),
        ("Pⲁδотⲁ", "работа"),
        ("ку-\nплю", "куплю"),
        ("день деньги", "ден денги"),
        ("от 10 000 тг, 5к", "от 10 000 тг, 5к"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert " ".join(fold(text).text.split()) == folded


@given(st.text(max_size=200))
def test_every_place_leads_back_into_the_original(text: str) -> None:
    skeleton = fold(text)
    assert len(skeleton.offsets) == len(skeleton.text)
    for i in range(len(skeleton.text)):
        start, end = skeleton.original_span(i, i + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("word", ["новый", "ҰҚК", "mesyats", "𝐦𝐞𝐬𝐲𝐚𝐭𝐬", "день", "картууу"])
def test_a_word_is_shown_to_its_end(word: str) -> None:
    text = f"{word} - рахмет"
    skeleton = fold(text)
    end = skeleton.text.index(" - ")
    assert text[slice(*skeleton.original_span(0, end))] == word


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("куплю карт*", "Куплю карточку", True),
        ("куплю карт*", "куплю новую карту", False),
        ("куплю .. карт*", "куплю новую карту", True),
        ("куплю .. карт*", "куплю ещё одну новую белую карту", False),
        ("(куплю|скупаю) [вашу] карту", "скупаю карту", True),
        ("(куплю|скупаю) [вашу] карту", "скупаю вашу карту", True),
        ("доход # в день", "доход 50 000 в день", True),
        ("доход #% в день", "доход 50 000 в день", False),
        ("доход #% в день", "доход 5% в день", True),
        ("жібер~", "жіберіңіз", True),
        ("жібер~", "жібермеңіз", False),
        ("apk", "файл APK", True),
        ("apk", "файл арк", True),  # the same shape in Cyrillic
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    regex = compile_phrase(pattern, {}).regex
    assert (regex.search(fold(text).text) is not None) is found


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("", "empty"),
        ("(куплю", "is missing"),
        ("куплю)", "unexpected"),
        (".. куплю", "cannot come first"),
        ("[очень]", "must begin with a word"),
        ("{нет такого}", "no word set"),
        ("к*", "too short"),
        ("(" * 390 + "карт*" + ")" * 390, "cannot read"),
    ],
)
def test_a_broken_pattern_says_what_is_wrong(pattern: str, complaint: str) -> None:
    with pytest.raises(PatternError, match=complaint):
        compile_phrase(pattern, {})
