"""Which rules can fire in a text at all, from nothing but the words that stand in it.

A phrase needs words (:attr:`Phrase.needs`): most phrases lack one in most texts. Every distinct
need is one bit; a word's bits are looked up once and remembered; the bits of a text's words
together say by a few operations on whole numbers which phrases can stand in it. Only those are
tried by their expressions, so the gate changes the cost of a search and never its result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

from tereze.detection.patterns import MARKS, Phrase, rarity
from tereze.detection.rule import Rule


_WIDTH = 2_039  # small numbers are fast; needs that share a bit let a phrase through now and then
_NOTHING: set[int] = set()
_MOST_KNOWN = 20_000  # different bits that are remembered


class Bits(NamedTuple):
    """What a word brings: the needs it meets, and the phrases whose rarest need that is.

    ``leading`` are those of them that a rule can begin with, ``all`` includes its context.
    """

    met: int
    leading: tuple[int, ...]
    all: tuple[int, ...]


class Gate:
    """The needs of ``phrases`` as bits, indexed by the beginnings of words."""

    def __init__(self, phrases: list[Phrase], by_phrase: Mapping[int, tuple[Rule, ...]]) -> None:
        self._by_phrase = by_phrase
        self._bit_of: dict[frozenset[str], int] = {}
        self._whole: defaultdict[str, int] = defaultdict(int)
        self._stems: defaultdict[str, int] = defaultdict(int)
        self._keyed: defaultdict[int, list[int]] = defaultdict(list)
        self._always = [n for n, p in enumerate(phrases) if not p.needs and p.source not in MARKS]
        self._need, self._key = self._numbered(phrases)
        self._inside = {
            stem: self._whole.get(stem, 0) | self._stems.get(stem, 0)
            for stem in self._whole.keys() | self._stems.keys()
        }
        self._longest = max(map(len, self._inside), default=0)
        groups = {rule.name: self._groups(rule) for rules in by_phrase.values() for rule in rules}
        self._begun: defaultdict[int, list[tuple[Rule, tuple[int, ...]]]] = defaultdict(list)
        for number, rules in by_phrase.items():
            self._begun[number] = [(rule, groups[rule.name]) for rule in rules]
        self._same: dict[int, Bits] = {}

    def _numbered(self, phrases: list[Phrase]) -> tuple[list[int], list[int]]:
        needs, keys = [], []
        for number, phrase in enumerate(phrases):
            parts = phrase.needs or (frozenset({phrase.source}),)
            bits = [self._bit(part) for part in parts]
            needs.append(_narrow(bits))
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
        keyed = tuple(n for bit in met for n in self._keyed.get(bit, ()))
        return Bits(_narrow(met), tuple(n for n in keyed if n in self._by_phrase), keyed)

    def possible_inside(self, run: str) -> list[int]:
        """The phrases that may stand in ``run``, a text without word boundaries."""
        met = 0
        for start in range(len(run)):
            for size in range(1, self._longest + 1):
                met |= self._inside.get(run[start : start + size], 0)
        bits = self._bits(_ones(met))
        return self._met_by(bits.all, bits.met) + self._always

    def possible_rules(
        self, standing: Iterable[Bits], found: Iterable[int] = ()
    ) -> tuple[list[Rule], set[int]]:
        """The rules that may fire in a text, and the phrases that may match there.

        standing: the bits of its words and marks. found: phrases that were found already, by
            other means than words.
        """
        met, leading, keyed = 0, [*self._always, *found], []
        for number in leading:
            met |= self._need[number]
        for here, begun, all_here in standing:
            if here:
                met |= here
                if all_here:
                    keyed.append(all_here)
                    leading += begun
        rules: dict[str, Rule] = {}
        for number in self._met_by(leading, met):
            for rule, groups in self._begun[number]:
                if all(map(met.__and__, groups)):
                    rules[rule.name] = rule
        if not rules:
            return [], _NOTHING
        possible = self._met_by(chain.from_iterable(keyed), met)
        return list(rules.values()), {*possible, *self._always, *found}

    def _met_by(self, phrases: Iterable[int], met: int) -> list[int]:
        need = self._need
        return [n for n in phrases if need[n] & met == need[n]]

    def _groups(self, rule: Rule) -> tuple[int, ...]:
        """For every group in ``with``: the bits of which it needs at least one."""
        return tuple(
            -1 if set(group) & set(self._always) else reduce(or_, map(self._key.__getitem__, group))
            for group in rule.with_
        )


def _narrow(bits: Iterable[int]) -> int:
    return reduce(or_, (1 << bit % _WIDTH for bit in bits), 0)


def _ones(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found
