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
from itertools import accumulate

from tereze.indicators.folding import Folded, to_cyrillic
from tereze.indicators.reading import data


_UNITS = {
    "0": "ноль нуль нолик нөл нол зеро zero nol",
    "1": "один одна одно раз единица единичка бір бир one odin bir",
    "2": "два две двойка двоечка екі еки two dva eki",
    "3": "три тройка троечка үш уш three tri ush úsh üsh",
    "4": "четыре четверка төрт торт four chetyre tort tórt tört",
    "5": "пять пятерка пятерочка бес five pyat bes",
    "6": "шесть шестерка алты six shest alty",
    "7": "семь семерка семерочка жеті жети seven sem jeti zheti",
    "8": "восемь восьмерка сегіз сегиз eight vosem segiz",
    "9": "девять девятка тоғыз тогыз nine devyat togyz toǵyz toğyz",
}
_KAZAKH_UNITS = frozenset(
    (
        *(
            "бір",
            "бир",
            "екі",
            "еки",
            "үш",
            "уш",
            "төрт",
            "торт",
            "бес",
            "алты",
            "жеті",
            "жети",
            "сегіз",
        ),
        *(
            "сегиз",
            "тоғыз",
            "тогыз",
            "bir",
            "eki",
            "ush",
            "úsh",
            "üsh",
            "tort",
            "tórt",
            "tört",
            "bes",
        ),
        *("alty", "jeti", "zheti", "segiz", "togyz", "toǵyz", "toğyz"),
    )
)
"""Those that "жүз" may follow: "бес жүз" is 500, while "пять жүз" is 5 and 100."""
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
    10: "он on",
    20: "двадцать жиырма жыйырма dvadcat dvadtsat jiyrma zhiyrma",
    30: "тридцать отыз tridcat tridtsat otyz",
    40: "сорок қырық кырык sorok qyryq kyryk",
    50: "пятьдесят пятдесят елу pyatdesyat elu",
    60: "шестьдесят шестдесят алпыс shestdesyat alpys",
    70: "семьдесят семдесят жетпіс жетпис semdesyat jetpis zhetpis",
    80: "восемьдесят восемдесят сексен vosemdesyat seksen",
    90: "девяносто тоқсан токсан devyanosto toqsan toksan",
}
_HUNDREDS = (
    "сто sto|двести dvesti|триста trista|четыреста chetyresta|пятьсот пятсот pyatsot|"
    "шестьсот шестсот shestsot|семьсот семсот semsot|восемьсот восемсот vosemsot|"
    "девятьсот девятсот devyatsot"
)

# Words of daily use that are a number only next to another one: "он" is "he" in Russian and ten
# in Kazakh, "бес" a demon and five, "торт" a cake, "раз" a time.
_AMBIGUOUS = frozenset(
    [
        "он",
        "бес",
        "торт",
        "уш",
        "раз",
        "елу",
        "six",
        "one",
        "on",
        "bes",
        "tort",
        "ush",
        "sto",
        "tri",
    ]
)


_SHORTEST_GLUED = 6  # letters: shorter ones may be words of their own


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    value: int
    kazakh: bool = False


def _vocabulary() -> dict[str, _Word]:
    words: dict[str, _Word] = {}
    for kind, table in (("unit", _UNITS), ("repeated", _REPEATED)):
        for digit, names in table.items():
            words |= {n: _Word(kind, int(digit), n in _KAZAKH_UNITS) for n in names.split()}
    words |= {name: _Word("teen", 10 + n) for n, name in enumerate(_TEENS.split())}
    for value, names in _TENS.items():
        words |= {name: _Word("ten", value) for name in names.split()}
    for n, names in enumerate(_HUNDREDS.split("|"), 1):
        words |= {name: _Word("hundred", 100 * n) for name in names.split()}
    words |= {name: _Word("times_hundred", 100) for name in ("жүз", "жуз", "juz", "jüz", "zhuz")}
    words |= {name: _Word("plus", 0) for name in ("плюс", "plus")}
    return _glued(words) | words


def _glued(words: dict[str, _Word]) -> dict[str, _Word]:
    """Numbers whose words are typed as one: "жетіжүз", "қырықбес", "двадцатьтри"."""
    units = [(name, word) for name, word in words.items() if word.kind == "unit" and word.value]
    tens = [(name, word) for name, word in words.items() if word.kind == "ten"]
    glued = {ten + unit: _Word("teen", t.value + u.value) for ten, t in tens for unit, u in units}
    hundreds = [name for name, word in words.items() if word.kind == "times_hundred"]
    glued |= {
        unit + name: _Word("hundred", 100 * u.value)
        for name in hundreds
        for unit, u in units
        if u.kazakh
    }
    return {name: word for name, word in glued.items() if len(name) >= _SHORTEST_GLUED}


_WORDS = _vocabulary()
NUMBER_WORDS = frozenset(_WORDS)
"""Every word of a dictated number, lower case, "е" for "ё"."""
COUNTING_WORDS = frozenset(_WORDS) - _AMBIGUOUS
"""Words of which at least one is in every dictated number."""
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_GAP = 3
_LONGEST_CHAIN = 14
_GROUP_ENDS = (1, 4, 7, 9, 11)
_TRUNKS = frozenset([7, 8])
_MOBILE = re.compile(data("calling_codes")["mobile"])


@dataclass(frozen=True, slots=True)
class _Token:
    word: _Word
    start: int
    end: int
    ambiguous: bool
    paused: bool
    """Whether more than a blank stands before it."""


def digits_for_words(folded: Folded) -> Folded:
    """A further copy in which dictated numbers are digits; the same object if there are none.

    >>> from tereze.indicators.folding import fold
    >>> digits_for_words(fold("восемь семьсот один 234 56 78")).text
    '8 701 234 56 78'
    """
    lower = folded.text.lower().replace("ё", "е")
    edits: list[tuple[int, int, str]] = []
    for chain in _chains(lower):
        if not all(token.ambiguous for token in chain):
            edits.extend(_numbers(chain))
    return folded.rewrite(edits)


def _chains(lower: str) -> Iterator[list[_Token]]:
    """Number words that follow each other with nothing but a little punctuation between."""
    chain: list[_Token] = []
    for match in _LETTERS.finditer(lower):
        written = match.group()
        word = _WORDS.get(written) or _WORDS.get(to_cyrillic(written))
        if word is None:
            continue
        paused = bool(chain and lower[chain[-1].end : match.start()].strip(" "))
        token = _Token(word, match.start(), match.end(), written in _AMBIGUOUS, paused)
        apart = not chain or not _is_gap(lower, chain[-1].end, token.start)
        if chain and apart:
            yield chain
            chain = []
        if not (apart and word.kind == "repeated"):  # "без восьмёрки семьсот…": no digit to write
            chain.append(token)
    if chain:
        yield chain


def _is_gap(lower: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_GAP and not any(c.isalnum() for c in lower[start:end])


def _numbers(chain: list[_Token]) -> Iterator[tuple[int, int, str]]:
    at = 0
    for used, digits in _written_down(chain):
        if at:  # a comma heard as a pause is no end of the number
            yield chain[at - 1].end, chain[at].start, " "
        yield chain[at].start, chain[at + used - 1].end, digits
        at += used


def _written_down(chain: list[_Token]) -> list[tuple[int, str]]:
    """The numbers of a chain, each with how many words it takes.

    "Шестьсот пятьдесят" may be 650, or 600 and 50. It is 650, unless the chain is a telephone
    number in its usual groups only the other way: "восемь, семьсот два, шестьсот, пятьдесят, сорок".
    """
    numbers = []
    at = 0
    while at < len(chain):
        numbers.append(_number(chain, at))
        at += numbers[-1][0]
    written = "".join(digits.strip("+") for _, digits in numbers)
    ends = {*accumulate(len(digits.strip("+")) for _, digits in numbers)} & {10, 11}
    mobile = any(_MOBILE.match(written, end - 10) for end in ends)
    if mobile or not 5 <= len(chain) <= _LONGEST_CHAIN:
        return numbers
    lead = 1 if chain[0].word.kind == "plus" else 0
    if chain[lead].word.kind != "unit" or chain[lead].word.value not in _TRUNKS:
        return numbers
    return _in_groups(chain, 0, "", set()) or numbers


def _in_groups(
    chain: list[_Token], at: int, written: str, tried: set[tuple[int, str]]
) -> list[tuple[int, str]] | None:
    """The words from *at* on as the rest of a mobile number in groups of 1, 3, 3, 2, 2 digits.

    written: the digits of the words before. tried: where it was found impossible.
    """
    length = len(written)
    if length == _GROUP_ENDS[-1]:
        return [] if at == len(chain) else None
    if (
        at == len(chain)
        or (at, written) in tried
        or (length == 4 and not _MOBILE.match(written, 1))
    ):
        return None
    limit = next(end for end in _GROUP_ENDS if end > length)
    longest, _ = _number(chain, at)
    # one word more: "жетпіс бес жүз" is 75 and 100 as well as 70 and 500
    for used in range(min(longest + 1, len(chain) - at), 0, -1):
        taken, digits = _number(chain[: at + used], at)
        so_far = written + digits.strip("+")
        if taken == used and len(so_far) <= limit:
            rest = _in_groups(chain, at + used, so_far, tried)
            if rest is not None:
                return [(used, digits), *rest]
    tried.add((at, written))
    return None


def _number(chain: list[_Token], at: int) -> tuple[int, str]:
    """How many words from *at* make one number, and its digits."""
    word = chain[at].word
    following = chain[at + 1].word if at + 1 < len(chain) else None
    if word.kind == "plus":
        return 1, "+"
    if word.kind == "unit" and following:
        if following.kind == "repeated" and 2 <= word.value <= 4:
            return 2, str(following.value) * word.value
        if _is_hundred(chain, at) and word.value:
            used, rest = _below_hundred(chain, at + 2)
            return 2 + used, str(100 * word.value + rest)
    if word.kind in {"hundred", "times_hundred"}:
        used, rest = _below_hundred(chain, at + 1)
        return 1 + used, str(word.value + rest)
    if word.kind in {"ten", "teen"}:
        used, value = _below_hundred(chain, at)
        return used, str(value)
    return 1, str(word.value)


def _is_hundred(chain: list[_Token], at: int) -> bool:
    """Whether a Kazakh unit and "жүз" follow each other: in Russian "сто" stands alone."""
    following = chain[at + 1] if at + 1 < len(chain) else None
    follows = following is not None and following.word.kind == "times_hundred"
    return chain[at].word.kazakh and follows and not (following and following.paused)


def _below_hundred(chain: list[_Token], at: int) -> tuple[int, int]:
    """Words from *at* that complete a hundred: tens, a teen, a unit. ``(0, 0)`` if none do."""
    used, value = 0, 0
    if at < len(chain) and chain[at].word.kind in {"ten", "teen"}:
        used, value = 1, chain[at].word.value
        if chain[at].word.kind == "teen":
            return used, value
        at += 1
    if at < len(chain) and chain[at].word.kind == "unit" and chain[at].word.value:
        # "екі жүз": the unit belongs to the hundred that follows it; one hundred is "жүз" alone,
        # so that "жеті жүз бір жүз он" is 701 and 110
        one = chain[at].word.value == 1 and not chain[at].paused
        if one or not _is_hundred(chain, at):
            return used + 1, value + chain[at].word.value
    return used, value
