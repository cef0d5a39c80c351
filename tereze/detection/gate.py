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
_EVERY = (1 << _WIDTH) - 1
_MOST_KNOWN = 20_000  # different bits that are remembered


class Bits(NamedTuple):
    """What a word brings: the needs it meets, and phrases whose rarest need that is.

    Of these ``sure`` need nothing else, and ``begun`` are those of them that a rule can begin
    with; ``doubtful`` need other words as well, each with its other needs.
    """

    met: int
    sure: frozenset[int]
    begun: tuple[int, ...]
    doubtful: tuple[tuple[int, int], ...]


class Possible(NamedTuple):
    """What a text lets happen: rules that may fire, each with those of its phrases that may stand
    and begin it, and all phrases that may stand."""

    rules: Sequence[tuple[Rule, Sequence[int]]]
    standing: Collection[int]


class Gate:
    """The needs of ``phrases`` as bits, indexed by the beginnings of words."""

    def __init__(self, phrases: list[Phrase], by_phrase: Mapping[int, tuple[Rule, ...]]) -> None:
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
        self._begun = {number: list(rules) for number, rules in by_phrase.items()}
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
        keyed = [n for bit in met for n in self._keyed.get(bit, ())]
        others = {n: self._need[n] & ~self._key[n] for n in keyed}
        sure = frozenset(n for n in keyed if not others[n])
        return Bits(
            _narrow(met),
            sure,
            tuple(n for n in sure if n in self._begun),
            tuple((n, other) for n, other in others.items() if other),
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
        begin = [*(found or ()), *self._always]
        stands = set(begin)
        met = 0
        for number in begin:
            met |= self._need[number]
        telling = [word for word in standing if word.met]
        for word in telling:
            met |= word.met
            stands |= word.sure
            begin += word.begun
        unmet = _EVERY ^ met
        for word in telling:
            if word.doubtful:
                more = [n for n, others in word.doubtful if not others & unmet]
                stands.update(more)
                begin += more
        begun: dict[str, list[int]] = {}
        rules = []
        for number in set(begin):
            for rule in self._begun.get(number, ()):
                if rule.name in begun:
                    begun[rule.name].append(number)
                    continue
                begun[rule.name] = [number]
                for group in rule.with_:
                    if stands.isdisjoint(group):
                        break
                else:
                    rules.append((rule, begun[rule.name]))
        return Possible(rules, stands)


def _narrow(bits: Iterable[int]) -> int:
    return reduce(or_, (1 << bit % _WIDTH for bit in bits), 0)


def _ones(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found
