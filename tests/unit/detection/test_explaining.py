"""What a person is told of one text: where it speaks, why, and the sum that can be done again."""

from __future__ import annotations

import math
import re
import sys

import pytest

from tereze.detection import Outcome, assess
from tereze.detection.assessment import Reason
from tereze.detection.explaining import _FOUND, explanation, highlighted, workings
from tereze.detection.terminal import one_line, printable, wants_colour
from tereze.indicators.model import TYPES


TEXTS = [
    "Куплю карту, оплата сразу",
    "К у п л ю  к а р т у, оплата сразу, kaspi-id.top",
    "Полиция предупреждает: мошенники пишут «куплю карту, оплата сразу»",
    "Мне написали «куплю карту», я отдал 300 000 тенге. Прошу принять меры",
    "Требуются грузчики, оплата ежедневно, 10 000 тг",
    "Картаңызды сатып аламын, ақшасын бірден беремін",
    "Кинь на каспи 3000, я заправлюсь и верну",
    "Сегодня в городе тепло, ветер слабый. " * 120 + "Куплю карту, оплата сразу.",
    "",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_sum_gives_p_illegal(text: str, lang: str) -> None:
    assessment = assess(text)
    line = next(line for line in workings(assessment, lang) if "p_illegal =" in line)
    exponent = re.search(r"= 1 / \(1 \+ exp\((-?[\d.]+)\)\)", line)
    assert exponent
    computed = 1 / (1 + math.exp(float(exponent.group(1))))
    if assessment.outcome is not Outcome.ILLEGAL:
        computed = min(computed, 0.45)
    assert computed == pytest.approx(assessment.p_illegal, abs=0.002)


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_sum_can_be_done_again_from_what_is_printed(lang: str) -> None:
    assessment = assess(TEXTS[1])
    numbers = re.findall(r"[+-]\d+\.\d{4}", "\n".join(workings(assessment, lang)))
    *addends, _, exponent = map(float, numbers)
    assert len(addends) == 1 + len(assessment.reasons)
    assert math.fsum(addends) == pytest.approx(-exponent, abs=0.001)


def test_the_limit_is_told_only_where_it_lowers() -> None:
    harmless, warning = assess("Завтра не будет воды"), assess(TEXTS[2])
    assert "0,45" not in workings(harmless, "ru")[-1]
    assert ("0,45" in workings(warning, "ru")[-1]) is (warning.p_illegal == 0.45)


def test_what_was_found_has_a_name_in_both_languages() -> None:
    text = "kaspi-pay.top\r\n8 701 123 45 67"
    russian, kazakh = (explanation(text, assess(text), lang) for lang in ("ru", "kk"))
    assert "поддельный сайт: kaspi-pay.top ≠ kaspi.kz" in russian
    assert "жалған сайт: kaspi-pay.top ≠ kaspi.kz" in kazakh
    assert "\ufffd" not in russian
    assert set(_FOUND) == set(TYPES)


def test_words_that_speak_are_marked_in_the_text() -> None:
    text = "Вася, куплю карту! Звони"
    reasons = assess(text).reasons
    assert "⟦куплю карту" in highlighted(text, reasons, colour=False)
    coloured = highlighted(text, reasons, colour=True)
    assert "\x1b[1;31mкуплю карту" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text


def test_brackets_do_not_touch() -> None:
    text = "взнос 85 000 тг вперёд"
    reasons = Reason("rule", "a", 1.0, ((0, 12),), {}), Reason("rule", "b", -1.0, ((6, 15),), {})
    assert highlighted(text, reasons, colour=False) == "⟦взнос 85 000 тг⟧ вперёд"


def test_words_within_others_are_quoted_once() -> None:
    told = explanation(offer := "Ваша прибыль от 15% в неделю", assess(offer), "ru")
    assert "деньги: «прибыль от 15% в неделю»\n" in told


@pytest.mark.parametrize(("lang", "words"), [("ru", "вероятность мала"), ("kk", "ықтималдығы аз")])
def test_a_doubt_in_spite_of_a_small_probability_is_explained(lang: str, words: str) -> None:
    assert words in workings(assess("Куплю карту"), lang)[-1]
    assert words not in workings(assess("Куплю карту, оплата сразу"), lang)[-1]


@pytest.mark.parametrize("text", ["", " ", "+", "👍", "8 701 222 33 44"])
def test_what_has_no_words_is_not_said_to_have_any(text: str) -> None:
    assert assess(text).reasons[-1].text == {"ru": "в тексте нет слов", "kk": "мәтінде сөз жоқ"}


def test_a_text_cannot_write_on_the_terminal_by_itself() -> None:
    text = "\x1b[2J\u202eКуплю карту\x07, оплата сразу\ud800"
    told = explanation(text, assess(text), "ru")
    assert not re.search("[\x1b\x07\u202e\ud800]", told)
    assert "карту" in told
    assert printable("а\nб\x9b") == "а\nб\ufffd"
    assert one_line("а\n\tб   в", 3) == "а б"


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], wanted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert wants_colour() is wanted
