"""What the learned model sees of folded texts: words, their neighbours, what they mean, and
whether somebody quotes them.

A word is its first eight letters, which fit one 64-bit number: all words of a batch of texts are
cut, compared and hashed in a few array operations; a few texts are read word by word, to the same
result. Kinds of features, each hashed to a bucket
(Weinberger et al. 2009, "Feature hashing for large scale multitask learning"):

    word       the first eight letters                                переведи
    short      the first four                                         пере
    pair       the first five of two neighbours                       назов + код
    concept    what a word means, by ``concepts.toml``; the same in Russian and Kazakh
    meeting    two concepts, in any order, at most seven others between; the nearer the more
    quoted     the first five and the concepts inside quotation marks
    mark       a sign of punctuation, once, worth half
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tereze.detection.concepts import lexicon
from tereze.detection.feature_kinds import (
    BITS,
    BOTH,
    CLOSES,
    CONCEPT,
    GREATER,
    LESSER,
    LETTER,
    LETTERS,
    LONGEST_WORD,
    MARK,
    MARKS,
    MIXED,
    NEAREST,
    NEXT,
    OPENS,
    PAIR,
    QUOTED,
    SHORT,
    SHORTENED,
    SHORTEST_HIDDEN,
    STEM,
    WORD,
    encoded,
)
from tereze.detection.word_features import read_words


_FEW = 10  # texts that are read faster word by word than as arrays

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]

_GAP = 8  # empty letters between two texts: no window of eight letters sees both
_FIRST = np.array([(1 << (8 * n)) - 1 for n in range(LETTERS + 1)], dtype=np.uint64)
_WORD, _SHORT, _PAIR, _NEXT, _CONCEPT, _LESSER, _GREATER, _QUOTED, _MARK = map(
    np.uint64, (WORD, SHORTENED, PAIR, NEXT, CONCEPT, LESSER, GREATER, QUOTED, MARK)
)


@dataclass(frozen=True, slots=True)
class Features:
    """Features of several texts, in no order: ``bucket[i]`` with ``value[i]`` belongs to text
    ``owner[i]`` and stands for the letters ``start[i]`` to ``end[i]`` of its folded form."""

    bucket: Places
    value: Values
    owner: Places
    start: Places
    end: Places
    texts: int


@dataclass(frozen=True, slots=True)
class _Items:
    """Words, concepts or signs in the order of the texts; places are of all texts joined."""

    number: Numbers
    owner: Places
    start: Places
    end: Places

    def only(self, chosen: Places) -> _Items:
        return _Items(self.number[chosen], self.owner[chosen], self.start[chosen], self.end[chosen])


def features(texts: Sequence[str]) -> Features:
    """The features of folded ``texts``; of each at most :data:`LONGEST` letters are read."""
    return _word_by_word(texts) if len(texts) < _FEW else _as_arrays(texts)


def _word_by_word(texts: Sequence[str]) -> Features:
    buckets: list[int] = []
    values: list[float] = []
    places: list[tuple[int, int]] = []
    owner: list[int] = []
    for n, text in enumerate(texts):
        seen = read_words(text)
        buckets += seen.buckets
        values += seen.values
        places += seen.places
        owner += [n] * len(seen.buckets)
    return Features(
        np.array(buckets, dtype=np.int64),
        np.array(values, dtype=np.float32),
        np.array(owner, dtype=np.int64),
        np.array([start for start, _ in places], dtype=np.int64),
        np.array([end for _, end in places], dtype=np.int64),
        len(texts),
    )


def _as_arrays(texts: Sequence[str]) -> Features:
    joined, begins = _join(texts)
    words = _words(joined, begins)
    concepts = _concepts(words, joined)
    signs = _signs(joined, begins)
    stems = words.number & _FIRST[STEM]
    meant = concepts.number
    word, concept, sign = map(np.arange, map(len, (stems, meant, signs.number)))
    pair = _neighbours(words)
    quoted, quoted_meant = _quoted(joined, begins, words, concepts)
    kinds = [
        _Kind(words, words.number * _WORD, word),
        _Kind(words, (words.number & _FIRST[SHORT]) * _SHORT, word),
        _Kind(words, stems[pair] * _PAIR + stems[pair + 1] * _NEXT, pair, pair + 1),
        _Kind(words, stems[quoted] * _QUOTED, quoted),
        _Kind(concepts, meant * _CONCEPT, concept),
        _meetings(concepts),
        _Kind(concepts, meant[quoted_meant] * _QUOTED, quoted_meant),
        _Kind(signs, signs.number * _MARK, sign, value=0.5),
    ]
    return _told(kinds, begins)


class _Kind(NamedTuple):
    """Features of one kind, from the first of some ``items`` to the last; the same where none is
    said."""

    items: _Items
    number: Numbers
    first: Places
    last: Places | None = None
    value: float | Values = 1.0


def _told(kinds: list[_Kind], begins: Places) -> Features:
    """All kinds of features, their places in terms of their texts."""
    owner = np.concatenate([kind.items.owner[kind.first] for kind in kinds])
    start = np.concatenate([kind.items.start[kind.first] for kind in kinds])
    end = np.concatenate(
        [kind.items.end[kind.first if kind.last is None else kind.last] for kind in kinds]
    )
    value = np.ones(len(owner), dtype=np.float32)
    at = 0
    for kind in kinds:
        behind = at + len(kind.number)
        value[at:behind] = kind.value
        at = behind
    shift = begins[owner]
    number = np.concatenate([kind.number for kind in kinds])
    return Features(_bucket(number), value, owner, start - shift, end - shift, len(begins))


def _join(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint8], Places]:
    """All texts with one byte a letter, and where each begins."""
    read = [encoded(text) for text in texts]
    gap = bytes(_GAP)
    joined = np.frombuffer(gap + gap.join(read) + gap, dtype=np.uint8)
    begins = list(accumulate((len(text) + _GAP for text in read), initial=_GAP))
    return joined, np.array(begins[:-1], dtype=np.int64)


def _table(letters: str, values: Sequence[int]) -> npt.NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    table[list(letters.encode("cp1251"))] = values
    return table


_LETTER = np.frombuffer(LETTER, dtype=np.uint8)
_MARK_NUMBER = _table(MARKS, range(1, len(MARKS) + 1))
_OPENING = _table(OPENS, [1] * len(OPENS)).astype(np.int8) - _table(CLOSES, [1] * len(CLOSES))
_EITHER = _table(BOTH, [1])
_QUOTE = (_OPENING != 0) | (_EITHER != 0)
_APART = np.arange(1, NEAREST + 1)
_NEARNESS = (1 / np.sqrt(_APART)).astype(np.float32)


def _words(joined: npt.NDArray[np.uint8], begins: Places) -> _Items:
    letters = _LETTER[joined]
    inside = letters != 0
    edges = (inside[1:] != inside[:-1]).nonzero()[0] + 1
    start, end = edges[::2], edges[1::2]
    numbers = _numbers(letters, start) & _FIRST[np.minimum(end - start, LETTERS)]
    return _Items(numbers, begins.searchsorted(start, "right") - 1, start, end)


def _numbers(letters: npt.NDArray[np.uint8], start: Places) -> Numbers:
    """The eight letters from each place on, as one number."""
    everywhere = np.ndarray(len(letters) - LETTERS + 1, "<u8", letters, strides=(1,))
    return everywhere[start]


def _concepts(words: _Items, joined: npt.NDArray[np.uint8]) -> _Items:
    """What the words stand for, in their order; a word may stand for several concepts.

    Words written without gaps between them, spaced-out letters above all, hide others inside.
    """
    concepts = _meant(words, shortest=1)
    hidden = _hidden(words, joined)
    if not len(hidden.number):
        return concepts
    found = (concepts, _meant(hidden, shortest=SHORTEST_HIDDEN))
    both = _Items(*map(np.concatenate, zip(*map(_columns, found), strict=True)))
    return both.only(np.lexsort((both.number, both.start)))


def _columns(items: _Items) -> tuple[Numbers, Places, Places, Places]:
    return items.number, items.owner, items.start, items.end


def _meant(words: _Items, *, shortest: int) -> _Items:
    known = lexicon(shortest=shortest)
    meant = [known[number] for number in words.number.tolist()]
    word = np.arange(len(meant)).repeat(list(map(len, meant)))
    concept = np.array(list(chain.from_iterable(meant)), dtype=np.uint64)
    return _Items(concept + np.uint64(1), words.owner[word], words.start[word], words.end[word])


def _hidden(words: _Items, joined: npt.NDArray[np.uint8]) -> _Items:
    """What begins inside a word too long to be one."""
    long = (words.end - words.start > LONGEST_WORD).nonzero()[0]
    if not len(long):
        return words.only(long)
    inside = words.end[long] - words.start[long] - SHORTEST_HIDDEN
    first = np.repeat(words.start[long] + 1, inside)
    start = first + _counted(inside)
    numbers = _numbers(_LETTER[joined], start)
    return _Items(numbers, np.repeat(words.owner[long], inside), start, start + SHORTEST_HIDDEN)


def _quoted(joined: npt.NDArray[np.uint8], begins: Places, *read: _Items) -> Iterator[Places]:
    """Of each kind of items those inside quotation marks of their text."""
    if not _QUOTE[joined].any():
        return (np.zeros(0, dtype=np.int64) for _ in read)
    depth = np.cumsum(_OPENING[joined], dtype=np.int32)
    straight = np.cumsum(_EITHER[joined], dtype=np.int32)
    return (_inside(items, begins, depth, straight) for items in read)


def _inside(
    items: _Items, begins: Places, depth: npt.NDArray[np.int32], straight: npt.NDArray[np.int32]
) -> Places:
    before = begins[items.owner] - 1
    deeper = depth[items.start] > depth[before]
    return np.flatnonzero(deeper | ((straight[items.start] - straight[before]) % 2 == 1))


def _neighbours(items: _Items) -> Places:
    """The items behind which another one of their text stands."""
    return np.flatnonzero(items.owner[1:] == items.owner[:-1])


def _meetings(concepts: _Items) -> _Kind:
    number, owner = concepts.number, concepts.owner
    first = np.arange(len(number))
    behind = owner.searchsorted(owner, "right")[:, None] - first[:, None]
    one, apart = (behind > _APART).nonzero()
    other = one + apart + 1
    less, greater = np.minimum(number[one], number[other]), np.maximum(number[one], number[other])
    return _Kind(concepts, less * _LESSER + greater * _GREATER, one, other, _NEARNESS[apart])


def _counted(lengths: Places) -> Places:
    """0, 1, … below each of ``lengths``, one after the other."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _signs(joined: npt.NDArray[np.uint8], begins: Places) -> _Items:
    """Each sign once a text: who repeats it says no more."""
    which = _MARK_NUMBER[joined]
    place = which.nonzero()[0]
    owner = begins.searchsorted(place, "right") - 1
    which = which[place]
    backwards = (owner * 256 + which)[::-1].tolist()
    once = list(dict(zip(backwards, range(len(place) - 1, -1, -1), strict=True)).values())
    signs = _Items(which.astype(np.uint64), owner, place, place + 1)
    return signs.only(np.array(once, dtype=np.int64))


def _bucket(number: Numbers) -> Places:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014), cut to :data:`BITS` bits."""
    number = (number ^ (number >> np.uint64(30))) * np.uint64(MIXED[0])
    number = (number ^ (number >> np.uint64(27))) * np.uint64(MIXED[1])
    return (number >> np.uint64(64 - BITS)).astype(np.int64)
