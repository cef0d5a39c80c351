"""What the learned model sees of folded texts: words, what they mean, and whether somebody quotes
them; beside it :mod:`tereze.detection.letters`.

A word is its first eight letters, which fit one 64-bit number. Kinds of features, each hashed to
a bucket (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"):

    word       the first eight letters                                переведи
    short      the first four                                         пере
    concept    what a word means, by ``concepts.toml``; the same in Russian and Kazakh
    meeting    two concepts, in any order, at most seven others between; the nearer the more
    quoted     the first five and the concepts inside quotation marks

What a word brings by itself is worked out once and remembered.

How a contact is written says nothing: telephones and other long numbers, names after "@", and what
public sets show in place of them are silent. Rules and indicators tell contacts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from math import sqrt
from operator import itemgetter
from typing import final

import numpy as np
import numpy.typing as npt

from tereze.detection.concepts import lexicon


BITS = 20  # 1,048,576 buckets
LONGEST = 2_500  # letters of a text that are read
LETTERS, STEM, SHORT, NEAREST = 8, 5, 4, 8
_LONGEST_WORD, _SHORTEST_HIDDEN = 18, 5  # letters
_MOST_KNOWN = 40_000  # words that are remembered; hostile input brings new ones
_LONGEST_KNOWN = 40  # letters of a word that is remembered

Span = tuple[int, int]
Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

_OPENS, _CLOSES, _BOTH = "«“„", "»”", '"'
# what kind of feature a number belongs to; odd numbers far from each other, of xxHash and wyhash
_WORD, _SHORT, _QUOTED = 0x9E3779B185EBCA87, 0x165667B19E3779F9, 0x589965CC75374CC3
_CONCEPT, _LESSER, _GREATER = 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3
_64_BITS = (1 << 64) - 1


_NOTHING = "tereze.nothing"  # what the code page lacks, pictures above all, is an empty byte


def _as_nothing(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return bytes(error.end - error.start), error.end


codecs.register_error(_NOTHING, _as_nothing)


def _bucket(number: int) -> int:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014), cut to :data:`BITS` bits."""
    number &= _64_BITS
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & _64_BITS
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & _64_BITS
    return number >> (64 - BITS)


def _letters() -> bytes:
    """Letters stay, digits are all the same, what is neither is 0."""
    signs = [bytes([code]).decode("cp1251", "replace") for code in range(256)]
    return bytes(
        [ord("0") if s.isdigit() else code if s.isalpha() else 0 for code, s in enumerate(signs)]
    )


def encoded(folded: str) -> bytes:
    """One byte a letter, an empty one for what is none."""
    return folded.encode("cp1251", _NOTHING)


_LETTER = _letters()
_NAME = re.escape(bytes([code for code, kept in enumerate(_LETTER) if kept]) + b"_")
_MASKS = b"|".join(map(encoded, ("пхоне", "усернаме", "кард", "емаил", "линк")))  # [PHONE] folded
_DIGITS, _FEWEST_DIGITS = b"0123456789", 9
_CONTACTS = re.compile(
    rb"\+?[0-9](?:[ ().-]{0,3}[0-9]){8,}|@[" + _NAME + rb"]{3,}|\[(?:" + _MASKS + rb")\]"
)


def heard(folded: str) -> bytes:
    """What the model hears of a folded text: its beginning, encoded, contacts silent."""
    read = encoded(folded[:LONGEST])
    digits = len(read) - len(read.translate(None, _DIGITS))
    if digits < _FEWEST_DIGITS and b"@" not in read and b"[" not in read:
        return read  # as most texts: there can be no contact in it
    return _CONTACTS.sub(_silent, read)


def _silent(match: re.Match[bytes]) -> bytes:
    return bytes(match.end() - match.start())


_WORDS = re.compile(rb"[^\0]+")
_QUOTES = re.compile(b"[" + encoded(_OPENS + _CLOSES + _BOTH) + b"]")
_STRAIGHT = encoded(_BOTH)
_DEEPER = {encoded(sign): 1 for sign in _OPENS} | {encoded(sign): -1 for sign in _CLOSES}
NEARNESS = [float(np.float32(1 / sqrt(apart))) for apart in range(1, NEAREST + 1)]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of several texts, text by text: those of text ``i`` end at ``ends[i]``.

    ``value[i]`` of ``bucket[i]`` stands for the letters of the text's folded form in
    ``places[i]``.
    """

    bucket: Places
    value: Values
    ends: list[int]
    places: list[Span]

    @property
    def texts(self) -> int:
        return len(self.ends)

    @property
    def owner(self) -> Places:
        """To which text each feature belongs."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))


@final
class Word:
    """What is known of a word: ``own`` features and the concepts that are ``meant``, which stand
    at ``places`` in it; and its feature where it is ``quoted``."""

    __slots__ = ("meant", "own", "places", "quoted")

    def __init__(self, letters: bytes) -> None:
        number = int.from_bytes(letters[:LETTERS], "little")
        found = [(0, concept, len(letters)) for concept in lexicon(shortest=1)[number]]
        if len(letters) > _LONGEST_WORD:
            found += _hidden(letters)
            found.sort(key=itemgetter(0, 1))
        self.meant = tuple([concept + 1 for _, concept, _ in found])
        self.places = tuple([(start, end) for start, _, end in found])
        self.quoted = _bucket((number & (1 << 8 * STEM) - 1) * _QUOTED)
        self.own = (
            _bucket(number * _WORD),
            _bucket((number & (1 << 8 * SHORT) - 1) * _SHORT),
            *[_CONCEPTS[concept] for concept in self.meant],
        )


def _hidden(letters: bytes) -> list[tuple[int, int, int]]:
    """Where in a word too long to be one others begin, their concepts, and where these end: words
    written without gaps between them, spaced-out letters above all."""
    known = lexicon(shortest=_SHORTEST_HIDDEN)
    return [
        (at, concept, at + _SHORTEST_HIDDEN)
        for at in range(1, len(letters) - _SHORTEST_HIDDEN + 1)
        for concept in known[int.from_bytes(letters[at : at + LETTERS], "little")]
    ]


class _KnownWords(dict[bytes, Word]):
    """By its letters."""

    def __missing__(self, letters: bytes) -> Word:
        word = Word(letters)
        if len(self) < _MOST_KNOWN and len(letters) <= _LONGEST_KNOWN:
            self[letters] = word
        return word


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
        bucket = self[other] = _bucket(less * _LESSER + greater * _GREATER)
        return bucket


class _AllMeetings(dict[int, _Meetings]):
    """By the first concept."""

    def __missing__(self, concept: int) -> _Meetings:
        meetings = self[concept] = _Meetings(concept)
        return meetings


_CONCEPTS, _QUOTED_CONCEPTS = _Concepts(_CONCEPT), _Concepts(_QUOTED)
_KNOWN_WORDS, MEETINGS = _KnownWords(), _AllMeetings()


@final
class Seen:
    """The features of one folded text, of which at most :data:`LONGEST` letters are read.

    ``heard`` is what the model hears of it. Its features are those of its ``words``, those that are
    ``quoted``, and the meetings of what is ``meant``. Where they stand is worked out when it is
    asked for.
    """

    __slots__ = ("_letters", "heard", "meant", "quoted", "quoted_places", "words")

    def __init__(self, folded: str) -> None:
        self.heard = heard(folded)
        self._letters = self.heard.translate(_LETTER)
        self.words = [_KNOWN_WORDS[token] for token in self._letters.split(b"\0") if token]
        meant: list[int] = []
        for word in self.words:
            meant += word.meant
        self.meant = meant
        self.quoted: list[int] = []
        self.quoted_places: list[Span] = []
        if _QUOTES.search(self.heard) is not None:
            self._add_quoted()

    def meetings(self) -> list[list[int]]:
        """Features of concepts that meet: each list has one more between them, and the value that
        :data:`NEARNESS` has in the same place. All other features have the value 1."""
        meant = self.meant
        return [
            [MEETINGS[one][other] for one, other in zip(meant, meant[apart:], strict=False)]
            for apart in range(1, min(NEAREST + 1, len(meant)))
        ]

    def spans(self) -> list[Span]:
        """Where its words stand."""
        return [match.span() for match in _WORDS.finditer(self._letters)]

    def concepts(self) -> list[int]:
        """The features of what is meant."""
        return [bucket for word in self.words for bucket in word.own[2:]]

    def meant_at(self, spans: list[Span]) -> list[Span]:
        """Where what is meant stands, in words at ``spans``."""
        pairs = zip(self.words, spans, strict=True)
        return [(start + a, start + b) for word, (start, _) in pairs for a, b in word.places]

    def _add_quoted(self) -> None:
        spans = self.spans()
        places = self.meant_at(spans)
        words, concepts = _quoted(self.heard, spans), _quoted(self.heard, places)
        self.quoted = [self.words[n].quoted for n in words]
        self.quoted += [_QUOTED_CONCEPTS[self.meant[n]] for n in concepts]
        self.quoted_places = [spans[n] for n in words] + [places[n] for n in concepts]

    def places(self) -> list[Span]:
        """The letters that each of all features stands for."""
        spans = self.spans()
        found: list[Span] = []
        for word, span in zip(self.words, spans, strict=True):
            found += (span, span)
            found += [(span[0] + a, span[0] + b) for a, b in word.places]
        found += self.quoted_places
        meant = self.meant_at(spans)
        for apart in range(1, min(NEAREST + 1, len(meant))):
            found += [(a[0], b[1]) for a, b in zip(meant, meant[apart:], strict=False)]
        return found

    def buckets(self) -> list[int]:
        """All features, in the order of their places."""
        found: list[int] = []
        for word in self.words:
            found += word.own
        return [*found, *self.quoted, *chain.from_iterable(self.meetings())]

    def values(self) -> list[float]:
        """Their values."""
        found = [1.0] * self._alone
        for apart, nearness in enumerate(NEARNESS, 1):
            found += [nearness] * (len(self.meant) - apart)
        return found

    @property
    def _alone(self) -> int:
        """How many features are no meetings."""
        return 2 * len(self.words) + len(self.meant) + len(self.quoted)

    def __len__(self) -> int:
        others = min(NEAREST, len(self.meant) - 1)  # that the first concept meets
        meetings = others * len(self.meant) - others * (others + 1) // 2
        return self._alone + (meetings if self.meant else 0)


def features(texts: Sequence[str]) -> Features:
    """The features of folded ``texts``, as the model is learned from them."""
    seen = [Seen(text) for text in texts]
    return Features(
        np.array([bucket for one in seen for bucket in one.buckets()], dtype=np.int64),
        np.array([value for one in seen for value in one.values()]),
        list(accumulate(map(len, seen))),
        [place for one in seen for place in one.places()],
    )


def _quoted(read: bytes, places: list[Span]) -> list[int]:
    """Which of the places, in rising order, are inside quotation marks. Where all are, nobody says
    anything of what is quoted: it is said."""
    inside = []
    depth = straight = at = 0
    for n, (start, _) in enumerate(places):
        for sign in _QUOTES.findall(read, at, start):
            depth += _DEEPER.get(sign, 0)
            straight += sign == _STRAIGHT
        at = start
        if depth > 0 or straight % 2:
            inside.append(n)
    return inside if len(inside) < len(places) else []
