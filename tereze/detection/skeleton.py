"""Fold a text into the form rules are matched on, with a map back to the original.

The skeleton is lower case, has no marks and no invisible characters, writes every letter in
plain Cyrillic (look-alikes by shape, whole Latin words by sound), joins spaced-out words and
says every repeated letter once. Kazakh letters lose their tails *for matching only*, because
half of the city types without them; the evidence itself is never altered.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import overload

from tereze.detection.spelling import (
    LETTER,
    OTHER,
    TOKEN,
    UNKNOWN,
    WORD,
    Word,
    has_cyrillic,
    lowered,
    read_letters,
    read_words,
)
from tereze.detection.tape import Tape
from tereze.indicators.folding import Folded
from tereze.indicators.folding import fold as fold_typography


Span = tuple[int, int]
Disguise = tuple[str, int, int]


@dataclass(eq=False)
class Skeleton:
    """A folded text.

    ``plain`` is the typographically plain copy. ``runs`` are ranges of ``text`` that were written
    letter by letter, so that word boundaries in them are unknown. ``disguised`` are ranges of the
    *original* where a disguise was undone, each with its kind. ``offsets[i]`` is the position of
    ``text[i]`` in ``plain``. ``words`` are its words as they were read, None where the text had to
    be read as a whole.
    """

    text: str
    plain: Folded
    runs: tuple[Span, ...]
    disguised: tuple[Disguise, ...]
    offsets: Sequence[int] = field(repr=False)
    words: Sequence[Word] | None = None

    def word_starts(self) -> Sequence[int]:
        """Where in ``text`` each word begins."""
        if isinstance(self.offsets, _Offsets):
            return self.offsets.folded_starts[1:-1:2]
        return [match.start() for match in WORD.finditer(self.text)]

    def original_span(self, start: int, end: int) -> Span:
        """The original range behind ``text[start:end]``, which is not empty; in characters."""
        copy = self.plain.text
        stop = self.offsets[end - 1] + 1
        last = copy[stop - 1]
        if last.isalpha():
            following = self.offsets[end] if end < len(self.text) else len(copy)
            while stop < following and copy[stop].isalpha():
                stop += 1  # what was dropped after the last letter belongs to the word
        if isinstance(self.plain.offsets, range) and not last.isspace():
            return self.offsets[start], stop  # the copy is the original
        return self.plain.span(self.offsets[start], stop)

    def folded_span(self, start: int, end: int) -> Span:
        """The range of ``text`` that comes from the original's ``[start, end)``."""
        first, last = self.plain.cover(start, end)
        if isinstance(self.offsets, _Offsets):
            return self.offsets.place_of(first), self.offsets.place_of(last)
        return bisect_left(self.offsets, first), bisect_left(self.offsets, last)


_HIDDEN = re.compile(
    "(?<=[^\\W\\d_])(?![\u0306\u0308])"
    "[\u00ad\u034f\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20f0\ufeff]+"
    "(?=[^\\W\\d_])"
)
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \t.\-_*·•|/,~+=]{1,3}){3,}[^\W\d_](?![^\W_])")
_GLUE = re.compile(r"[^\w]+|_+")
_SPACED_SHAPE = 4 * LETTER  # the shortest word that is written letter by letter
_PLAIN_SHAPES = LETTER + OTHER
_MOST_SHOWN = 40  # disguises of one kind that are pointed out; all are undone


_Read = Callable[[list[str], str], Sequence[Word]]


def fold(text: str, read: _Read = read_words, plain: Folded | None = None) -> Skeleton:
    """Fold ``text`` for matching. Linear in its length; never fails.

    ``read`` reads the tokens of a text, as ``read_words`` does; what it gives is kept. ``plain``
    is the typographically plain copy, where there is one already.

    >>> fold("К у п л ю   KАРТУ").text
    'куплю   карту'
    """
    plain = plain or fold_typography(text)
    hidden: list[Disguise] = []
    if len(plain.text) != len(text):
        found = islice(_HIDDEN.finditer(text), _MOST_SHOWN)
        hidden = [("hidden_characters", m.start() - 1, m.end() + 1) for m in found]
    return _fold_by_words(plain, hidden, read) or _fold_as_a_whole(plain, hidden)


def _fold_by_words(plain: Folded, hidden: list[Disguise], read: _Read) -> Skeleton | None:
    """Fold word by word, as most texts can be; None where words are broken or spaced out."""
    text = plain.text
    if "-\n" in text or "Σ" in text:  # the lower case of a sigma depends on its neighbours
        return None
    pieces = TOKEN.split(text)
    words = read(pieces[1::2], text)
    shape = "".join([word.shape for word in words])
    if (_SPACED_SHAPE in shape or UNKNOWN in shape) and _SPACED.search(lowered(text)):
        return None
    disguised = _disguises(pieces, words, plain) if shape.strip(_PLAIN_SHAPES) else []
    folded = pieces.copy()
    folded[1::2] = [word.text for word in words]
    offsets = _Offsets(pieces, folded, words)
    return Skeleton("".join(folded), plain, (), (*disguised, *hidden), offsets, words)


def _disguises(pieces: list[str], words: Sequence[Word], plain: Folded) -> list[Disguise]:
    disguised: list[Disguise] = []
    starts = list(accumulate(map(len, pieces)))[::2]
    for start, word in zip(starts, words, strict=False):
        disguised += [(kind, start + a, start + b) for kind, a, b in word.disguised]
    return [(kind, *plain.span(a, b)) for kind, a, b in disguised[:_MOST_SHOWN]]


class _Offsets(Sequence[int]):
    """The offsets of a text that was folded word by word, each worked out when asked for."""

    def __init__(self, pieces: list[str], folded: list[str], words: Sequence[Word]) -> None:
        self._pieces = pieces
        self._folded = folded
        self._words = words
        self._folded_starts: list[int] = []  # both only where somebody asks
        self._plain_starts: list[int] = []

    @property
    def folded_starts(self) -> list[int]:
        """Where the folded pieces begin, and the end of the last."""
        if not self._folded_starts:
            self._folded_starts = [0, *accumulate(map(len, self._folded))]
        return self._folded_starts

    @property
    def _starts(self) -> list[int]:
        if not self._plain_starts:
            self._plain_starts = [0, *accumulate(map(len, self._pieces))]
        return self._plain_starts

    def place_of(self, position: int) -> int:
        """The first index whose offset is not before ``position``."""
        piece = bisect_right(self._starts, position) - 1
        within = position - self._starts[piece]
        if piece % 2 and piece < len(self._pieces):
            within = bisect_left(self._words[piece // 2].offsets, within)
        return self.folded_starts[piece] + within

    def __len__(self) -> int:
        return self.folded_starts[-1]

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        starts = self._folded_starts or self.folded_starts
        if index < 0:
            index += starts[-1]
        if not 0 <= index < starts[-1]:
            raise IndexError(index)
        piece = bisect_right(starts, index) - 1
        within = index - starts[piece]
        if piece % 2:
            within = self._words[piece // 2].offsets[within]
        return (self._plain_starts or self._starts)[piece] + within


def _fold_as_a_whole(plain: Folded, hidden: list[Disguise]) -> Skeleton:
    tape = Tape(lowered(plain.text))
    if "\n" in tape.text:
        tape.rewrite(_BROKEN, lambda match: [])
    spaced = _join_spaced(tape)
    undone = read_letters(tape, cyrillic=has_cyrillic(tape.text))[:_MOST_SHOWN]
    runs = tuple(
        (bisect_left(tape.offsets, start), bisect_left(tape.offsets, end)) for start, end in spaced
    )
    ranges = [*(("spaced_letters", a, b) for a, b in spaced[:_MOST_SHOWN]), *undone]
    disguised = (*((kind, *plain.span(a, b)) for kind, a, b in ranges), *hidden)
    return Skeleton(tape.text, plain, runs, disguised, tape.offsets)


def _join_spaced(tape: Tape) -> list[Span]:
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
