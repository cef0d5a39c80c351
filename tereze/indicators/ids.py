"""Identification numbers of persons and firms, and number plates of Kazakhstan.

ИИН and БИН: Law on national registers of identification numbers of 12 January 2007 No. 223-III
and its forming rules. Twelve digits; the last checks the others with the weights 1-11 modulo 11
and, where that gives 10, with the weights 3-11, 1, 2; where that gives 10 too the number is
never issued. An ИИН begins with the date of birth and, seventh, century and sex (0-6); a БИН
with year and month of registration, fifth the kind of owner (4 resident, 5 non-resident, 6
entrepreneurs together), sixth head office or branch (0-4). The fifth digit tells them apart.

Plates: national standard СТ РК 986-2003: three digits, two (firms) or three (persons) Latin
letters, the region 01-20.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul

from tereze.indicators.context import is_counted
from tereze.indicators.digits import Run
from tereze.indicators.folding import Folded, to_latin
from tereze.indicators.model import Found
from tereze.indicators.reading import data


_NAMED_ID = re.compile(r"(?:\b(?:иин|бин|жсн|бсн|iin|bin)\b|и\.и\.н|б\.и\.н)[^\n]{0,30}$")
_WEIGHTS = ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))
_SHAPES = {(12,), (6, 6), (4, 4, 4), (3, 3, 3, 3), (2, 2, 2, 6), (6, 1, 5), (6, 3, 3), (1,) * 12}

_PLATE_LETTERS = "A-ZАВЕКМНОРСТУХЅІЈ"
_PLATE = re.compile(
    rf"(?P<number>\d(?<![\w-]\d)\d\d)(?P<gap>[ -]?)(?P<letters>[{_PLATE_LETTERS}]{{2,3}})"
    r"(?: ?\| ?|[ -]?)(?P<region>0[1-9]|1\d|20)(?![\w]|[-.,]\d| ?[%₸$])",
    re.IGNORECASE,
)
# Units, currencies and words that stand between two numbers as the letters of a plate do.
_NO_LETTERS = frozenset(data("plates")["never"])
_PLATE_NEAR = re.compile(
    r"гос|номер|авто|машин|көлік|колик|нөмір|мемлекеттік|тойот|toyota|камри|водител|груз|фура|г/н|"
    r"г\.н|грнз|грз|г\.р\.з|подрезал|эвакуир",
    re.IGNORECASE,
)
_ROOM_NEAR = re.compile(
    r"(?:аудитори|кабинет|каб\.|комнат|офис|бөлме|кабинетті)\w*\s*\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PersonOrFirm:
    """A reading of some groups of a run as ИИН (``iin``) or БИН (``bin``); why as in `model.Indicator`."""

    type: str
    value: str
    groups: int
    confidence: float
    why: str


def control_digit_valid(digits: str) -> bool:
    """Whether the twelfth digit checks the first eleven, by the rule at the top.

    digits: exactly twelve ASCII digits.
    """
    numbers = [int(digit) for digit in digits]
    for weights in _WEIGHTS:
        remainder = sum(map(mul, numbers, weights)) % 11
        if remainder < 10:
            return bool(remainder == numbers[11])
    return False


def kind_of_id(digits: str) -> str:
    """``iin``, ``bin`` or "" by how twelve digits are composed; the control digit is not looked at.

    An ИИН's date must be one of the calendar only roughly: errors of registry offices stand.
    """
    month, tens = int(digits[2:4]), int(digits[4])
    if not 1 <= month <= 12:
        return ""
    if tens <= 3:
        return "iin" if 1 <= int(digits[4:6]) <= 31 and digits[6] in "0123456" else ""
    return "bin" if tens <= 6 and digits[5] in "01234" else ""


def parse_iin(written: str) -> str | None:
    """An ИИН as a person typed it: twelve digits with a right control digit, or None."""
    return _parse(written, "iin")


def parse_bin(written: str) -> str | None:
    """A БИН as a person typed it: twelve digits with a right control digit, or None."""
    return _parse(written, "bin")


def _parse(written: str, kind: str) -> str | None:
    digits = "".join(c for c in written if c.isascii() and c.isdigit())
    if len(digits) != 12 or not control_digit_valid(digits):
        return None
    return digits if kind_of_id(digits) == kind else None


def read_id(run: Run, first: int) -> PersonOrFirm | None:
    """The ИИН or БИН that begins with group *first* of *run*, if one does."""
    taken = run.take(first, 12)
    kind = kind_of_id(taken[0]) if taken else ""
    if not taken or not kind or not control_digit_valid(taken[0]):
        return None
    digits, last = taken
    shape = run.shape(first, last)
    before = run.before(first, 50)
    named = _NAMED_ID.search(before)
    if not named and shape not in _SHAPES:
        return None
    if not named and (shape != (12,) or is_counted(before)):
        return None
    if not named and (before[-1:] == "+" or _adjoins_latin(run, first, last)):
        return None
    confidence, why = (0.98, "control_digit+named") if named else (0.8, "control_digit")
    return PersonOrFirm(kind, digits, len(shape), confidence, why)


def _adjoins_latin(run: Run, first: int, last: int) -> bool:
    around = run.before(first, 1) + run.after(last, 1)
    return any(c.isascii() and (c.isalpha() or c == "_") for c in around)


def parse_plate(written: str) -> str | None:
    """A number plate as a person typed it, in the form ``123ABC02``, or None."""
    match = _PLATE.fullmatch(written.strip())
    return _plate(match) if match else None


def find_plates(folded: Folded) -> Iterator[Found]:
    """Every number plate of a folded text."""
    for match in _PLATE.finditer(folded.text):
        letters = match["letters"]
        value = _plate(match)
        before = folded.text[max(0, match.start() - 40) : match.start()]
        near = bool(
            _PLATE_NEAR.search(before)
            or _PLATE_NEAR.search(folded.text, match.end(), match.end() + 20)
        )
        written_apart = bool(match["gap"].strip(" ")) or " " in match.group()
        if value is None or (not near and (letters != letters.upper() or len(letters) == 2)):
            continue
        if _ROOM_NEAR.search(before):
            continue
        confidence = 0.95 if near else 0.6 if written_apart else 0.85
        yield Found(
            "plate",
            value,
            folded.span(*match.span()),
            confidence,
            why="shape+named" if near else "shape",
        )


def _plate(match: re.Match[str]) -> str | None:
    letters = to_latin(match["letters"].upper())
    if not letters.isascii() or letters in _NO_LETTERS:
        return None
    return match["number"] + letters + match["region"]
