"""Quality figures on labelled texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tereze.detection.assessment import Assessment, Outcome
from tereze.indicators.documents import Unreadable


_FLAGGED = frozenset({Outcome.ILLEGAL, Outcome.SUSPICIOUS})
_BINS = 10


@dataclass
class Evaluation:
    """Counts assessments against their labels.

    A label is ``bad`` or ``ok``, or one of the outcomes: ``illegal`` and ``suspicious`` count
    as bad. ``threshold`` is the ``p_illegal`` from which a chat's policy would act by itself;
    ``worst`` is how many of the worst errors are kept.
    """

    threshold: float = 0.9
    worst: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    groups: defaultdict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    schemes: Counter[str] = field(default_factory=Counter)
    bins: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in range(_BINS)])
    errors: list[tuple[float, str, str]] = field(default_factory=list)

    def add(self, assessment: Assessment, text: str, fields: Mapping[str, Any]) -> None:
        """Count one assessment; a text without a label counts as unlabelled and no more."""
        label = str(fields.get("label", ""))
        if label not in {"bad", "ok", *Outcome}:
            self.groups["all", "unlabelled"]["n"] += 1
            return
        bad = label in {"bad", *_FLAGGED}
        acted = assessment.outcome is Outcome.ILLEGAL and assessment.p_illegal >= self.threshold
        for key in self._keys(label, bad, assessment, fields):
            counter = self.groups[key]
            counter["n"] += 1
            counter["flagged"] += assessment.outcome in _FLAGGED
            counter["acted"] += acted
            counter["desk"] += assessment.score >= 0.5
            counter[assessment.outcome] += 1
        chosen = self.bins[min(_BINS - 1, int(assessment.p_illegal * _BINS))]
        chosen["n"] += 1
        chosen["bad"] += bad
        chosen["sum"] += round(assessment.p_illegal * 10_000)
        self._count_scheme(assessment, fields)
        self._keep_error(assessment, text, bad=bad)

    def _keys(
        self, label: str, bad: bool, assessment: Assessment, fields: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        side = "bad" if bad else "ok"
        yield "all", side
        if label not in {"bad", "ok"}:
            yield "outcome", label
        yield "lang", f"{fields.get('lang') or assessment.lang} {side}"
        if fields.get("set"):
            yield "set", f"{fields['set']} {side}"

    def _count_scheme(self, assessment: Assessment, fields: Mapping[str, Any]) -> None:
        wanted = fields.get("scheme")
        if not wanted:
            return
        found = [scheme.slug for scheme in assessment.schemes]
        self.schemes["n"] += 1
        self.schemes["first"] += found[:1] == [wanted]
        self.schemes["among_three"] += wanted in found[:3]

    def _keep_error(self, assessment: Assessment, text: str, *, bad: bool) -> None:
        flagged = assessment.outcome in _FLAGGED
        if flagged is bad or not self.worst:
            return
        size = 1 - assessment.score if bad else assessment.p_illegal + assessment.score
        kind = "missed" if bad else "false alarm"
        self.errors.append((size, kind, " ".join(text.split())[:200]))
        if len(self.errors) > 4 * self.worst:
            self.errors = sorted(self.errors, reverse=True)[: self.worst]

    def figures(self) -> dict[str, Any]:
        """Everything as plain data, shares between 0 and 1."""
        bad, ok = self.groups["all", "bad"], self.groups["all", "ok"]
        return {
            "threshold": self.threshold,
            "recall": _share(bad["flagged"], bad["n"]),
            "false_alarms": _share(ok["flagged"], ok["n"]),
            "precision": _share(bad["flagged"], bad["flagged"] + ok["flagged"]),
            "acted_recall": _share(bad["acted"], bad["n"]),
            "acted_false": _share(ok["acted"], ok["n"]),
            "scheme_first": _share(self.schemes["first"], self.schemes["n"]),
            "scheme_among_three": _share(self.schemes["among_three"], self.schemes["n"]),
            "calibration": [
                {
                    "p": round(b["sum"] / b["n"] / 10_000, 3),
                    "bad": _share(b["bad"], b["n"]),
                    "n": b["n"],
                }
                for b in self.bins
                if b["n"]
            ],
            "groups": [
                {
                    "by": by,
                    "name": name,
                    "n": counter["n"],
                    "flagged": _share(counter["flagged"], counter["n"]),
                    "acted": _share(counter["acted"], counter["n"]),
                    "desk": _share(counter["desk"], counter["n"]),
                    "outcomes": {str(o): counter[o] for o in Outcome if counter[o]},
                }
                for (by, name), counter in sorted(self.groups.items())
            ],
        }

    def report(self) -> str:
        """The figures as a table for a person."""
        figures = self.figures()
        lines = [
            f"flagged (illegal or suspicious): recall {_percent(figures['recall'])}, "
            f"false alarms {_percent(figures['false_alarms'])}, "
            f"precision here {_percent(figures['precision'])}",
            f"automatic act (p_illegal from {self.threshold:g}): recall "
            f"{_percent(figures['acted_recall'])}, false {_percent(figures['acted_false'])}",
        ]
        if self.schemes["n"]:
            lines.append(
                f"scheme right first {_percent(figures['scheme_first'])}, among three "
                f"{_percent(figures['scheme_among_three'])} of {self.schemes['n']}"
            )
        lines.append(f"\n{'':44}{'n':>7}{'flagged':>9}{'acted':>9}{'desk':>9}")
        for group in figures["groups"]:
            shares = "".join(f"{_percent(group[key]):>9}" for key in ("flagged", "acted", "desk"))
            lines.append(f"{group['by'] + ' ' + group['name']:44}{group['n']:>7}{shares}")
        lines.append("\np_illegal said / share that is bad / texts")
        lines += [
            f"  {b['p']:.3f}  {_percent(b['bad']):>7}  {b['n']}" for b in figures["calibration"]
        ]
        worst = sorted(self.errors, reverse=True)[: self.worst]
        lines += [f"\n{kind} ({size:.2f}): {text}" for size, kind, text in worst]
        return "\n".join(lines)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f}%"
