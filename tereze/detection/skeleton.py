"""Fold a text into the form rules are matched on, with a map back to the original.

The skeleton is lower case, has no marks and no invisible characters, writes every letter in
plain Cyrillic (look-alikes by shape, whole Latin words by sound), joins spaced-out words and
says every repeated letter once. Kazakh letters lose their tails *for matching only*, because
half of the city types without them; the evidence itself is never altered.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tereze.detection.lookalikes import (
    BY_SHAPE,
    BY_SOUND,
    CYRILLIC_FOLD,
    DIGRAPHS,
    LEET,
    LETTER_SHAPES,
    SHAPE_ONLY,
)
from tereze.indicators.folding import Folded
from tereze.indicators.folding import fold as fold_typography


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A folded text.

    ``offsets[i]`` is the position of ``text[i]`` in ``plain``, the typographically plain copy.
    ``runs`` are ranges of ``text`` that were written letter by letter, so that word boundaries
    in them are unknown. ``disguised`` are ranges of the *original* where a disguise was undone,
    each with its kind.
    """

    text: str
    offsets: Sequence[int]
    plain: Folded
    runs: tuple[Span, ...]
    disguised: tuple[tuple[str, int, int], ...]

    def original_span(self, start: int, end: int) -> Span:
        """The original range behind ``text[start:end]``, which is not empty; in characters."""
        copy = self.plain.text
        stop = self.offsets[end - 1] + 1
        last = copy[stop - 1].lower()
        while stop < len(copy) and copy[stop].lower() in {"ь", "ъ", last} and last.isalpha():
            stop += 1  # what was dropped after the last letter belongs to the word
        return self.plain.span(self.offsets[start], stop)

    def folded_span(self, start: int, end: int) -> Span:
        """The range of ``text`` that comes from the original's ``[start, end)``."""
        first, last = self.plain.cover(start, end)
        return bisect_left(self.offsets, first), bisect_left(self.offsets, last)


_TABLE = str.maketrans(LETTER_SHAPES | CYRILLIC_FOLD)
_HIDDEN = re.compile(
    "(?<=[^\\W\\d_])(?![\u0306\u0308])"
    "[\u00ad\u034f\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20f0\ufeff]+"
    "(?=[^\\W\\d_])"
)
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_])")
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
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \t.\-_*·•|/,~+=]{1,3}){3,}[^\W\d_](?![^\W_])")
_GLUE = re.compile(r"[^\w]+|_+")
_SQUEEZE = re.compile(r"([^\W\d_])\1+|[ьъ]")
_HAS_CYRILLIC = re.compile(r"[а-џ]")
_VOWELS = frozenset("аеиоуюя")
_MOST_SHOWN = 40  # disguises of one kind that are pointed out; all are undone
_NAME = 3  # a Latin run this long inside a Cyrillic word is a name with an ending: Kaspiге


def fold(text: str) -> Skeleton:
    """Fold ``text`` for matching. Linear in its length; never fails.

    >>> fold("К у п л ю   KАРТУ").text
    'куплю   карту'
    """
    plain = fold_typography(text)
    tape = _Tape(plain.text.lower().translate(_TABLE))
    if "\n" in tape.text:
        tape.rewrite(_BROKEN, lambda match: [])
    spaced = _join_spaced(tape)
    disguised = [("spaced_letters", *plain.span(*span)) for span in spaced[:_MOST_SHOWN]]
    words = _WordReader(cyrillic=_HAS_CYRILLIC.search(tape.text) is not None)
    before = tape.offsets
    tape.rewrite(_FOREIGN, words.read)
    disguised += [
        (kind, *plain.span(before[a], before[b - 1] + 1))
        for kind, a, b in words.disguised[:_MOST_SHOWN]
    ]
    if len(plain.text) != len(text):
        disguised += [
            ("hidden_characters", m.start() - 1, m.end() + 1)
            for m in islice(_HIDDEN.finditer(text), _MOST_SHOWN)
        ]
    tape.rewrite(_SQUEEZE, _said_once)
    runs = tuple(
        (bisect_left(tape.offsets, start), bisect_left(tape.offsets, end)) for start, end in spaced
    )
    return Skeleton(tape.text, tape.offsets, plain, runs, tuple(disguised))


class _Tape:
    """A text that is rewritten piece by piece while its offsets follow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets: Sequence[int] = range(len(text))

    def rewrite(
        self,
        pattern: re.Pattern[str],
        reading: Callable[[re.Match[str]], list[tuple[str, int]]],
    ) -> None:
        """Replace every match by ``reading``: characters with their positions on the tape."""
        pieces: list[str] = []
        offsets: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            pieces.append(self.text[last:start])
            offsets += self.offsets[last:start]
            for char, position in reading(match):
                if char:
                    pieces.append(char)
                    offsets.append(self.offsets[position])
            last = end
        if last:
            self.text = "".join([*pieces, self.text[last:]])
            self.offsets = [*offsets, *self.offsets[last:]]


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


def _join_spaced(tape: _Tape) -> list[Span]:
    """Join words written letter by letter; return the ranges of the plain copy they had."""
    spaced = [
        (tape.offsets[m.start()], tape.offsets[m.end() - 1] + 1)
        for m in _SPACED.finditer(tape.text)
    ]
    if spaced:
        tape.rewrite(_SPACED, _unspaced)
    return spaced


def _unspaced(match: re.Match[str]) -> list[tuple[str, int]]:
    """The letters of a spaced word; an unusual gap among the usual ones parts two words."""
    whole, start = match.group(), match.start()
    usual = Counter(_GLUE.findall(whole)).most_common(1)[0][0]
    out: list[tuple[str, int]] = []
    i = 0
    while i < len(whole):
        glue = _GLUE.match(whole, i)
        if glue is None:
            out.append((whole[i], start + i))
            i += 1
            continue
        if glue.group() != usual:
            out.append((" ", start + i))
        i = glue.end()
    return out


def _said_once(match: re.Match[str]) -> list[tuple[str, int]]:
    """A repeated letter once; soft and hard signs not at all."""
    return [(match.group(1), match.start())] if match.group(1) else []
