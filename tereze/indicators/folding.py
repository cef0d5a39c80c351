"""A copy of a text without typographic disguise, and the way back to the original.

Evidence is never altered: everything is searched in the copy, everything is reported in
offsets of the original. The copy

- drops what is invisible (zero-width characters, soft hyphens, bidi marks, tags) and the marks
  that strike letters through (Unicode categories Cf, Mn, Me);
- turns digits and letters in costume (full-width, circled, keycap, mathematical, squared) into
  plain ones, by Unicode's own numeric and compatibility properties (UAX #44, UAX #15);
- turns every space into " ", every dash into "-";
- composes й and ё that arrive as two characters (macOS keyboards).

It keeps case and Kazakh letters, and ``folded.text.lower()`` always has the length of
``folded.text``, so offsets survive lower-casing. Letters of another alphabet that only look
alike stay as they are: whether they are a disguise depends on the word, see `to_latin`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product


_PLAIN = r"\t\n\r -~«»№₸…„“”’‘°\u0400-\u0482\u048a-\u052f"
_DISGUISED = re.compile(f"[^{_PLAIN}]")

# й and ё; other marks over letters are strike-through or decoration.
_COMPOSED = {"и\u0306": "й", "И\u0306": "Й", "е\u0308": "ё", "Е\u0308": "Ё"}

# What Unicode's own tables do not say, or say unhelpfully for evidence.
_EXPLICIT = {
    "İ": "I",  # the only letter whose lower case is longer than itself
    "™": "™",
    "🔟": "10",
    "−": "-",
    "⁃": "-",
    "․": ".",
    "。": ".",
    "｡": ".",  # browsers read it so in a host (UTS #46)
    "︒": ".",
    "\u115f": "",
    "\u1160": "",
    "\u3164": "",
    "\uffa0": "",
    "\u2800": "",
}
_SQUARED_AND_CIRCLED_LETTERS = (0x1F130, 0x1F150, 0x1F170)
SEEN = re.compile(
    r"[^\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]"
)
"""A letter that shows: no blank, and nothing that takes no place."""
_TRAILING = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\s]+\Z")


@dataclass(frozen=True, slots=True)
class Folded:
    """A searched copy of a text.

    text: the copy.
    offsets: ``len(text) + 1`` positions in the original: where each character of the copy came
        from, and the end of the original.
    original: the text as it was written.
    """

    text: str
    offsets: Sequence[int]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's ``[start, end)`` behind the copy's ``[start, end)``, which is not empty.

        Marks that belong to the last character (a keycap) are inside, invisible characters and
        spaces after it are not.
        """
        first = self.offsets[start]
        last = self.offsets[end]
        if last <= first:  # the copy is longer than the original here, as "10" is for 🔟
            last = self.offsets[min(bisect_left(self.offsets, first + 1), len(self.text))]
        trailing = _TRAILING.search(self.original, max(first, last - 64), last)
        if trailing and trailing.start() > first:
            last = trailing.start()
        return first, last

    def cover(self, start: int, end: int) -> tuple[int, int]:
        """The copy's range that comes from the original's ``[start, end)``."""
        return bisect_left(self.offsets, start), bisect_left(self.offsets, end)

    def rewrite(self, edits: Iterable[tuple[int, int, str]]) -> Folded:
        """A further copy in which each ``text[start:end]`` is replaced by a string.

        edits: ``(start, end, replacement)`` in rising order, not overlapping. Every character of
            a replacement points to the beginning of what it replaces.
        """
        pieces: list[str] = []
        offsets: list[int] = []
        at = 0
        for start, end, replacement in edits:
            pieces.append(self.text[at:start])
            offsets.extend(self.offsets[at:start])
            pieces.append(replacement)
            offsets.extend([self.offsets[start]] * len(replacement))
            at = end
        if not pieces:
            return self
        pieces.append(self.text[at:])
        offsets.extend(self.offsets[at:])
        return Folded("".join(pieces), offsets, self.original)


def fold(text: str) -> Folded:
    """The copy of *text* described at the top of this module. Linear, never raises.

    >>> fold("8️⃣7\u200b0１").text
    '8701'
    """
    if not _DISGUISED.search(text):
        return Folded(text, range(len(text) + 1), text)
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _DISGUISED.finditer(text):
        position = match.start()
        if position > at:
            pieces.append(text[at:position])
            offsets.extend(range(at, position))
        at = position + 1
        character = match.group()
        composed = _COMPOSED.get(pieces[-1][-1] + character) if pieces else None
        if composed:
            pieces[-1] = pieces[-1][:-1] + composed
            continue
        plain = _COSTUMES[character]
        if plain:
            pieces.append(plain)
            offsets.extend([position] * len(plain))
    pieces.append(text[at:])
    offsets.extend(range(at, len(text) + 1))
    return Folded("".join(pieces), offsets, text)


class _Costumes(dict[str, str]):
    """What each disguised character stands for, worked out once per character."""

    def __missing__(self, character: str) -> str:
        plain = self[character] = _undress(character)
        return plain


_COSTUMES = _Costumes(_EXPLICIT)


def _undress(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"} or (category == "Cc" and character not in "\v\f\x85"):
        return ""
    if category in {"Zl", "Zp"} or character in "\v\f\x85":
        return "\n"
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    number = unicodedata.numeric(character, None) if category[0] in "NS" else None
    if number is not None and number == int(number) and 0 <= number <= 50:
        return str(int(number))
    for first in _SQUARED_AND_CIRCLED_LETTERS:
        if first <= ord(character) < first + 26:
            return chr(ord("A") + ord(character) - first)
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if re.fullmatch(r"[!-~А-яЁё]+", compatible) else character


# Cyrillic and Greek letters that a reader takes for a Latin one: Unicode's confusables (UTS #39)
# and, for lower case, what people type in handles when a filter knows the real one.
_LATIN_TWINS = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜҮ"
    + "авекмнорстухѕіјԛԝүһԁ"
    + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    + "αικνορυχ"
    + "ɡıᴀᴄᴇᴋᴍɴᴏᴘʀѕᴛᴜᴠᴡᴢ"
    + "ёЁӏӀ",
    "ABEKMHOPCTYXSIJQWY"
    + "abekmhopctyxsijqwyhd"
    + "ABEZHIKMNOPTYX"
    + "aikvopux"
    + "giacekmnoprstuvwz"
    + "eElI",
)


def to_latin(text: str) -> str:
    """*text* with every letter that looks like a Latin one made Latin. Same length.

    For words already known to be Latin (hosts, handles, account numbers): in running text it
    would turn Russian words into nonsense.

    >>> to_latin("hаlyk-bаnk.сom")
    'halyk-bank.com'
    """
    return text if text.isascii() else text.translate(_LATIN_TWINS)


_CYRILLIC_TWINS = dict(zip("abcehkmopxtyi", "авсенкморхтуі", strict=True))
_TO_CYRILLIC = str.maketrans(_CYRILLIC_TWINS)


def to_cyrillic(word: str) -> str:
    """*word*, lower case, with Latin letters that look Cyrillic made so. Same length.

    For words already known to be Cyrillic with a foreign letter inside: "жетi", "сeмь".
    """
    return word.translate(_TO_CYRILLIC)


def either_alphabet(word: str) -> Iterator[str]:
    """*word* with each letter in Latin or as the Cyrillic one that looks like it.

    word: short, lower case: its spellings double with every such letter.
    """
    choices = ((letter, *_CYRILLIC_TWINS.get(letter, "")) for letter in word)
    return map("".join, product(*choices))
