"""Find which rules fire in a skeleton, and where.

Every phrase is tried only at words it may begin with, by an expression whose gaps are bounded:
the cost grows with the length of the text, never with its square.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tereze.detection.ruleset import Rule, RuleSet
from tereze.detection.skeleton import Skeleton


Span = tuple[int, int]
_WORD = re.compile(r"\w+")
_MOST_PLACES = 6  # places of one phrase that are remembered
_REPEATED = 20  # a word that stands more often than this waits for the others
_MOST_ATTEMPTS = 12_000  # tries of phrases at repeated words
_LONGEST_RUN = 400  # letters written one by one that are searched


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired, with the skeleton ranges that made it fire."""

    rule: Rule
    spans: tuple[Span, ...]


def find_hits(
    skeleton: Skeleton, rules: RuleSet, marks: Mapping[str, list[Span]] | None = None
) -> list[Hit]:
    """The rules of ``rules`` that fire in ``skeleton``, each once, the weightiest first.

    ``marks`` are the ranges of ``skeleton.text`` behind ``@link`` and ``@contact``.
    """
    places = _find_phrases(skeleton, rules)
    for mark, spans in (marks or {}).items():
        number = rules.numbers.get(mark)
        if number is not None:
            places[number] = spans
    candidates = {id(rule): rule for number in places for rule in rules.by_phrase.get(number, ())}
    hits = []
    for rule in candidates.values():
        fired = _rule_spans(rule, places)
        if fired:
            hits.append(Hit(rule, fired))
    hits.sort(key=lambda hit: (-abs(hit.rule.weight), hit.rule.name))
    return hits


def _find_phrases(skeleton: Skeleton, rules: RuleSet) -> dict[int, list[Span]]:
    text, phrases = skeleton.text, rules.phrases
    places: dict[int, list[Span]] = {}
    for start, numbers in _beginnings(text, rules):
        for number in numbers:
            found = phrases[number].regex.match(text, start)
            if found is not None:
                spans = places.setdefault(number, [])
                if len(spans) < _MOST_PLACES:
                    spans.append(found.span())
    for start, end in skeleton.runs:
        _search_run(text[start : min(end, start + _LONGEST_RUN)], start, rules, places)
    return places


def _beginnings(text: str, rules: RuleSet) -> Iterator[tuple[int, list[int]]]:
    """Where a phrase may begin, with the numbers of the phrases to try there.

    A word that stands again and again is tried after all others and only as far as the budget
    goes: repetition must neither cost more than it is worth nor hide what stands beside it.
    """
    seen: Counter[str] = Counter()
    later: list[tuple[int, list[int]]] = []
    number_ends = -2
    for match in _WORD.finditer(text):
        word = match.group()
        if word[0].isdigit():
            goes_on = match.start() - number_ends <= 1  # "50 000" begins once
            number_ends = match.end()
            if goes_on:
                continue
        numbers = rules.may_begin_with(word)
        if not numbers:
            continue
        seen[word] += 1
        if seen[word] <= _REPEATED:
            yield match.start(), numbers
        else:
            later.append((match.start(), numbers))
    budget = _MOST_ATTEMPTS
    for start, numbers in later:
        budget -= len(numbers)
        if budget < 0:
            return
        yield start, numbers


def _search_run(run: str, shift: int, rules: RuleSet, places: dict[int, list[Span]]) -> None:
    """Letters written one by one have no word boundaries: search them as they stand."""
    for number, phrase in enumerate(rules.phrases):
        if any(start.rstrip("$") in run for start in phrase.starts):
            found = phrase.open_regex.search(run)
            if found is not None and found.end() - found.start() >= 6:
                start, end = found.span()
                places.setdefault(number, []).append((shift + start, shift + end))


def _rule_spans(rule: Rule, places: dict[int, list[Span]]) -> tuple[Span, ...]:
    main = _gather(rule.any, places)
    if rule.unless:
        against = _gather(rule.unless, places)
        main = [s for s in main if not any(_near(s, other, rule.within) for other in against)]
    if rule.with_:
        supports = [_gather(group, places) for group in rule.with_]
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


def _gather(numbers: Iterable[int], places: dict[int, list[Span]]) -> list[Span]:
    return [span for number in numbers for span in places.get(number, ())]


def _near(one: Span, other: Span, within: int) -> bool:
    return one[0] - other[1] <= within and other[0] - one[1] <= within
