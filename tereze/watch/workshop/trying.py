"""An entry tried on its own examples: what it finds, where, and what is thought of the text then."""

from collections.abc import Sequence
from dataclasses import dataclass

from tereze.detection import Assessment, assess_many
from tereze.detection.house import Changes, Entry, alone
from tereze.detection.parts import places
from tereze.detection.ruleset import RuleSet
from tereze.watch.workshop import rulebook


@dataclass(frozen=True, kw_only=True)
class Tried:
    """``holds``: an example is found, a counter-example is not."""

    text: str
    is_example: bool
    spans: Sequence[tuple[int, int]]
    before: Assessment
    after: Assessment

    @property
    def holds(self) -> bool:
        return bool(self.spans) == self.is_example


def try_entry(name: str, entry: Entry, in_force: Changes) -> list[Tried]:
    """Every example and counter-example, judged by the rules in force without and with it."""
    rules = alone(name, entry)
    old = rulebook.compiled_changes(in_force)
    new = rulebook.compiled_changes(with_edit(in_force, name, entry))
    texts = [*entry["examples"], *entry["counter_examples"]]
    before, after = assess_many(texts, rules=old), assess_many(texts, rules=new)
    return [
        Tried(
            text=text,
            is_example=number < len(entry["examples"]),
            spans=found_in(text, name, rules),
            before=before[number],
            after=after[number],
        )
        for number, text in enumerate(texts)
    ]


def found_in(text: str, name: str, rules: RuleSet) -> list[tuple[int, int]]:
    return places(text, rules).get(name, [])


def failed(name: str, entry: Entry) -> int:
    """How many examples and counter-examples do not hold."""
    rules = alone(name, entry)
    missed = [text for text in entry["examples"] if not found_in(text, name, rules)]
    hit = [text for text in entry["counter_examples"] if found_in(text, name, rules)]
    return len(missed) + len(hit)


def with_edit(in_force: Changes, name: str, entry: Entry | None) -> Changes:
    """The rules in force with one more change: a rule of this name, or none."""
    rules = {key: value for key, value in in_force.rules.items() if key != name}
    off = {key for key in in_force.off if key != name}
    if entry is None:
        return Changes(rules, tuple(sorted({*off, name})))
    return Changes({**rules, name: dict(entry)}, tuple(sorted(off)))
