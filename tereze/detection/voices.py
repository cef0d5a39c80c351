"""What the radar reads of a text, and whose voice it is."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from tereze.detection.skeleton import fold


if TYPE_CHECKING:
    from tereze.detection.radar import Told

LONGEST = 2_500  # characters read of a text: an advert is shorter
_MOST_WORDS = 300
_STEM = 5
_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(r"(?<=\w{3})[аеиоуюэя]+[вмхй]?$")
# Function words in folded letters, Russian and Kazakh; they are said with everything.
_FUNCTION_WORDS = """
по на за из от до не ни но же ли бы да во со об мы вы он она они оно ее его их мне мен вам вас
нам нас как что это эта этот для или так там тут уже все еще чтобы если когда где кто при про
под над без был была было были есть нет тоже только очень мой моя меня тебя себя свой сен биз
сиз бул осы сол деп бар жок ма ме ба бе па пе та те де ал ушин мынау кейин дейди маган саган
оган бизге сизге болды болады екен еди гой керек и с в у о а к
"""
_SMALL = frozenset(_FUNCTION_WORDS.split())
_CONTACTS = frozenset(
    [
        *("phone", "whatsapp", "card", "iban", "telegram", "telegram_invite", "instagram"),
        *("domain", "url", "lookalike", "email", "listing", "btc", "eth", "trx"),
    ]
)
_SAME = 0.6  # of the features of two texts together: near copies
_SKETCH = 3  # smallest features, by which near copies find each other
_MOST_BESIDE = 8  # texts that a new one is held against, for each of these
_FEWEST = 8  # features: what is shorter is a copy only where it is the same


@dataclass(slots=True)
class Read:
    """What is kept of a text; ``week`` is 0 for this one, 1 for the one before and so on."""

    id: Any
    text: str
    at: datetime
    week: int
    known: bool
    doubted: bool
    near: str
    author: str
    features: array[int]
    voice: int = 0


def read_text(told: Told, week: int) -> Read:
    """Features of a text: numbers of its stems, its pairs of stems and its contacts."""
    text = told.text[:LONGEST]
    contacts = {
        crc32(f"{found.type}:{found.value}".encode())
        for found in told.assessment.indicators
        if found.type in _CONTACTS and found.value
    }
    features = contacts.union(number for number, _, _ in _features(fold(text).text))
    return Read(
        id=told.id,
        text=text,
        at=told.at,
        week=week,
        known=told.is_known,
        doubted=told.is_doubted,
        near=next((scheme.slug for scheme in told.assessment.schemes), ""),
        author=told.author,
        features=array("I", sorted(features)),
    )


def said_in(text: str) -> Iterator[tuple[int, tuple[str, ...], tuple[int, int]]]:
    """Word features of a text: number, stems, place in ``text``."""
    skeleton = fold(text)
    for number, stems, (start, end) in _features(skeleton.text):
        yield number, stems, skeleton.original_span(start, end)


def _features(folded: str) -> Iterator[tuple[int, tuple[str, ...], tuple[int, int]]]:
    before, before_number, before_start = "", 0, 0
    count = 0
    for match in _WORD.finditer(folded):
        word = match.group()
        if len(word) < 2 or word in _SMALL:
            continue
        count += 1
        if count > _MOST_WORDS:
            return
        stem, number = _stem(word)
        start, end = match.span()
        if len(word) > 2:
            yield number, (stem,), (start, end)
        if before and before != stem:
            pair = (before_number * 0x9E3779B1 ^ number * 0x85EBCA77) & 0xFFFFFFFF
            yield pair, (before, stem), (before_start, end)
        before, before_number, before_start = stem, number, start


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> tuple[str, int]:
    """The beginning of a word without its ending, and its number.

    Five letters at most: Russian and Kazakh both put what changes at the end.
    """
    stem = _ENDING.sub("", word[:_STEM])
    return stem, crc32(stem.encode())


def one_voice_each(reads: Iterable[Read]) -> list[Read]:
    """The same texts, oldest first, with one voice for an author and for near copies."""
    ordered = sorted(reads, key=lambda read: (read.at, str(read.id)))
    parents = list(range(len(ordered)))
    authors: dict[str, int] = {}
    sketches: defaultdict[int, list[int]] = defaultdict(list)
    for place, read in enumerate(ordered):
        if read.author:
            _join(parents, place, authors.setdefault(read.author, place))
        original = _original(read, ordered, sketches)
        if original is None:
            for number in read.features[:_SKETCH]:
                sketches[number] = [*sketches[number][1 - _MOST_BESIDE :], place]
        else:
            _join(parents, place, original)
    for place, read in enumerate(ordered):
        read.voice = _root(parents, place)
    return ordered


def _original(read: Read, ordered: list[Read], sketches: defaultdict[int, list[int]]) -> int | None:
    """The place of an earlier text of which this is a near copy.

    Two texts with a large part in common most likely share one of their smallest numbers
    (A. Broder, "On the resemblance and containment of documents", 1997).
    """
    own = set(read.features)
    least = _SAME if len(own) >= _FEWEST else 1.0
    for number in read.features[:_SKETCH]:
        for place in sketches[number]:
            other = ordered[place].features
            common = len(own.intersection(other))
            if own and common >= least * (len(own) + len(other) - common):
                return place
    return None


def _join(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place
