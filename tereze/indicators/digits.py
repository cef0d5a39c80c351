"""Runs of digits: the common ground of phones, cards and identification numbers.

People write numbers in groups and hide them from filters; both look the same here: groups of
digits with something short between them. `runs` finds every run once, in linear time; each
family then looks at the groups from some group on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tereze.indicators.folding import Folded
from tereze.indicators.numberwords import digits_for_words


MASK = "\x00"
"""Stands in the searched copy for what another family has claimed; never part of a run."""

# Between two groups of one number: up to five characters that are neither letters nor the
# punctuation of times, sums and formulas.
_SEPARATOR = r"(?:[^\w:;%№$€₸₽<>?!\"«»&\\'\x00]|_)"
_RUN = re.compile(rf"\d++(?:{_SEPARATOR}{{1,5}}+\d++)*+")
_GROUP = re.compile(r"\d+")

_LETTERS_FOR_DIGITS = {
    "0": "OoОоΟο",
    "1": "lIіІıi",
    "2": "Zz",
    "3": "Зз",
    "4": "Чч",
    "5": "Ss",
    "6": "б",
    "8": "BВ",
}
_LOOKALIKE = str.maketrans(
    {letter: digit for digit, letters in _LETTERS_FOR_DIGITS.items() for letter in letters}
)
LETTERS_FOR_DIGITS = "".join(_LETTERS_FOR_DIGITS.values()) + "|"
"""Letters and signs that may stand for a digit."""
_LETTERS = LETTERS_FOR_DIGITS.rstrip("|")
_MAYBE_MIXED = re.compile(rf"\d(?:(?= ?[{_LETTERS}])|(?<=[{_LETTERS}]\d))")
_MIXED = re.compile(
    rf"(?P<word>(?<!\w)[\d{_LETTERS}]{{2,40}}+(?!\w))"  # a whole word of digits and such letters
    rf"|(?<=\d)[{_LETTERS}]{{1,2}}(?=\d)"  # or such letters between digits
    r"|(?<=\b\d )[OoОо](?= \d\b)"  # or one among digits that stand alone
)

# A whole number of eleven in which letters stand for digits: "8(7О1)777-55-ЗЗ", "87O5lllOlOl".
_DRESSED = re.compile(rf"(?<![\w+])\+?[78](?:[ .\-()]{{0,3}}[\d{_LETTERS}|]){{10}}(?!\w)")
_FEWEST_DIGITS = 5


_DIGIT_AND_OS = re.compile(r"\d+[OoОо]{1,3}\d*")


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits with short separators between them.

    text, lower: the searched copy, and the same in lower case, for the words around.
    groups: ``(start, end)`` of each group in it.
    separators: what stands before each group inside the run, empty before the first.
    digits: the digits of all groups, joined. begins: where each group begins in them.
    at_digit: which group ends after so many digits.
    """

    text: str
    lower: str
    groups: tuple[tuple[int, int], ...]
    separators: list[str]
    digits: str
    begins: list[int]
    at_digit: dict[int, int]

    def take(self, first: int, length: int) -> tuple[str, int] | None:
        """*length* digits from the beginning of group *first*, and the group they end with.

        None if a group does not end there.
        """
        begin = self.begins[first]
        last = self.at_digit.get(begin + length)
        return None if last is None else (self.digits[begin : begin + length], last)

    def group(self, number: int) -> str:
        """The digits of one group."""
        start, end = self.groups[number]
        return self.text[start:end]

    def between(self, first: int, last: int) -> str:
        """The text from the end of group *first* to the beginning of group *last*."""
        return self.text[self.groups[first][1] : self.groups[last][0]]

    def before(self, number: int, length: int) -> str:
        """Up to *length* characters of context before a group, in lower case."""
        start = self.groups[number][0]
        return self.lower[max(0, start - length) : start]

    def after(self, number: int, length: int) -> str:
        """Up to *length* characters of context after a group, in lower case."""
        end = self.groups[number][1]
        return self.lower[end : end + length]

    def shape(self, first: int, last: int) -> tuple[int, ...]:
        """How many digits each group from *first* to *last* has."""
        return tuple(end - start for start, end in self.groups[first : last + 1])


def digit_view(masked: Folded, *, dictated: bool = True, dressed: bool = True) -> Folded:
    """The copy in which numbers are searched: dictated and lookalike digits made digits.

    masked: a folded text in which claimed stretches are filled with `MASK`. dictated: whether there
    can be numbers in words; dressed: whether there can be letters for digits.
    """
    view = digits_for_words(masked) if dictated else masked
    if not dressed:
        return view
    view = Folded(_DRESSED.sub(_digits_of_a_number, view.text), view.offsets, view.original)
    if not _MAYBE_MIXED.search(view.text):
        return view
    return Folded(_MIXED.sub(_digits_for_letters, view.text), view.offsets, view.original)


def _digits_of_a_number(match: re.Match[str]) -> str:
    """The number with its letters read as digits, unless they could be words of the sentence."""
    written = match.group()
    solid = re.fullmatch(r"\S+", written)
    enough = sum(map(str.isdigit, written)) >= _FEWEST_DIGITS or (solid and written.isalnum())
    lone = any(len(word) == 1 and not word.isdigit() for word in re.split(r"[ .\-()]+", written))
    return written.translate(_LOOKALIKE | {ord("|"): "1"}) if enough and not lone else written


def _digits_for_letters(match: re.Match[str]) -> str:
    written = match.group()
    mostly_letters = match["word"] and 2 * sum(map(str.isdigit, written)) < len(written)
    if mostly_letters and not _DIGIT_AND_OS.fullmatch(written):
        return written
    return written.translate(_LOOKALIKE)


def runs(view: Folded, shortest: int) -> Iterator[Run]:
    """Every run of at least *shortest* digits in *view*, in order."""
    lower = view.text.lower()
    for match in _RUN.finditer(view.text):
        if match.end() - match.start() < shortest:
            continue
        groups = tuple(m.span() for m in _GROUP.finditer(view.text, match.start(), match.end()))
        begins: list[int] = []
        at_digit: dict[int, int] = {}
        pieces: list[str] = []
        separators: list[str] = []
        total, at = 0, match.start()
        for number, (start, end) in enumerate(groups):
            separators.append(view.text[at:start])
            at = end
            begins.append(total)
            total += end - start
            at_digit[total] = number
            pieces.append(view.text[start:end])
        if total >= shortest:
            yield Run(view.text, lower, groups, separators, "".join(pieces), begins, at_digit)
