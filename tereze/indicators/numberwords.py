"""Numbers dictated in words: "восемь семьсот один", "сегіз жеті жүз бір", "плюс семь".

The words of a text are replaced by digits in a copy, as a listener would write them down:
hundreds take the tens and units that follow ("семьсот сорок семь" is 747), tens take a unit
("двадцать три" is 23), and everything else stands alone ("ноль", "один"). Kazakh is read with
and without its own letters, as it is typed on a Russian keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tereze.indicators.folding import Folded


_UNITS = {
    "0": "ноль нуль нолик нөл нол зеро zero",
    "1": "один одна одно раз единица единичка бір бир one",
    "2": "два две двойка двоечка екі еки two",
    "3": "три тройка троечка үш уш three",
    "4": "четыре четверка төрт торт four",
    "5": "пять пятерка пятерочка бес five",
    "6": "шесть шестерка алты six",
    "7": "семь семерка семерочка жеті жети seven",
    "8": "восемь восьмерка сегіз сегиз eight",
    "9": "девять девятка тоғыз тогыз nine",
}
_REPEATED = {
    "0": "нуля ноля нулей нолика",
    "1": "единицы единички",
    "2": "двойки",
    "3": "тройки",
    "4": "четверки",
    "5": "пятерки",
    "6": "шестерки",
    "7": "семерки",
    "8": "восьмерки",
    "9": "девятки",
}
_TEENS = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать "
    "восемнадцать девятнадцать"
)
_TENS = {
    10: "он",
    20: "двадцать жиырма жыйырма",
    30: "тридцать отыз",
    40: "сорок қырық кырык",
    50: "пятьдесят елу",
    60: "шестьдесят алпыс",
    70: "семьдесят жетпіс жетпис",
    80: "восемьдесят сексен",
    90: "девяносто тоқсан токсан",
}
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"

# Words of daily use that are a number only next to another one: "он" is "he" in Russian and ten
# in Kazakh, "бес" a demon and five, "торт" a cake, "раз" a time.
_AMBIGUOUS = frozenset(["он", "бес", "торт", "уш", "раз", "елу", "six", "one"])


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    value: int


def _vocabulary() -> dict[str, _Word]:
    words: dict[str, _Word] = {}
    for kind, table in (("unit", _UNITS), ("repeated", _REPEATED)):
        for digit, names in table.items():
            words |= {name: _Word(kind, int(digit)) for name in names.split()}
    words |= {name: _Word("teen", 10 + n) for n, name in enumerate(_TEENS.split())}
    for value, names in _TENS.items():
        words |= {name: _Word("ten", value) for name in names.split()}
    words |= {name: _Word("hundred", 100 * n) for n, name in enumerate(_HUNDREDS.split(), 1)}
    words |= {name: _Word("times_hundred", 100) for name in ("жүз", "жуз")}
    words |= {name: _Word("plus", 0) for name in ("плюс", "plus")}
    return words


_WORDS = _vocabulary()
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_GAP = 3


@dataclass(frozen=True, slots=True)
class _Token:
    word: _Word
    start: int
    end: int
    ambiguous: bool


def digits_for_words(folded: Folded) -> Folded:
    """A further copy in which dictated numbers are digits; the same object if there are none.

    >>> from tereze.indicators.folding import fold
    >>> digits_for_words(fold("восемь семьсот один 234 56 78")).text
    '8 701 234 56 78'
    """
    lower = folded.text.lower().replace("ё", "е")
    if _WORDS.keys().isdisjoint(_LETTERS.findall(lower)):
        return folded
    edits: list[tuple[int, int, str]] = []
    for chain in _chains(lower):
        if not all(token.ambiguous for token in chain):
            edits.extend(_numbers(chain))
    return folded.rewrite(edits)


def _chains(lower: str) -> Iterator[list[_Token]]:
    """Number words that follow each other with nothing but a little punctuation between."""
    chain: list[_Token] = []
    for match in _LETTERS.finditer(lower):
        word = _WORDS.get(match.group())
        if word is None:
            continue
        token = _Token(word, match.start(), match.end(), match.group() in _AMBIGUOUS)
        if chain and not _is_gap(lower, chain[-1].end, token.start):
            yield chain
            chain = []
        chain.append(token)
    if chain:
        yield chain


def _is_gap(lower: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_GAP and not any(c.isalnum() for c in lower[start:end])


def _numbers(chain: list[_Token]) -> Iterator[tuple[int, int, str]]:
    at = 0
    while at < len(chain):
        used, digits = _number(chain, at)
        if at:  # a comma heard as a pause is no end of the number
            yield chain[at - 1].end, chain[at].start, " "
        yield chain[at].start, chain[at + used - 1].end, digits
        at += used


def _number(chain: list[_Token], at: int) -> tuple[int, str]:
    """How many words from *at* make one number, and its digits."""
    word = chain[at].word
    following = chain[at + 1].word if at + 1 < len(chain) else None
    if word.kind == "plus":
        return 1, "+"
    if word.kind == "unit" and following:
        if following.kind == "repeated" and 2 <= word.value <= 4:
            return 2, str(following.value) * word.value
        if following.kind == "times_hundred" and word.value:
            used, rest = _below_hundred(chain, at + 2)
            return 2 + used, str(100 * word.value + rest)
    if word.kind in {"hundred", "times_hundred"}:
        used, rest = _below_hundred(chain, at + 1)
        return 1 + used, str(word.value + rest)
    if word.kind in {"ten", "teen"}:
        used, value = _below_hundred(chain, at)
        return used, str(value)
    return 1, str(word.value)


def _below_hundred(chain: list[_Token], at: int) -> tuple[int, int]:
    """Words from *at* that complete a hundred: tens, a teen, a unit. ``(0, 0)`` if none do."""
    used, value = 0, 0
    if at < len(chain) and chain[at].word.kind in {"ten", "teen"}:
        used, value = 1, chain[at].word.value
        if chain[at].word.kind == "teen":
            return used, value
        at += 1
    if at < len(chain) and chain[at].word.kind == "unit" and chain[at].word.value:
        # "екі жүз": the unit belongs to the hundred that follows it
        starts_hundred = at + 1 < len(chain) and chain[at + 1].word.kind == "times_hundred"
        if not starts_hundred:
            return used + 1, value + chain[at].word.value
    return used, value
