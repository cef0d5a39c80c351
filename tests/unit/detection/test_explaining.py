"""What a person is told of one text: where it speaks, why, and the sum that can be done again."""

from __future__ import annotations

import math
import re
import sys

import pytest

from tereze.detection import Outcome, assess
from tereze.detection.explaining import explanation, highlighted, workings
from tereze.detection.terminal import one_line, printable, wants_colour


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


def test_words_that_speak_are_marked_in_the_text() -> None:
    text = "Вася, куплю карту! Звони"
    reasons = assess(text).reasons
    assert "⟦куплю карту" in highlighted(text, reasons, colour=False)
    coloured = highlighted(text, reasons, colour=True)
    assert "\x1b[1;31mкуплю карту" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text


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
