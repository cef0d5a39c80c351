"""The features of one text, word by word; :mod:`tereze.detection.features` says what they are.

Array operations cost as much for one text as for ten. Here what a word brings by itself is worked
out once and remembered, and the rest of a text costs as much as it has words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from operator import itemgetter
from typing import NamedTuple

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


Span = tuple[int, int]
_MOST_KNOWN = 40_000  # words that are remembered; hostile input brings new ones
_MOST_PAIRS = 200_000
_LONGEST_KNOWN = 40  # letters of a word that is remembered
_64_BITS = (1 << 64) - 1


def _bucket(number: int) -> int:
    number &= _64_BITS
    number = (number ^ (number >> 30)) * MIXED[0] & _64_BITS
    number = (number ^ (number >> 27)) * MIXED[1] & _64_BITS
    return number >> (64 - BITS)


_WORDS = re.compile(rb"[^\0]+")
_MARK_BUCKETS = {
    code: _bucket(number * MARK) for number, code in enumerate(MARKS.encode("cp1251"), start=1)
}
_NO_MARKS = bytes(set(range(256)) - _MARK_BUCKETS.keys())
_QUOTES = re.compile(f"[{OPENS}{CLOSES}{BOTH}]".encode("cp1251"))
_STRAIGHT = BOTH.encode("cp1251")
_DEEPER = {sign.encode("cp1251"): 1 for sign in OPENS}
_DEEPER |= {sign.encode("cp1251"): -1 for sign in CLOSES}
_NEARNESS = [1 / sqrt(apart) for apart in range(1, NEAREST + 1)]


@dataclass(eq=False, slots=True)
class _Word:
    """What is known of a word: its features, and numbers from which others are made."""

    word: int
    short: int
    stem: int
    quoted: int
    meant: tuple[int, ...]


class _KnownWords(dict[bytes, _Word]):
    """By its letters."""

    def __missing__(self, letters: bytes) -> _Word:
        number = int.from_bytes(letters[:LETTERS], "little")
        stem = number & (1 << 8 * STEM) - 1
        meant = tuple([concept + 1 for concept in lexicon(shortest=1)[number]])
        word = _Word(
            _bucket(number * WORD),
            _bucket((number & (1 << 8 * SHORT) - 1) * SHORTENED),
            stem,
            _bucket(stem * QUOTED),
            meant,
        )
        if len(self) < _MOST_KNOWN and len(letters) <= _LONGEST_KNOWN:
            self[letters] = word
        return word


class _Pairs(dict[tuple[int, int], int]):
    """Buckets of two stems that are neighbours."""

    def __missing__(self, pair: tuple[int, int]) -> int:
        bucket = _bucket(pair[0] * PAIR + pair[1] * NEXT)
        if len(self) < _MOST_PAIRS:
            self[pair] = bucket
        return bucket


class _Concepts(dict[int, int]):
    """Buckets of concepts, of which there are few."""

    def __init__(self, kind: int) -> None:
        self._kind = kind

    def __missing__(self, concept: int) -> int:
        bucket = self[concept] = _bucket(concept * self._kind)
        return bucket


class _Meetings(dict[int, int]):
    """Buckets of a concept that meets others."""

    def __init__(self, concept: int) -> None:
        self._concept = concept

    def __missing__(self, other: int) -> int:
        less, greater = min(self._concept, other), max(self._concept, other)
        bucket = self[other] = _bucket(less * LESSER + greater * GREATER)
        return bucket


class _AllMeetings(dict[int, _Meetings]):
    """By the first concept."""

    def __missing__(self, concept: int) -> _Meetings:
        meetings = self[concept] = _Meetings(concept)
        return meetings


_KNOWN_WORDS, _KNOWN_PAIRS, _KNOWN_MEETINGS = _KnownWords(), _Pairs(), _AllMeetings()
_CONCEPTS, _QUOTED_CONCEPTS = _Concepts(CONCEPT), _Concepts(QUOTED)


class Seen(NamedTuple):
    """Features of a text: buckets, values, and the letters they stand for."""

    buckets: list[int]
    values: list[float]
    places: list[Span]


def read_words(text: str) -> Seen:
    """The features of a folded text."""
    read = encoded(text)
    letters = read.translate(LETTER)
    spans = [match.span() for match in _WORDS.finditer(letters)]
    words = [_KNOWN_WORDS[letters[start:end]] for start, end in spans]
    meant = [concept for word in words for concept in word.meant]
    places = [span for word, span in zip(words, spans, strict=True) for _ in word.meant]
    if any(end - start > LONGEST_WORD for start, end in spans):
        meant, places = _with_hidden(letters, spans, meant, places)
    pairs = pairwise([word.stem for word in words])
    buckets = [
        *[word.word for word in words],
        *[word.short for word in words],
        *[_KNOWN_PAIRS[pair] for pair in pairs],
        *[_CONCEPTS[concept] for concept in meant],
    ]
    where = [*spans, *spans, *[(one[0], other[1]) for one, other in pairwise(spans)], *places]
    if _QUOTES.search(read):
        quoted, quoted_meant = _quoted(read, spans), _quoted(read, places)
        buckets += [words[n].quoted for n in quoted]
        buckets += [_QUOTED_CONCEPTS[meant[n]] for n in quoted_meant]
        where += [spans[n] for n in quoted]
        where += [places[n] for n in quoted_meant]
    seen = Seen(buckets, [1.0] * len(buckets), where)
    _add_meetings(seen, meant, places)
    for mark in dict.fromkeys(read.translate(None, _NO_MARKS)):
        place = read.index(mark)
        seen.buckets.append(_MARK_BUCKETS[mark])
        seen.values.append(0.5)  # said once however often it stands there
        seen.places.append((place, place + 1))
    return seen


def _add_meetings(seen: Seen, meant: list[int], places: list[Span]) -> None:
    for n in range(len(meant) - 1):
        meetings = _KNOWN_MEETINGS[meant[n]]
        near = slice(n + 1, n + 1 + NEAREST)
        buckets = [meetings[other] for other in meant[near]]
        start = places[n][0]
        seen.buckets.extend(buckets)
        seen.values.extend(_NEARNESS[: len(buckets)])
        seen.places.extend([(start, end) for _, end in places[near]])


def _with_hidden(
    letters: bytes, spans: list[Span], meant: list[int], places: list[Span]
) -> tuple[list[int], list[Span]]:
    """What is meant, with what begins inside a word too long to be one: words written without
    gaps between them, spaced-out letters above all, hide others inside."""
    known = lexicon(shortest=SHORTEST_HIDDEN)
    found = [(start, concept, end) for concept, (start, end) in zip(meant, places, strict=True)]
    for start, end in spans:
        if end - start > LONGEST_WORD:
            for at in range(start + 1, end - SHORTEST_HIDDEN + 1):
                number = int.from_bytes(letters[at : at + LETTERS], "little")
                found += [(at, concept + 1, at + SHORTEST_HIDDEN) for concept in known[number]]
    found.sort(key=itemgetter(0, 1))
    return [concept for _, concept, _ in found], [(start, end) for start, _, end in found]


def _quoted(read: bytes, places: list[Span]) -> list[int]:
    """Which of the places, in rising order, are inside quotation marks."""
    inside = []
    depth = straight = at = 0
    for n, (start, _) in enumerate(places):
        for sign in _QUOTES.findall(read, at, start):
            depth += _DEEPER.get(sign, 0)
            straight += sign == _STRAIGHT
        at = start
        if depth > 0 or straight % 2:
            inside.append(n)
    return inside
