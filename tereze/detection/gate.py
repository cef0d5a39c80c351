"""Which rules can fire in a text at all, from nothing but the words that stand in it.

A phrase needs words (:attr:`Phrase.needs`): most phrases lack one in most texts. Phrases are bits
of whole numbers. A word's number has those whose rarest need it meets, a second one those whose
second rarest, a third one those whose third; they are looked up once and remembered. The numbers
of a text's words together say by a few operations which phrases can stand in it. Only those are
tried by their expressions, so the gate changes the cost of a search and never its result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from tereze.detection.patterns import MARKS, Phrase, rarity
from tereze.detection.rule import Rule


_MOST_KNOWN = 10_000  # different bits that are remembered
_ASKED = 3  # needs of a phrase that are asked for


class Bits(NamedTuple):
    """The phrases of which a word meets the rarest need, the second and the third."""

    first: int
    second: int
    third: int


class Possible(NamedTuple):
    """What a text lets happen: rules that may fire, each with those of its phrases that may stand
    and begin it, and all phrases that may stand, as bits."""

    rules: Sequence[tuple[Rule, Sequence[int]]]
    standing: int


class Gate:
    """The needs of ``phrases`` by the beginnings of words, and the ``rules`` that are made of them."""

    def __init__(self, phrases: list[Phrase], rules: Iterable[Rule]) -> None:
        self._need_of: dict[frozenset[str], int] = {}
        self._whole: defaultdict[str, list[int]] = defaultdict(list)
        self._stems: defaultdict[str, list[int]] = defaultdict(list)
        self._asked = [self._needs(phrase) for phrase in phrases]
        self._by_need: list[list[tuple[int, int]]] = [[] for _ in self._need_of]
        for number, needs in enumerate(self._asked):
            for rank, need in enumerate(needs):
                self._by_need[need].append((rank, number))
        self._inside = {
            stem: (*self._whole.get(stem, ()), *self._stems.get(stem, ()))
            for stem in self._whole.keys() | self._stems.keys()
        }
        self._longest = max(map(len, self._inside), default=0)
        self._always = _bits_of(n for n, needs in enumerate(self._asked) if not needs)
        self._without_second, self._without_third = (
            _bits_of(n for n, needs in enumerate(self._asked) if len(needs) <= rank)
            for rank in (1, 2)
        )
        self._bit = [1 << number for number in range(len(phrases))]
        self._begun: dict[int, list[tuple[Rule, list[int]]]] = {}
        self._masks: dict[tuple[int, ...], int] = {}
        for rule in rules:
            for choice in (*rule.with_, rule.unless):
                self._masks[choice] = _bits_of(choice)
            supported = (rule, [self._masks[group] for group in rule.with_])
            for number in rule.any:
                self._begun.setdefault(number, []).append(supported)
        self._beginners = _bits_of(self._begun)
        self._same: dict[frozenset[int], Bits] = {}

    def _needs(self, phrase: Phrase) -> list[int]:
        """What is asked for: the rarest needs, as numbers; nothing of what has none."""
        mark = [frozenset({phrase.source})] if phrase.source in MARKS else []
        rarest = sorted(dict.fromkeys([*mark, *phrase.needs]), key=rarity)[:_ASKED]
        return [self._need(part) for part in rarest]

    def _need(self, part: frozenset[str]) -> int:
        need = self._need_of.get(part)
        if need is None:
            need = self._need_of[part] = len(self._need_of)
            for start in part:
                if start.endswith("$"):
                    self._whole[start[:-1]].append(need)
                else:
                    self._stems[start].append(need)
        return need

    def bits(self, words: Iterable[str]) -> Bits:
        """The bits of folded words, or of a mark that stands in the text."""
        met: list[int] = []
        for word in words:
            for part in word.split("_"):  # a line parts words in a phrase
                met += self._whole.get(part, ())
                for size in range(1, min(len(part), self._longest) + 1):
                    met += self._stems.get(part[:size], ())
        return self._bits(frozenset(met))

    def _bits(self, met: frozenset[int]) -> Bits:
        bits = self._same.get(met)
        if bits is None:
            ranks = [0] * _ASKED
            for need in met:
                for rank, number in self._by_need[need]:
                    ranks[rank] |= self._bit[number]
            bits = Bits(*ranks)
            if len(self._same) < _MOST_KNOWN:
                self._same[met] = bits
        return bits

    def possible_inside(self, run: str) -> list[int]:
        """The phrases that may stand in ``run``, a text without word boundaries."""
        met: list[int] = []
        for start in range(len(run)):
            for size in range(1, self._longest + 1):
                met += self._inside.get(run[start : start + size], ())
        return numbers_of(self._standing([self._bits(frozenset(met))]))

    def possible(self, words: Sequence[Bits], found: Collection[int] = ()) -> Possible:
        """The rules that may fire in a text.

        words: the bits of its words and marks. found: phrases that were found already, by other
            means than words.
        """
        if found:
            needs = frozenset([need for number in found for need in self._asked[number]])
            words = [*words, self._bits(needs)]
        standing = self._standing(words)
        begun = standing & self._beginners
        rules: dict[str, tuple[Rule, list[int]]] = {}
        while begun:
            number = begun.bit_length() - 1
            begun ^= self._bit[number]
            for rule, groups in self._begun[number]:
                known = rules.get(rule.name)
                if known is not None:
                    known[1].append(number)
                    continue
                for group in groups:
                    if not group & standing:
                        break  # what must stand beside the beginning cannot stand
                else:
                    rules[rule.name] = (rule, [number])
        return Possible([*rules.values()], standing)

    def _standing(self, words: Sequence[Bits]) -> int:
        first = second = third = 0
        for word in words:
            first |= word[0]
            second |= word[1]
            third |= word[2]
        second |= self._without_second
        third |= self._without_third
        return first & second & third | self._always

    def standing_of(self, choice: tuple[int, ...], standing: int) -> list[int]:
        """Those phrases of a choice that are among the ``standing``, in their order."""
        some = self._masks[choice] & standing
        if not some & some - 1:  # none or one
            return [some.bit_length() - 1] if some else []
        several = set(numbers_of(some))
        return [number for number in choice if number in several]


def numbers_of(bits: int) -> list[int]:
    """The numbers of the bits that are set."""
    found = []
    while bits:
        found.append(bits.bit_length() - 1)
        bits ^= 1 << found[-1]
    return found


def _bits_of(numbers: Iterable[int]) -> int:
    return reduce(or_, [1 << number for number in numbers], 0)
