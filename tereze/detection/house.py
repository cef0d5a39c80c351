"""The rules of a house joined to the shipped ones: added, changed, or switched off.

A house writes its rules down in the fields of the rule files, each under its full name
(``scheme.rule``), with its scheme. Phrases of the shipped rules are not compiled again.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any

from tereze.detection import engine, scoring
from tereze.detection.model import default_model
from tereze.detection.patterns import Phrase
from tereze.detection.rule import Rule
from tereze.detection.ruleset import RULES, Reader, RuleError, RuleSet, default_rules


Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What a house changes of the shipped rules: its own by name, and names that are switched off."""

    rules: Mapping[str, Entry] = field(default_factory=dict)
    off: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"rules": dict(self.rules), "off": sorted(self.off)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Changes:
        return cls(data.get("rules", {}), tuple(sorted(data.get("off", ()))))

    def to_text(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Changes:
        return cls.from_json(json.loads(text))

    def __bool__(self) -> bool:
        return bool(self.rules or self.off)

    @property
    def version(self) -> str:
        """That of the shipped rules where nothing is changed; else with a mark of the changes."""
        shipped = default_rules().version
        if not self:
            return shipped
        return f"{shipped}.{sha256(self.to_text().encode()).hexdigest()[:8]}"


def is_of_a_house(engine_name: str) -> bool:
    """Whether an assessment's ``engine`` judged by more than the shipped rules."""
    return "." in engine_name


@cache
def word_sets() -> dict[str, Any]:
    """The word sets that ``{name}`` in a pattern may refer to."""
    return tomllib.loads((RULES / "_words.toml").read_text(encoding="utf-8"))


@cache
def engine_mark() -> str:
    """All that judges beside the rules of a house: when it changes, what was tried is out of date."""
    weighing = sha256(scoring.FILE.read_bytes()).hexdigest()[:8]
    return f"{engine.VERSION}+{default_rules().version}+{default_model().version}+{weighing}"


def joined(changes: Changes) -> RuleSet:
    """The shipped rules with the changes of a house.

    Raises :class:`RuleError` where a rule cannot be read.
    """
    base = default_rules()
    if not changes:
        return base
    reader = Reader(word_sets())
    reader.phrases, reader.numbers = list(base.phrases), dict(base.numbers)
    gone = {*changes.rules, *changes.off}
    kept = [rule for rule in base.rules if rule.name not in gone]
    own = [read(name, entry, reader) for name, entry in changes.rules.items()]
    return RuleSet([*kept, *own], reader.phrases, changes.version)


def read(name: str, entry: Entry, reader: Reader) -> Rule:
    fields = {key: value for key, value in entry.items() if key not in {"scheme", "language"}}
    try:
        return reader.rule(name, fields, str(entry["scheme"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RuleError(f"{name}: {error}") from error


def readable(changes: Changes) -> tuple[Changes, list[str]]:
    """The changes that can be read by this version of the engine, and the names of the others."""
    known = {rule.name for rule in default_rules().rules}
    broken = []
    for name, entry in changes.rules.items():
        try:
            read(name, entry, Reader(word_sets()))
        except RuleError:
            broken.append(name)
    kept = {name: entry for name, entry in changes.rules.items() if name not in broken}
    return Changes(kept, tuple(name for name in changes.off if name in known)), broken


def alone(name: str, entry: Entry) -> RuleSet:
    """One rule by itself: to see what it finds before anything is weighed."""
    reader = Reader(word_sets())
    rule = read(name, entry, reader)
    return RuleSet([rule], reader.phrases, f"alone:{name}")


def entry_of(rule: Rule, rules: RuleSet) -> dict[str, Any]:
    """A rule in the fields of the rule files, as it could be written down again."""

    def sources(numbers: Collection[int]) -> list[str]:
        return [rules.phrases[number].source for number in numbers]

    return {
        "scheme": rule.scheme,
        "outcome": str(rule.outcome),
        "weight": rule.weight,
        "scheme_weight": rule.scheme_weight,
        "any": sources(rule.any),
        "with": [sources(group) for group in rule.with_],
        "unless": sources(rule.unless),
        "within": rule.within,
        "text": dict(rule.text),
        "examples": list(rule.examples),
        "counter_examples": list(rule.counter_examples),
    }


def differing(old: RuleSet, new: RuleSet) -> RuleSet:
    """The rules in which two sets differ, in both their versions.

    A text in which none of them fires is judged alike by both.
    """
    before, after = _told(old), _told(new)
    chosen = [(rule, old, "before:") for told, rule in before.items() if told not in after]
    chosen += [(rule, new, "after:") for told, rule in after.items() if told not in before]
    phrases: dict[str, Phrase] = {}
    for rule, rules, _ in chosen:
        for number in (*rule.any, *rule.unless, *(n for group in rule.with_ for n in group)):
            phrases.setdefault(rules.phrases[number].source, rules.phrases[number])
    place = {source: number for number, source in enumerate(phrases)}

    def moved(rule: Rule, rules: RuleSet, mark: str) -> Rule:
        def numbered(numbers: Collection[int]) -> tuple[int, ...]:
            return tuple(place[rules.phrases[number].source] for number in numbers)

        return replace(
            rule,
            name=mark + rule.name,
            any=numbered(rule.any),
            with_=tuple(numbered(group) for group in rule.with_),
            unless=numbered(rule.unless),
        )

    return RuleSet(
        [moved(*each) for each in chosen],
        list(phrases.values()),
        f"{old.version}→{new.version}",
    )


def _told(rules: RuleSet) -> dict[str, Rule]:
    """Each rule by all that decides when it fires and what it weighs."""
    weighed = {}
    for rule in rules.rules:
        entry = entry_of(rule, rules)
        for said in ("text", "examples", "counter_examples"):
            del entry[said]
        weighed[json.dumps([rule.name, entry], ensure_ascii=False)] = rule
    return weighed
