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
from functools import cached_property
from itertools import accumulate, islice
from operator import attrgetter
from typing import overload

from tereze.detection.spelling import (
    LETTER,
    TOKEN,
    UNKNOWN,
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
    *original* where a disguise was undone, each with its kind. ``read_offsets`` works out
    :attr:`offsets`, which only a text with something to show needs. ``tokens`` are its words as
    they were read, None where the text had to be read as a whole.
    """

    text: str
    plain: Folded
    runs: tuple[Span, ...]
    disguised: tuple[Disguise, ...]
    read_offsets: Callable[[], Sequence[int]] = field(repr=False)
    tokens: Sequence[Word] | None = None

    @cached_property
    def offsets(self) -> Sequence[int]:
        """``offsets[i]`` is the position of ``text[i]`` in ``plain``."""
        return self.read_offsets()

    def original_span(self, start: int, end: int) -> Span:
        """The original range behind ``text[start:end]``, which is not empty; in characters."""
        copy = self.plain.text
        stop = self.offsets[end - 1] + 1
        last = copy[stop - 1].lower()
        while stop < len(copy) and copy[stop].lower() in {"ь", "ъ", last} and last.isalpha():
            stop += 1  # what was dropped after the last letter belongs to the word
        if isinstance(self.plain.offsets, range) and not last.isspace():
            return self.offsets[start], stop  # the copy is the original
        return self.plain.span(self.offsets[start], stop)

    def folded_span(self, start: int, end: int) -> Span:
        """The range of ``text`` that comes from the original's ``[start, end)``."""
        first, last = self.plain.cover(start, end)
        return bisect_left(self.offsets, first), bisect_left(self.offsets, last)


_HIDDEN = re.compile(
    "(?<=[^\\W\\d_])(?![\u0306\u0308])"
    "[\u00ad\u034f\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20f0\ufeff]+"
    "(?=[^\\W\\d_])"
)
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \t.\-_*·•|/,~+=]{1,3}){3,}[^\W\d_](?![^\W_])")
_GLUE = re.compile(r"[^\w]+|_+")
_disguised = attrgetter("disguised")
_SPACED_SHAPE = 4 * LETTER  # the shortest word that is written letter by letter
_MOST_SHOWN = 40  # disguises of one kind that are pointed out; all are undone


def fold(text: str, read: Callable[[list[str], str], Sequence[Word]] = read_words) -> Skeleton:
    """Fold ``text`` for matching. Linear in its length; never fails.

    ``read`` reads the tokens of a text, as ``read_words`` does; what it gives is kept.

    >>> fold("К у п л ю   KАРТУ").text
    'куплю   карту'
    """
    plain = fold_typography(text)
    hidden: list[Disguise] = []
    if len(plain.text) != len(text):
        found = islice(_HIDDEN.finditer(text), _MOST_SHOWN)
        hidden = [("hidden_characters", m.start() - 1, m.end() + 1) for m in found]
    return _fold_by_words(plain, hidden, read) or _fold_as_a_whole(plain, hidden)


def _fold_by_words(
    plain: Folded, hidden: list[Disguise], read: Callable[[list[str], str], Sequence[Word]]
) -> Skeleton | None:
    """Fold word by word, as most texts can be; None where words are broken or spaced out."""
    text = plain.text
    if "-\n" in text or "Σ" in text:  # the lower case of a sigma depends on its neighbours
        return None
    pieces = TOKEN.split(text)
    tokens = pieces[1::2]
    words = read(tokens, text)
    shape = "".join([word.shape for word in words])
    if (_SPACED_SHAPE in shape or UNKNOWN in shape) and _SPACED.search(lowered(text)):
        return None
    disguised: list[Disguise] = []
    if any(map(_disguised, words)):
        starts = list(accumulate(map(len, pieces)))[::2]
        for start, word in zip(starts, words, strict=False):
            disguised += [(kind, start + a, start + b) for kind, a, b in word.disguised]
    shown = [(kind, *plain.span(a, b)) for kind, a, b in disguised[:_MOST_SHOWN]]
    folded = pieces.copy()
    folded[1::2] = [word.text for word in words]
    return Skeleton(
        "".join(folded),
        plain,
        (),
        (*shown, *hidden),
        lambda: _Offsets(pieces, folded, words),
        words,
    )


class _Offsets(Sequence[int]):
    """The offsets of a text that was folded word by word, each worked out when asked for."""

    def __init__(self, pieces: list[str], folded: list[str], words: Sequence[Word]) -> None:
        self._words = words
        self._starts = [0, *accumulate(map(len, pieces))]
        self._folded_starts = [0, *accumulate(map(len, folded))]

    def __len__(self) -> int:
        return self._folded_starts[-1]

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        piece = bisect_right(self._folded_starts, index) - 1
        within = index - self._folded_starts[piece]
        if piece % 2:
            within = self._words[piece // 2].offsets[within]
        return self._starts[piece] + within


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
    return Skeleton(tape.text, plain, runs, disguised, lambda: tape.offsets)


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
