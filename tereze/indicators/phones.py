"""Telephone numbers, as ITU-T E.164 writes them: "+" and up to fifteen digits.

Kazakhstan and Russia share the country code 7 and ten national digits (ITU-T E.164 assigned
codes; national numbering plans): 6xx and 7xx are Kazakhstan's, 3xx, 4xx, 8xx and 9xx Russia's.
Inside both, people dial 8 for 7. Numbers are portable between operators, so a prefix names no
operator. Short service numbers (102, 1414) are no telephone numbers in this sense.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tereze.indicators.context import is_counted
from tereze.indicators.digits import Run
from tereze.indicators.reading import data


_CALLING_CODES = data("calling_codes")
_ASSIGNED = frozenset(_CALLING_CODES["assigned"])
_NATIONAL_LENGTHS: dict[str, tuple[int, int]] = {
    code: (shortest, longest) for code, (shortest, longest) in _CALLING_CODES["lengths"].items()
}
_ANY_LENGTH = (6, 12)

_MOBILE = re.compile(_CALLING_CODES["mobile"])
_KZ_ANY = re.compile(r"7(?:0[0-9]|1[0-8]|2[1-9]|47|5[0-9]|6[0-4]|7[0-9]|85|[38]0)")

_SURE, _GOOD, _FAIR, _DOUBTFUL = 0.99, 0.95, 0.8, 0.55

_CALLED = tuple(data("context")["called"])
_NUMBERED = tuple(data("context")["numbered"])
_MONEY_AFTER = re.compile(
    r"(?:[,.]\d{1,2}(?!\d))?[\s.]?(?:[%₸₽$€]|тг\b(?!\s?[:@+\x00]|\s[a-z_]|(?:/| и )(?:в|w))|тнг\b|тиын|тенге|теңге|руб|р\b|kzt|usd|тыс|мың|млн|миллион|кв\b|км\b|шт\b)"
)
_NO_SUM = (3, 3, 2, 2)  # how the digits end that a sum is never written in
_NUMBER_OF = re.compile(r"(?:номер|нөмірі)\s\w+[\s:№]{0,3}\Z")  # "номер брони", "номер полиса"
_MONEY_BEFORE = re.compile(r"[$€₸₽=]\s?$")
_PART_OF_A_NUMBER = "0123456789 .-()"
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d(?!\d)")
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_LATIN_NEXT = re.compile(r"[a-z]")
_LATIN_TAIL = re.compile(r"[a-z]+\Z")
_LATIN_LABEL = re.compile(r"(?:tel|phone|wa|whats\w*|viber|mob|call|kz|t)\Z")

_PLUS = re.compile(r"\+[ (]{0,2}\Z")
_ORDINARY_SEPARATOR = re.compile(r"[ .\-()\n\r\t\[\]]*\Z")
_USUAL_SEPARATORS = frozenset([" ", "-", ".", "(", ")", ") ", " (", "\n", " - ", ")-"])
_CLOSE_SEPARATOR = re.compile(r"[ .\-()]{1,3}\Z")
_SAID = {" ", ", "}  # between the groups of a number that was said: "8 775, 111, 22, 33"
_PAUSED_AFTER = frozenset([0, 3, 6, 8])  # national digits
_APART = re.compile(r"[,;/\n]")
_CITY_SHAPES = {(4, 2, 2, 2), (4, 6), (4, 3, 3), (3, 3, 2, 2), (3, 3, 4), (5, 5), (10,)}
_BARE_SHAPES = {(3, 3, 2, 2), (3, 3, 4), (3, 2, 2, 3), (3, 2, 3, 2), (3, 7), (3, 4, 3)}


@dataclass(frozen=True, slots=True)
class Phone:
    """A reading of some groups of a run.

    value: E.164 form. groups: how many groups it takes. lead: how many characters before the
    first group belong to it ("+", "("). confidence: 0-1. why: as in `model.Indicator`.
    """

    value: str
    groups: int
    lead: int
    confidence: float
    why: str


def parse_phone(written: str) -> str | None:
    """The E.164 form of one number as a person typed it, or None.

    written: digits with anything between them; ``+`` or ``00`` begins a country code, 8 or 7
    with ten digits is Kazakhstan or Russia, ten digits alone are taken as such too.

    >>> parse_phone("8 (701) 123-45-67")
    '+77011234567'
    """
    digits = "".join(c for c in written if c.isascii() and c.isdigit())
    if written.lstrip(" (").startswith("+"):
        return _international(digits)
    if digits.startswith("00"):
        return _international(digits[2:])
    if len(digits) == 10 and digits[0] in "79":
        return "+7" + digits
    return _domestic(digits) or (_international(digits) if len(digits) > 11 else None)


def read_phone(run: Run, first: int) -> Phone | None:
    """The telephone number that begins with group *first* of *run*, if one does."""
    before = run.separators[first] if first else run.before(0, 3)
    plus = _PLUS.search(before) if "+" in before else None
    if plus:
        return _read_international(run, first, lead=len(plus.group()))
    begin = run.begins[first]
    # inside a run two zeros are the middle of a card or a sum
    if run.digits.startswith("00", begin) and (not first or _APART.search(before)):
        return _read_international(run, first, lead=0, skip=2)
    if run.digits[begin] not in "789" or not _stands_free(run, first):
        return None
    return _read_domestic(run, first)


def _read_international(run: Run, first: int, *, lead: int, skip: int = 0) -> Phone | None:
    """After "+" or "00": the longest number of the country's length that its groups make."""
    best: Phone | None = None
    for length in range(8 + skip, 16 + skip):
        taken = run.take(first, length)
        value = _international(taken[0][skip:]) if taken else None
        if not taken or not value:
            continue
        last = taken[1]
        if not _joined(run, first, last):
            continue
        added = range(first + best.groups, last + 1) if best else ()
        if not all(_CLOSE_SEPARATOR.match(run.separators[n]) for n in added):
            break
        if not _LATIN_NEXT.match(run.after(last, 1)):
            best = Phone(value, last - first + 1, lead, _SURE, "country_code")
    return best


def _international(digits: str) -> str | None:
    """E.164 for digits that begin with a country code (or, by a common slip, with 8 for 7)."""
    if digits[:1] == "8" and (domestic := _domestic(digits)):
        return domestic
    if len(digits) == 10 and digits[0] == "7" and (bare := _bare(digits)):
        return bare  # "+701 …": the plus of habit before a number without its country
    if not 8 <= len(digits) <= 15 or len(set(digits[3:])) == 1:
        return None
    code = next((digits[:n] for n in (1, 2, 3) if digits[:n] in _ASSIGNED), None)
    if code is None:
        return None
    shortest, longest = _NATIONAL_LENGTHS.get(code, _ANY_LENGTH)
    national = digits[len(code) :]
    if not shortest <= len(national) <= longest or (code == "7" and national[0] in "012"):
        return None
    return "+" + digits


def _domestic(digits: str) -> str | None:
    """Eleven digits from 8 or 7: the number as dialled inside Kazakhstan and Russia."""
    if len(digits) != 11 or digits[0] not in "78" or digits[1] not in "34789":
        return None
    national = digits[1:]
    if national[0] == "7" and not _KZ_ANY.match(national):
        return None
    return None if national.endswith("000000") or len(set(national)) == 1 else "+7" + national


def _read_domestic(run: Run, first: int) -> Phone | None:
    """Eleven digits from 8 or 7, else ten as people write them without the prefix."""
    for length, may_be in ((11, _domestic), (10, _bare)):
        taken = run.take(first, length)
        value = may_be(taken[0]) if taken else None
        if not taken or not value:
            continue
        last = taken[1]
        if not _joined(run, first, last):
            continue
        confidence, named = _judge(run, first, last, value, length)
        if confidence:
            opens = run.before(first, 1) == "(" and ")" in run.between(first, last)
            lead = 1 if opens else 0
            why = ("trunk" if length == 11 else "bare") + ("+named" if named else "")
            return Phone(value, last - first + 1, lead, confidence, why)
    return None


def _bare(digits: str) -> str | None:
    """Ten digits that may be a number of Kazakhstan or a Russian mobile without the prefix."""
    if digits.endswith("000000") or len(set(digits)) == 1:
        return None
    return "+7" + digits if _MOBILE.match(digits) or _KZ_ANY.match(digits) else None


def _judge(run: Run, first: int, last: int, value: str, length: int) -> tuple[float, bool]:
    """How surely digits of the right form are meant as a phone (0: no), and whether words say so."""
    before = run.before(first, 40)
    called = _mentions(_CALLED, before) or _mentions(_CALLED, run.after(last, 20))
    if _is_something_else(run, first, last, before, called=called):
        return 0.0, called
    named = called or _mentions(_NUMBERED, before)
    judge = _judge_bare if length == 10 else _judge_with_trunk
    if not called and set(run.separators[first + 1 : last + 1]) == {", "}:
        return 0.0, named  # marks, a lottery's numbers
    if not called and length == 10 and first == last and _NUMBER_OF.search(before):
        return 0.0, named
    mobile = bool(_MOBILE.match(value, 2))
    return judge(run, first, last, named=named, mobile=mobile), named


def _judge_bare(run: Run, first: int, last: int, *, named: bool, mobile: bool) -> float:
    """Ten digits: the number without the prefix 8 or 7."""
    shape = run.shape(first, last)
    if not mobile:
        return _FAIR if named and shape in _CITY_SHAPES else 0.0
    if not named and "," in run.between(first, last):
        return 0.0  # 760, 950, 1050
    if shape in _BARE_SHAPES:
        return _GOOD if named else _FAIR
    if run.digits[run.begins[first]] == "9":
        return 0.0
    return _FAIR if named else _DOUBTFUL if len(shape) == 1 else 0.0


def _judge_with_trunk(run: Run, first: int, last: int, *, named: bool, mobile: bool) -> float:
    """Eleven digits from 8 or 7."""
    shape = run.shape(first, last)
    if not mobile and not named and len(shape) == 1:
        return 0.0
    # 87 012 345 678 and 8,701,234,567: sums of money are grouped by threes as well
    in_threes = len(shape) > 1 and set(shape[1:]) == {3}
    if in_threes and "," in run.separators[first + 1]:
        return 0.0
    return _FAIR if in_threes or not mobile else _GOOD


def _is_something_else(run: Run, first: int, last: int, before: str, *, called: bool) -> bool:
    """Money, a date, an address in a network, an order number."""
    start, end = run.groups[first][0], run.groups[last][1]
    after = run.after(last, 12)
    return bool(
        (_MONEY_AFTER.match(after) and run.shape(first, last)[-4:] != _NO_SUM)
        or (_MONEY_BEFORE.search(before) and not called)
        or _LATIN_NEXT.match(after)
        or (not called and is_counted(before.rstrip(_PART_OF_A_NUMBER)))
        or _DATE.search(run.text, start, end)
        or _IPV4.fullmatch(run.text, start, end)
    )


def _mentions(words: tuple[str, ...], text: str) -> bool:
    return any(map(text.__contains__, words))


def _stands_free(run: Run, first: int) -> bool:
    """Not the tail of a Latin word or a code: "tel8701…" is a number, "AB8701…" is not."""
    if first:  # what stands inside a run has no letters
        return not run.separators[first].endswith("_")
    before = run.before(0, 10)
    if before.endswith("_"):  # "file_8701…" is a name, "_8701…_" a number in italics
        return not before.rstrip("_")[-1:].isalnum()
    latin = _LATIN_TAIL.search(before)
    return latin is None or bool(_LATIN_LABEL.search(before))


def _joined(run: Run, first: int, last: int) -> bool:
    """Whether groups *first* to *last* can be one number.

    Between the groups of one number stand spaces, dots, dashes, brackets and at most one line
    break; any other sign only if it is the same one up to there (8*701*222*33*44).
    """
    separators = run.separators[first + 1 : last + 1]
    if _USUAL_SEPARATORS.issuperset(separators):
        return True
    if set(separators) == _SAID:
        return _paused_as_said(run, first, last)
    signs = set()
    for separator in separators:
        if "+" in separator or separator.count("\n") > 1:
            return False
        sign = separator.strip(" ()")
        signs.add(sign)
        if not _ORDINARY_SEPARATOR.match(separator) and (len(signs) > 1 or len(set(sign)) > 1):
            return False
    return True


def _paused_as_said(run: Run, first: int, last: int) -> bool:
    """Whether commas stand in a mobile number only where a speaker pauses."""
    national = run.begins[last] + run.shape(last, last)[0] - 10
    places = {
        run.begins[n] - national for n in range(first + 1, last + 1) if "," in run.separators[n]
    }
    return places <= _PAUSED_AFTER and bool(_MOBILE.match(run.digits, national))
