"""Find which rules fire in a skeleton, and where.

The gate names the rules that may fire; their phrases are tried only at words they may begin with,
by expressions whose gaps are bounded: the cost grows with the length of the text, never with its
square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tereze.detection.gate import Bits, Possible
from tereze.detection.rule import Rule
from tereze.detection.ruleset import BegunBy, RuleSet
from tereze.detection.skeleton import Skeleton
from tereze.detection.spelling import WORD


Span = tuple[int, int]
_MOST_PLACES = 6  # places of one phrase that are remembered
_REPEATED = 20  # a word that stands more often than this waits for the others
_MOST_ATTEMPTS = 12_000  # tries of phrases at repeated words
_SHORTEST_IN_RUN = 6
_LONGEST_RUN = 400  # letters written one by one that are searched


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired, with the skeleton ranges that made it fire."""

    rule: Rule
    spans: tuple[Span, ...]


def find_hits(
    skeleton: Skeleton,
    rules: RuleSet,
    marks: Mapping[str, list[Span]] | None = None,
    words: Iterable[Bits] | None = None,
) -> list[Hit]:
    """The rules of ``rules`` that fire in ``skeleton``, each once, the weightiest first.

    ``marks`` are the ranges of ``skeleton.text`` behind ``@link`` and ``@contact``, ``words`` what
    ``rules.gate`` says of its words, where that is known already.
    """
    if words is None:
        words = [rules.gate.bits(WORD.findall(skeleton.text))]
    standing = {mark: spans for mark, spans in (marks or {}).items() if mark in rules.numbers}
    apart = _search_runs(skeleton, rules) if skeleton.runs else {}
    here = [rules.gate.bits([mark]) for mark, spans in standing.items() if spans]
    possible = rules.gate.possible([*words, *here], apart)
    if not possible.rules:
        return []
    places = _Places(skeleton.text, rules, possible, apart)
    places.known |= {rules.numbers[mark]: spans for mark, spans in standing.items()}
    hits = []
    for rule in possible.rules:
        fired = _rule_spans(rule, places)
        if fired:
            hits.append(Hit(rule, fired))
    hits.sort(key=lambda hit: (-abs(hit.rule.weight), hit.rule.name))
    return hits


class _Places:
    """Where phrases stand in a text, each looked for when it is first asked for."""

    def __init__(
        self, text: str, rules: RuleSet, possible: Possible, apart: Mapping[int, list[Span]]
    ) -> None:
        self.known: dict[int, list[Span]] = {}
        self._apart = apart
        self._text = text
        self._rules = rules
        self._possible = possible

    def leading(self, phrases: Iterable[int]) -> list[Span]:
        """The first places of each phrase of ``any``."""
        leading = self._possible.leading
        return [span for n in phrases if n in leading for span in self._of(n)]

    def of(self, phrases: Iterable[int]) -> list[Span]:
        """The first places of each phrase."""
        return [
            span
            for number in self._rules.gate.may_stand(phrases, self._possible)
            for span in self._of(number)
        ]

    def _of(self, number: int) -> list[Span]:
        spans = self.known.get(number)
        if spans is None:
            spans = self.known[number] = self._search(number)
        return spans

    def _search(self, number: int) -> list[Span]:
        match, text = self._rules.phrases[number].regex.match, self._text
        spans = []
        for start, numbers in self._beginnings:
            if number in numbers and (found := match(text, start)) is not None:
                spans += [found.span()] * numbers[number]
        apart = self._apart.get(number)
        return spans[:_MOST_PLACES] + apart if apart else spans[:_MOST_PLACES]

    @cached_property
    def _beginnings(self) -> list[tuple[int, Counter[int]]]:
        return list(_beginnings(self._text, self._rules))


def _beginnings(text: str, rules: RuleSet) -> Iterator[tuple[int, Counter[int]]]:
    """Where a phrase may begin, with the phrases that may, see ``RuleSet.begun_by``.

    A word that stands again and again is tried after all others and only as far as the budget
    goes: repetition must neither cost more than it is worth nor hide what stands beside it.
    """
    first = _begun_words(text, rules.begun_by)
    later = _beyond(first) if len(first) > _REPEATED else {}
    for start, _, numbers in first:
        if start not in later:
            yield start, numbers
    budget = _MOST_ATTEMPTS
    for start, numbers in later.items():
        budget -= numbers.total()
        if budget < 0:
            return
        yield start, numbers


def _begun_words(text: str, begun_by: BegunBy) -> list[tuple[int, str, Counter[int]]]:
    """Words a phrase may begin with; of a number in groups ("50 000") only the first group."""
    found = []
    number_ends = -2
    for match in WORD.finditer(text):
        word = match.group()
        if word[0].isdigit():
            goes_on = match.start() - number_ends <= 1
            number_ends = match.end()
            if goes_on:
                continue
        numbers = begun_by[word]
        if numbers:
            found.append((match.start(), word, numbers))
    return found


def _beyond(beginnings: list[tuple[int, str, Counter[int]]]) -> dict[int, Counter[int]]:
    """Those whose word stood often enough before."""
    seen: Counter[str] = Counter()
    later = {}
    for start, word, numbers in beginnings:
        seen[word] += 1
        if seen[word] > _REPEATED:
            later[start] = numbers
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


def _rule_spans(rule: Rule, places: _Places) -> tuple[Span, ...]:
    main = places.leading(rule.any)
    if main and rule.unless:
        against = places.of(rule.unless)
        main = [s for s in main if not any(_near(s, other, rule.within) for other in against)]
    if main and rule.with_:
        supports = [places.of(group) for group in rule.with_]
        main = [span for place in main for span in _supported(place, supports, rule.within)]
    return tuple(sorted(dict.fromkeys(main))[:_MOST_PLACES])


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
