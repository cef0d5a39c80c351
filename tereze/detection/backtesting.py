"""What a change of rules does to texts that were seen before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from tereze.detection.assessment import Assessment, Document
from tereze.detection.batches import judged
from tereze.detection.evaluation import FLAGGED
from tereze.detection.ruleset import RuleSet
from tereze.detection.terminal import one_line
from tereze.indicators.documents import Entry, set_name


_KINDS = ("newly flagged", "no longer flagged", "other change")


@dataclass(frozen=True, slots=True)
class Change:
    """One text that the two folders judge differently."""

    id: Any
    text: str
    label: str
    set: str
    scheme: str
    kind: str
    old: Assessment
    new: Assessment

    def to_json(self) -> dict[str, Any]:
        """The change with both outcomes, ready for ``json.dumps``."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "set": self.set,
            "scheme": self.scheme,
            "old": {"outcome": str(self.old.outcome), "p_illegal": self.old.p_illegal},
            "new": {"outcome": str(self.new.outcome), "p_illegal": self.new.p_illegal},
            "rules": sorted(
                {r.name for r in self.new.reasons} ^ {r.name for r in self.old.reasons}
            ),
            "text": self.text,
        }

    def in_a_line(self) -> str:
        """Both outcomes, the label where there is one, and the beginning of the text."""
        label = f"[{self.label}] " if self.label else ""
        return (
            f"  {label}{self.old.outcome} {self.old.p_illegal:.2f} → {self.new.outcome} "
            f"{self.new.p_illegal:.2f}  {one_line(self.text, 160)}"
        )


@dataclass
class Comparison:
    """All changes over ``count`` texts."""

    count: int = 0
    changes: list[Change] = field(default_factory=list)

    def report(self, show: int) -> str:
        """How many changed, by set and scheme, and the first ``show`` texts of each kind."""
        lines = [f"{self.count} texts, {len(self.changes)} judged differently"]
        if self.changes:
            lines += ["", f"{'':40}" + "".join(f"{kind:>20}" for kind in _KINDS)]
            lines += self._table("set")
            lines += self._table("scheme")
        for kind in _KINDS:
            found = [change for change in self.changes if change.kind == kind]
            lines.append(f"\n{kind}: {len(found)}{_labels(found)}")
            lines += [change.in_a_line() for change in found[:show]]
        return "\n".join(lines)

    def _table(self, by: str) -> Iterator[str]:
        counts = Counter((getattr(change, by), change.kind) for change in self.changes)
        for name in sorted({name for name, _ in counts}):
            row = "".join(f"{counts[name, kind]:20}" for kind in _KINDS)
            yield f"{by + ' ' + (name or '–'):40}{row}"


def compare(
    old: RuleSet,
    new: RuleSet,
    entries: Iterable[Entry],
    document_of: Callable[[Entry], Document],
) -> Comparison:
    """Judge every entry by ``old`` and by ``new`` rules and collect what differs.

    A difference is another outcome. A text's scheme is the labelled one, or the likeliest that
    either side names.
    """
    comparison = Comparison()
    given = ((entry, document_of(entry)) for entry in entries)
    once = judged(given, itemgetter(1), rules=old)
    twice = judged(once, lambda item: item[0][1], rules=new)
    for ((entry, _), before), after in twice:
        comparison.count += 1
        if before.outcome is after.outcome:
            continue
        said = [*after.schemes, *before.schemes]
        change = Change(
            id=entry.id,
            text=entry.text,
            label=str(entry.fields.get("outcome") or entry.fields.get("label") or ""),
            set=str(entry.fields.get("set") or set_name(entry.source)),
            scheme=str(entry.fields.get("scheme") or (said[0].slug if said else "")),
            kind=_kind(before, after),
            old=before,
            new=after,
        )
        comparison.changes.append(change)
    return comparison


def _kind(before: Assessment, after: Assessment) -> str:
    flagged = before.outcome in FLAGGED, after.outcome in FLAGGED
    if flagged == (False, True):
        return _KINDS[0]
    return _KINDS[1] if flagged == (True, False) else _KINDS[2]


def _labels(changes: list[Change]) -> str:
    counts = Counter(change.label for change in changes if change.label)
    told = ", ".join(f"{count} {label}" for label, count in sorted(counts.items()))
    return f" ({told})" if told else ""
