"""Find which rules fire in a skeleton, and where.

The gate names the rules that may fire; their phrases are tried only at words they may begin with,
by expressions whose gaps are bounded: the cost grows with the length of the text, never with its
square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tereze.detection.gate import Possible
from tereze.detection.rule import Rule
from tereze.detection.ruleset import RuleSet
from tereze.detection.skeleton import Skeleton
from tereze.detection.vocabulary import Begun, Reading


Span = tuple[int, int]
_MOST_PLACES = 6  # places of one phrase that are remembered
_REPEATED = 20  # a word that stands more often than this waits for the others
_MOST_ATTEMPTS = 12_000  # tries of phrases at repeated words
_SHORTEST_IN_RUN = 6
_LONGEST_RUN = 400  # letters written one by one that are searched


class Hit(NamedTuple):
    """A rule that fired, with the skeleton ranges that made it fire."""

    rule: Rule
    spans: tuple[Span, ...]


def find_hits(
    reading: Reading, rules: RuleSet, marks: Mapping[str, list[Span]] | None = None
) -> list[Hit]:
    """The rules of ``rules`` that fire in a text, each once, the weightiest first.

    ``reading`` is of the vocabulary of ``rules``; ``marks`` are the ranges of its folded text
    behind ``@link`` and ``@contact``.
    """
    apart = _search_runs(reading.skeleton, rules) if reading.skeleton.runs else {}
    standing = [word.bits for word in reading.words]
    known: dict[int, list[Span]] = {}
    for mark, spans in (marks or {}).items():
        if spans and mark in rules.numbers:
            known[rules.numbers[mark]] = spans
            standing.append(rules.gate.bits([mark]))
    possible = rules.gate.possible(standing, apart)
    if not possible.rules:
        return []
    places = _Places(reading, rules, possible, apart, known)
    hits = []
    for rule, begun in possible.rules:
        fired = _rule_spans(rule, begun, places)
        if fired:
            hits.append(Hit(rule, fired))
    if len(hits) > 1:
        hits.sort(key=lambda hit: (-abs(hit.rule.weight), hit.rule.name))
    return hits


class _Places:
    """Where phrases stand in a text, each looked for when it is first asked for."""

    def __init__(
        self,
        reading: Reading,
        rules: RuleSet,
        possible: Possible,
        apart: Mapping[int, list[Span]],
        known: dict[int, list[Span]],
    ) -> None:
        self._standing = possible.standing
        self._known = known
        self._apart = apart
        self._text = reading.skeleton.text
        self._rules = rules
        self._beginnings = _beginnings(reading.beginnings())

    def of(self, phrases: Iterable[int]) -> list[Span]:
        """The first places of each phrase."""
        found: list[Span] = []
        for number in phrases:
            spans = self._known.get(number)
            if spans is None:
                spans = self._known[number] = self._search(number)
            found += spans
        return found

    def of_choice(self, choice: tuple[int, ...]) -> list[Span]:
        """The first places of each phrase of a rule's choice that can stand at all."""
        return self.of(self._rules.gate.standing_of(choice, self._standing))

    def _search(self, number: int) -> list[Span]:
        match, text = self._rules.phrases[number].regex.match, self._text
        spans: list[Span] = []
        for start, _, begun in self._beginnings:
            if number in begun:
                found = match(text, start)
                if found is not None:
                    spans += [found.span()] * begun[number]
        return spans[:_MOST_PLACES] + self._apart.get(number, [])


def _beginnings(first: list[Begun]) -> list[Begun]:
    """The beginnings in the order in which phrases are tried at them.

    A word that stands again and again is tried after all others and only as far as the budget
    goes: repetition must neither cost more than it is worth nor hide what stands beside it.
    """
    if len(first) <= _REPEATED:
        return first
    later = _beyond(first)
    behind = set(later)
    tried = [begun for begun in first if begun[0] not in behind]
    budget = _MOST_ATTEMPTS
    for begun in later.values():
        budget -= begun[2].total()
        if budget < 0:
            break
        tried.append(begun)
    return tried


def _beyond(beginnings: list[Begun]) -> dict[int, Begun]:
    """Those whose word stood often enough before."""
    seen: Counter[str] = Counter()
    later = {}
    for begun in beginnings:
        start, word, _ = begun
        seen[word] += 1
        if seen[word] > _REPEATED:
            later[start] = begun
    return later


def _search_runs(skeleton: Skeleton, rules: RuleSet) -> dict[int, list[Span]]:
    """Letters written one by one have no word boundaries: search them as they stand."""
    places: defaultdict[int, list[Span]] = defaultdict(list)
    for shift, end in skeleton.runs:
        run = skeleton.text[shift : min(end, shift + _LONGEST_RUN)]
        for number in rules.gate.possible_inside(run):
            found = rules.phrases[number].open_regex.search(run)
            if found is not None and found.end() - found.start() >= _SHORTEST_IN_RUN:
                places[number].append((shift + found.start(), shift + found.end()))
    return places


def _rule_spans(rule: Rule, begun: Iterable[int], places: _Places) -> tuple[Span, ...]:
    main = places.of(begun)
    if main and rule.unless:
        against = places.of_choice(rule.unless)
        main = [s for s in main if not any(_near(s, other, rule.within) for other in against)]
    if main and rule.with_:
        supports = [places.of_choice(group) for group in rule.with_]
        main = [span for place in main for span in _supported(place, supports, rule.within)]
    return tuple(sorted(set(main))[:_MOST_PLACES])


def _supported(place: Span, supports: list[list[Span]], within: int) -> list[Span]:
    """The place with the nearest span of every group, or nothing where a group is missing."""
    found = [place]
    for group in supports:
        near = [span for span in group if span != place and _near(place, span, within)]
        if not near:
            return []
        found.append(min(near, key=lambda span: abs(span[0] - place[0])))
    return found


def _near(one: Span, other: Span, within: int) -> bool:
    return one[0] - other[1] <= within and other[0] - one[1] <= within
