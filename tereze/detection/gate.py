"""Which rules can fire in a text at all, from nothing but the words that stand in it.

A phrase needs words (:attr:`Phrase.needs`): most phrases lack one in most texts. Every distinct
need is one bit; a word's bits are looked up once and remembered; the bits of a text's words
together say by a few operations on whole numbers which phrases can stand in it. Only those are
tried by their expressions, so the gate changes the cost of a search and never its result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from tereze.detection.patterns import MARKS, Phrase, rarity
from tereze.detection.rule import Rule


_WIDTH = 2_039  # small numbers are fast; needs that share a bit let a phrase through now and then
_MOST_KNOWN = 20_000  # different bits that are remembered


class Bits(NamedTuple):
    """What a word brings: the needs it meets, and phrases whose rarest need that is.

    Of the phrases that a rule can begin with, ``sure`` need nothing else, and ``doubtful`` need
    other words as well: one of ``asked`` at least.
    """

    met: int
    sure: tuple[int, ...]
    doubtful: tuple[int, ...]
    asked: int


class Chance(NamedTuple):
    """A rule, and what it takes to fire beside a phrase to begin with.

    ``with_`` says for every group of it the bits of which one is needed, ``unless`` the bits of
    which one is needed before anything can speak against.
    """

    rule: Rule
    with_: tuple[int, ...]
    unless: int


class Possible(NamedTuple):
    """What a text lets happen.

    ``rules`` are those that may fire, each with the phrases that may begin it; ``met`` and
    ``found`` are what :meth:`Gate.may_stand` asks for.
    """

    rules: Sequence[tuple[Chance, Sequence[int]]]
    met: int
    found: Collection[int]


class Gate:
    """The needs of ``phrases`` as bits, indexed by the beginnings of words."""

    def __init__(self, phrases: list[Phrase], by_phrase: Mapping[int, tuple[Rule, ...]]) -> None:
        self._bit_of: dict[frozenset[str], int] = {}
        self._whole: defaultdict[str, int] = defaultdict(int)
        self._stems: defaultdict[str, int] = defaultdict(int)
        self._keyed: defaultdict[int, list[int]] = defaultdict(list)
        self._always = [n for n, p in enumerate(phrases) if not p.needs and p.source not in MARKS]
        self._needless = frozenset(self._always)
        self._need, self._key = self._numbered(phrases)
        self._inside = {
            stem: self._whole.get(stem, 0) | self._stems.get(stem, 0)
            for stem in self._whole.keys() | self._stems.keys()
        }
        self._longest = max(map(len, self._inside), default=0)
        every = {rule.name: rule for rules in by_phrase.values() for rule in rules}
        chances = {name: self._chance(rule) for name, rule in every.items()}
        self.chances = tuple(chances.values())
        place = {name: place for place, name in enumerate(chances)}
        self._begun = {n: [place[rule.name] for rule in rules] for n, rules in by_phrase.items()}
        self._always_leading = [number for number in self._always if number in by_phrase]
        self._same: dict[int, Bits] = {}

    def _numbered(self, phrases: list[Phrase]) -> tuple[list[int], list[int]]:
        needs, keys = [], []
        for number, phrase in enumerate(phrases):
            parts = phrase.needs or (frozenset({phrase.source}),)
            bits = [self._bit(part) for part in parts]
            needs.append(0 if number in self._always else _narrow(bits))
            key = self._bit(min(parts, key=rarity))
            keys.append(_narrow([key]))
            self._keyed[key].append(number)
        return needs, keys

    def _bit(self, part: frozenset[str]) -> int:
        bit = self._bit_of.get(part)
        if bit is None:
            bit = self._bit_of[part] = len(self._bit_of)
            for start in part:
                if start.endswith("$"):
                    self._whole[start[:-1]] |= 1 << bit
                else:
                    self._stems[start] |= 1 << bit
        return bit

    def bits(self, words: Iterable[str]) -> Bits:
        """The bits of folded words, or of a mark that stands in the text."""
        met = 0
        for word in words:
            for part in word.split("_"):  # a line parts words in a phrase
                met |= self._whole.get(part, 0)
                for size in range(1, min(len(part), self._longest) + 1):
                    met |= self._stems.get(part[:size], 0)
        bits = self._same.get(met)
        if bits is None:
            bits = self._bits(_ones(met))
            if len(self._same) < _MOST_KNOWN:
                self._same[met] = bits
        return bits

    def _bits(self, met: list[int]) -> Bits:
        leading = [n for bit in met for n in self._keyed.get(bit, ()) if n in self._begun]
        others = {n: self._need[n] & ~self._key[n] for n in leading}
        return Bits(
            _narrow(met),
            tuple(n for n in leading if not others[n]),
            tuple(n for n in leading if others[n]),
            reduce(or_, others.values(), 0),
        )

    def possible_inside(self, run: str) -> list[int]:
        """The phrases that may stand in ``run``, a text without word boundaries."""
        met = 0
        for start in range(len(run)):
            for size in range(1, self._longest + 1):
                met |= self._inside.get(run[start : start + size], 0)
        ones = _ones(met)
        met = _narrow(ones)
        keyed = (n for bit in ones for n in self._keyed.get(bit, ()))
        return [n for n in keyed if self._need[n] & met == self._need[n]] + self._always

    def possible(self, standing: Iterable[Bits], found: Collection[int] | None = None) -> Possible:
        """The rules that may fire in a text.

        standing: the bits of its words and marks. found: phrases that were found already, by
            other means than words.
        """
        need, met = self._need, 0
        leading = list(found or ())
        for number in leading:
            met |= need[number]
        leading += self._always_leading
        telling = [word for word in standing if word.met]
        for word in telling:
            met |= word.met
            leading += word.sure
        for _, _, doubtful, asked in telling:
            if doubtful and met & asked:
                leading += [n for n in doubtful if need[n] & met == need[n]]
        begun: dict[int, list[int]] = {}
        for number in leading:
            for place in self._begun.get(number, ()):
                begun.setdefault(place, []).append(number)
        chances = self.chances
        rules = [
            (chances[place], numbers)
            for place, numbers in begun.items()
            if all(map(met.__and__, chances[place].with_))
        ]
        return Possible(rules, met, found or ())

    def may_stand(self, phrases: Iterable[int], text: Possible) -> list[int]:
        """Those of ``phrases`` that may match in a text."""
        need, met, found = self._need, text.met, text.found
        return [n for n in phrases if need[n] & met == need[n] or n in found]

    def _chance(self, rule: Rule) -> Chance:
        return Chance(rule, tuple(map(self._one_of, rule.with_)), self._one_of(rule.unless))

    def _one_of(self, phrases: Collection[int]) -> int:
        """Bits of which one is needed for any of ``phrases`` to stand."""
        if not self._needless.isdisjoint(phrases):
            return -1
        return reduce(or_, map(self._key.__getitem__, phrases), 0)


def _narrow(bits: Iterable[int]) -> int:
    return reduce(or_, (1 << bit % _WIDTH for bit in bits), 0)


def _ones(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found
