"""Bank cards and account numbers.

Cards: ISO/IEC 7812-1 (16-19 digits here, Luhn check digit, issuer's range first). Accounts: IBAN,
ISO 13616 (length by country, mod 97 = 1); Kazakhstan's have 20 characters: KZ, two check digits,
three of the bank, thirteen of the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tereze.indicators.context import is_counted
from tereze.indicators.digits import Run
from tereze.indicators.folding import Folded, to_latin
from tereze.indicators.model import Found
from tereze.indicators.reading import data


_IBAN_LENGTHS: dict[str, int] = data("iban")["lengths"]
IBAN_COUNTRIES = tuple(_IBAN_LENGTHS)
"""Countries with account numbers of this form, two capital letters each."""

# First digits of the schemes met here: Visa, Mastercard, Mir, UnionPay, Maestro, Discover, JCB,
# UzCard (8600, 5614), HUMO (9860), Elcard (9417).
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:2(?:0[0-4]|2[1-9]|[3-9]\d)|[3-6]\d\d|7[01]\d|720)|5[06-8]|6|3(?:52[89]|5[3-8]\d)"
    r"|8600|9860|9417"
)
_CARD_NEAR = re.compile(
    r"карт|card|каспи|kaspi|халык|halyk|jusan|жусан|forte|форте|visa|master|перев[её]|скин|закин|"
    r"төле|аудар|сал(?:ыңыз|шы)|gold|голд|пополн"
)

_FILE_SUFFIX = re.compile(r"\.(?:png|jpe?g|pdf|mp4|docx?|xlsx?|txt|zip|apk)\b")

_IBAN_LETTER = "A-Za-zАВЕКМНОРСТУХавекмнорстух"
# Found by its check digits, so that the search can leap from digit to digit.
_IBAN_CHECK = re.compile(
    rf"\d(?:(?<=[{_IBAN_LETTER}]{{2}}\d)|(?<=[{_IBAN_LETTER}]{{2}} \d)|(?<=[{_IBAN_LETTER}] [{_IBAN_LETTER}] \d))"
    rf" ?\d(?=[ .\n-]?[{_IBAN_LETTER}\d])"
)
_IBAN_REST = re.compile(r"(?:[ .\n-]?[A-Za-z0-9])*")
_IBAN_COUNTRY = re.compile(r"([A-Za-z]) ?([A-Za-z]) ?\Z")
_LONGEST_IBAN = 34
# "К2 86 125К 2Т50": two or three for Z in the country, and two in the account as well.
_OURS_DRESSED = re.compile(r"(?<!\w)([KkКк] ?)[2ЗзZz](?= ?\d ?\d[ .\n-]?[\w])")
_ZERO_FOR_O = str.maketrans("Oo", "00")
_TWO_FOR_Z = re.compile(r"2(?=[A-Za-z])|(?<=[A-JL-Za-jl-z])2")


_DOUBLED = str.maketrans("0123456789", "0246813579")  # twice the digit, its own digits added


@dataclass(frozen=True, slots=True)
class Card:
    """A reading of some groups of a run as a card number; why as in `model.Indicator`."""

    value: str
    groups: int
    confidence: float
    why: str


def luhn_valid(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1 annex B).

    digits: ASCII digits only.
    """
    plain, doubled = digits[-1::-2], digits[-2::-2].translate(_DOUBLED)
    return sum(map(int, plain + doubled)) % 10 == 0


def parse_card(written: str) -> str | None:
    """The digits of a card number as a person typed it, or None if it cannot be one."""
    digits = "".join(c for c in written if c.isascii() and c.isdigit())
    return digits if _is_card(digits) else None


def _is_card(digits: str) -> bool:
    return (
        16 <= len(digits) <= 19
        and _ISSUERS.match(digits) is not None
        and len(set(digits)) > 1
        and luhn_valid(digits)
    )


def read_card(run: Run, first: int) -> Card | None:
    """The card number that begins with group *first* of *run*, if one does."""
    if run.digits[run.begins[first]] not in "234569":
        return None
    for length in range(16, 20):
        taken = run.take(first, length)
        if taken and _is_card(taken[0]):
            digits, last = taken
            return _judge_card(run, first, last, digits) if _is_whole(run, first, last) else None
    return None


def _is_whole(run: Run, first: int, last: int) -> bool:
    """No letter or masked digit stands at either end, no empty line inside."""
    if any(run.separators[n].count("\n") > 1 for n in range(first + 1, last + 1)):
        return False
    if _FILE_SUFFIX.match(run.after(last, 6)):
        return False
    around = run.before(first, 1) + run.after(last, 1)
    return not any(c in "_*+" or (c.isascii() and c.isalpha()) for c in around)


def _judge_card(run: Run, first: int, last: int, value: str) -> Card | None:
    before = run.before(first, 60)
    near = bool(_CARD_NEAR.search(before) or _CARD_NEAR.search(run.after(last, 40)))
    shape = run.shape(first, last)
    in_fours = len(shape) >= 4 and set(shape[:4]) == {4}
    if is_counted(before) and not near:
        return None
    if not near and len(shape) > 1 and not in_fours:
        return None
    confidence = 0.99 if near else 0.9 if in_fours else 0.75
    return Card(value, last - first + 1, confidence, "luhn+named" if near else "luhn")


def parse_iban(written: str) -> str | None:
    """The IBAN in upper case without spaces, or None unless length and check digits are right.

    >>> parse_iban("kz97 8562 2031 0574 7338")
    'KZ978562203105747338'
    """
    value = "".join(c for c in to_latin(written) if c.isalnum()).upper()
    if not value.isascii() or _IBAN_LENGTHS.get(value[:2]) != len(value):
        return None
    if not value[2:4].isdigit():
        return None
    number = "".join(str(int(c, 36)) for c in value[4:] + value[:4])
    return value if int(number) % 97 == 1 else None


def find_ibans(folded: Folded) -> Iterator[Found]:
    """Every account number of a folded text, in groups or not, with Latin or lookalike letters."""
    text, done = to_latin(_OURS_DRESSED.sub(r"\1Z", folded.text)), 0
    for match in _IBAN_CHECK.finditer(text):
        country = _IBAN_COUNTRY.search(text, max(0, match.start() - 4), match.start())
        start = country.start() if country else match.start()
        length = _IBAN_LENGTHS.get("".join(country.groups()).upper()) if country else None
        before = text[start - 1 : start]
        if start < done or length is None or (before.isascii() and before.isalnum()):
            continue
        end = _end_of(text, start, length)
        value = parse_iban(text[start:end]) if end else None
        if end and not value and text[start:end] != to_latin(folded.text[start:end]):
            # a group that begins like a dressed country, "K200", is none
            kept = text[start : match.start()] + folded.text[match.start() : end]
            value = parse_iban(kept) or parse_iban(_TWO_FOR_Z.sub("Z", text[start:end]))
        if end and not value:
            value = parse_iban(text[start:end].translate(_ZERO_FOR_O))
        if value:
            done = end
            yield Found("iban", value, folded.span(start, end), 0.99, why="mod97")


def _end_of(text: str, start: int, length: int) -> int:
    """Where *length* letters and digits from *start* end, or 0 if they are part of a longer word."""
    counted = 0
    rest = _IBAN_REST.match(text, start, start + 2 * _LONGEST_IBAN)
    for position in range(start, rest.end() if rest else start):
        counted += text[position].isalnum()
        if counted == length:
            following = text[position + 1 : position + 2]
            return 0 if following.isascii() and following.isalnum() else position + 1
    return 0
