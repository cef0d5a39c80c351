"""Read one word: look-alike letters, Latin ones, signs for letters, repeated ones.

A word is read by itself, but for one thing it is told: whether the text has Cyrillic letters at
all. So every word is worked out once and remembered; a city's chats say the same words all day.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tereze.detection.lookalikes import (
    BY_SHAPE,
    BY_SOUND,
    CYRILLIC_FOLD,
    DIGRAPHS,
    LEET,
    LETTER_SHAPES,
    SHAPE_ONLY,
)
from tereze.detection.tape import Tape


_TABLE = str.maketrans(LETTER_SHAPES | CYRILLIC_FOLD)
_SIGNS = "@$" + "".join(sorted(sign for sign in LETTER_SHAPES if not sign.isalnum()))
TOKEN = re.compile(rf"([\w{_SIGNS}]+)")
"""Letters, digits and signs that may stand for them: what is read as one word."""
WORD = re.compile(r"\w+")
LETTER, OTHER, DISGUISED, UNKNOWN = "lod?"
"""Shapes of a token: one letter; none of the kind; the same in disguise; letters parted within
(``к_у_п_л_ю``)."""
_FOREIGN = re.compile(
    r"(?<![^\W_])(?:"
    r"[^\W_a-z]*+[a-z][^\W_]*+"  # a word with Latin letters in it
    r"|(?=[@0346]?[а-џ]*+[0-9@$])"  # a digit or sign for a letter
    r"[@0346]?[а-џ](?:[а-џ]|[0-9@$]{1,2}(?=[а-џ]))*+[0@$3]?(?![^\W_]|[@$])"
    r")"
)
_LATIN_RUN = re.compile(r"[a-z]+")
_LEET = re.compile(
    r"(?<=[а-џ])[0-9@$]{1,2}(?=[а-џ])|^[@0346](?=[а-џ][а-џ0-9@$]{2})|(?<=[а-џ])[0@$]$|(?<=[а-џ@0]{4})3$"
)
_SQUEEZE = re.compile(r"([^\W\d_])\1+|[ьъ]")
_HAS_CYRILLIC = re.compile(r"[а-џ]")
_CYRILLIC = re.compile("[А-Яа-я]")
_VOWELS = frozenset("аеиоуюя")
_NAME = 3  # a Latin run this long inside a Cyrillic word is a name with an ending: Kaspiге
_MOST_KNOWN = 40_000  # words that are remembered; hostile input brings new ones
_LONGEST_KNOWN = 40  # characters of a word that is remembered


@dataclass(eq=False, slots=True)
class Word:
    """A token as it is read.

    ``offsets[i]`` is the position of ``text[i]`` in the token, ``disguised`` are ranges of the
    token in which a disguise was undone. ``shape`` says what it may lend to a word written letter
    by letter: see :data:`LETTER`.
    """

    text: str
    offsets: Sequence[int]
    disguised: tuple[tuple[str, int, int], ...]
    shape: str


W = TypeVar("W", bound=Word)


class Words(dict[str, W]):
    """Tokens as they are read; ``cyrillic`` as for :func:`read_letters`."""

    def __init__(self, *, cyrillic: bool) -> None:
        self.cyrillic = cyrillic

    def __missing__(self, token: str) -> W:
        word = self.work_out(token)
        if len(self) < _MOST_KNOWN and len(token) <= _LONGEST_KNOWN:
            self[token] = word
        return word

    @abstractmethod
    def work_out(self, token: str) -> W:
        """What is remembered of a token."""

    def read(self, token: str) -> Word:
        """Read a token."""
        tape = Tape(lowered(token))
        disguised = read_letters(tape, cyrillic=self.cyrillic)
        shape = DISGUISED if disguised else OTHER
        if len(token) == 1 and not token.isdigit():
            shape = LETTER
        if any(sign in token for sign in "@$_"):
            shape = UNKNOWN
        return Word(tape.text, tape.offsets, tuple(disguised), shape)


class _ReadWords(Words[Word]):
    def work_out(self, token: str) -> Word:
        return self.read(token)


_AMONG_CYRILLIC = _ReadWords(cyrillic=True)
_AMONG_LATIN = _ReadWords(cyrillic=False)


def read_words(tokens: list[str], text: str) -> Sequence[Word]:
    """Read the tokens of ``text``, see :data:`TOKEN`."""
    known = _AMONG_CYRILLIC if has_cyrillic(text) else _AMONG_LATIN
    return [known[token] for token in tokens]


def lowered(text: str) -> str:
    """Lower case, and every letter as the one it looks like; the length stays."""
    return text.lower().translate(_TABLE)


def has_cyrillic(text: str) -> bool:
    """Whether ``text`` has a letter that is Cyrillic or looks so."""
    return bool(_CYRILLIC.search(text) or _HAS_CYRILLIC.search(lowered(text)))


def read_letters(tape: Tape, *, cyrillic: bool) -> list[tuple[str, int, int]]:
    """Undo disguises on a tape of lower-case words; return their ranges and kinds.

    ``cyrillic`` says whether the whole text has Cyrillic letters: Latin ones are then more
    likely to stand for their shape than for their sound.
    """
    words = _WordReader(cyrillic=cyrillic)
    before = tape.offsets
    tape.rewrite(_FOREIGN, words.read)
    tape.rewrite(_SQUEEZE, _said_once)
    return [(kind, before[a], before[b - 1] + 1) for kind, a, b in words.disguised]


class _WordReader:
    """Reads words with foreign letters or signs in them, and remembers disguises."""

    def __init__(self, *, cyrillic: bool) -> None:
        self.cyrillic = cyrillic
        self.disguised: list[tuple[str, int, int]] = []

    def read(self, match: re.Match[str]) -> list[tuple[str, int]]:
        word, start = match.group(), match.start()
        letters = [(char, start + i) for i, char in enumerate(word)]
        mixed = _HAS_CYRILLIC.search(word) is not None
        if _LATIN_RUN.search(word):
            letters = self._latin(word, start, mixed=mixed)
        read = "".join(char or " " for char, _ in letters)
        if mixed and (found := list(_LEET.finditer(read))):
            if found[0].start() > 0:
                self.disguised.append(("leet", match.start(), match.end()))
            for sign in found:
                for i in range(*sign.span()):
                    letters[i] = (_leet_letter(read, i), start + i)
        return letters

    def _latin(self, word: str, start: int, *, mixed: bool) -> list[tuple[str, int]]:
        out: list[tuple[str, int]] = []
        last = 0
        disguised = False
        for run in _LATIN_RUN.finditer(word):
            out += [(word[i], start + i) for i in range(last, run.start())]
            letters, last = run.group(), run.end()
            by_shape = _read_by_shape(letters, mixed=mixed, cyrillic=self.cyrillic)
            if by_shape:
                out += [(BY_SHAPE[c], start + run.start() + i) for i, c in enumerate(letters)]
            else:
                out += [(c, start + run.start() + i) for c, i in sounded(letters)]
            disguised = disguised or (by_shape and mixed)
        out += [(word[i], start + i) for i in range(last, len(word))]
        if disguised:
            self.disguised.append(("mixed_alphabets", start, start + len(word)))
        # Offsets of a digraph collapse; leet replacement needs one item a character.
        return out if len(out) == len(word) else _padded(out, start, len(word))


def _padded(out: list[tuple[str, int]], start: int, length: int) -> list[tuple[str, int]]:
    by_position = {position: char for char, position in out}
    return [(by_position.get(start + i, ""), start + i) for i in range(length)]


def _read_by_shape(run: str, *, mixed: bool, cyrillic: bool) -> bool:
    if SHAPE_ONLY.issuperset(run):
        return mixed or (cyrillic and len(run) >= _NAME)
    return mixed and len(run) < _NAME


def sounded(word: str) -> Iterator[tuple[str, int]]:
    """Latin letters by their sound, as ``(Cyrillic letter, position in word)``."""
    i = 0
    while i < len(word):
        for size in (4, 2):
            letter = DIGRAPHS.get(word[i : i + size])
            if letter and len(word) >= i + size:
                yield letter, i
                i += size
                break
        else:
            yield BY_SOUND[word[i]], i
            i += 1


def _leet_letter(word: str, i: int) -> str:
    sign = word[i]
    if sign == "4" and 0 < i < len(word) - 1:
        between_consonants = word[i - 1] not in _VOWELS and word[i + 1] not in _VOWELS
        return "а" if between_consonants else "ч"
    return LEET.get(sign, sign)


def _said_once(match: re.Match[str]) -> list[tuple[str, int]]:
    """A repeated letter once; soft and hard signs not at all."""
    return [(match.group(1), match.start())] if match.group(1) else []
