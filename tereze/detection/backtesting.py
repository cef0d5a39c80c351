"""What a change of rules does to texts that were seen before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tereze.detection.assessment import Assessment, Document, Outcome
from tereze.detection.engine import assess
from tereze.detection.ruleset import RuleSet
from tereze.indicators.documents import Entry


_FLAGGED = frozenset({Outcome.ILLEGAL, Outcome.SUSPICIOUS})
_KINDS = ("newly flagged", "no longer flagged", "other change")


@dataclass(frozen=True, slots=True)
class Change:
    """One text that the two folders judge differently."""

    id: Any
    text: str
    label: str
    kind: str
    old: Assessment
    new: Assessment

    def to_json(self) -> dict[str, Any]:
        """The change with both outcomes, ready for ``json.dumps``."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "old": {"outcome": str(self.old.outcome), "p_illegal": self.old.p_illegal},
            "new": {"outcome": str(self.new.outcome), "p_illegal": self.new.p_illegal},
            "rules": sorted(
                {r.name for r in self.new.reasons} ^ {r.name for r in self.old.reasons}
            ),
            "text": self.text,
        }

    def in_a_line(self) -> str:
        """Both outcomes and the beginning of the text."""
        return (
            f"  {self.old.outcome} {self.old.p_illegal:.2f} → {self.new.outcome} "
            f"{self.new.p_illegal:.2f}  {' '.join(self.text.split())[:160]}"
        )


@dataclass
class Comparison:
    """All changes over ``count`` texts."""

    count: int = 0
    changes: list[Change] = field(default_factory=list)

    def report(self, show: int) -> str:
        """How many changed and the first ``show`` texts of each kind."""
        lines = [f"{self.count} texts, {len(self.changes)} judged differently"]
        for kind in _KINDS:
            found = [change for change in self.changes if change.kind == kind]
            lines.append(f"\n{kind}: {len(found)}{_labels(found)}")
            lines += [change.in_a_line() for change in found[:show]]
        return "\n".join(lines)


def compare(
    old: RuleSet,
    new: RuleSet,
    entries: Iterable[Entry],
    document_of: Callable[[Entry], Document],
) -> Comparison:
    """Judge every entry by ``old`` and by ``new`` rules and collect what differs.

    A difference is another outcome.
    """
    comparison = Comparison()
    for entry in entries:
        document = document_of(entry)
        before, after = assess(document, rules=old), assess(document, rules=new)
        comparison.count += 1
        if before.outcome is after.outcome:
            continue
        kind = _kind(before, after)
        label = str(entry.fields.get("label", ""))
        comparison.changes.append(Change(entry.id, entry.text, label, kind, before, after))
    return comparison


def _kind(before: Assessment, after: Assessment) -> str:
    flagged = before.outcome in _FLAGGED, after.outcome in _FLAGGED
    if flagged == (False, True):
        return _KINDS[0]
    return _KINDS[1] if flagged == (True, False) else _KINDS[2]


def _labels(changes: list[Change]) -> str:
    labelled = [change.label for change in changes if change.label]
    if not labelled:
        return ""
    counts = ", ".join(f"{labelled.count(label)} {label}" for label in sorted(set(labelled)))
    return f" ({counts})"
