"""Quality figures on labelled texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tereze.detection.assessment import Assessment, Outcome
from tereze.detection.measures import (
    BASE_RATE,
    Bin,
    Share,
    above,
    calibration_bins,
    calibration_error,
    precision,
    threshold_for,
)


FLAGGED = frozenset({Outcome.ILLEGAL, Outcome.SUSPICIOUS})
ILLEGAL = frozenset({"illegal", "bad"})
BAD = ILLEGAL | {"suspicious"}
WANTED = BAD | {"incident_report"}  # what the desk has to look at
CALM = frozenset({"ok", "harmless", "job_or_promo", "warning_or_quotation"})
LABELS = WANTED | CALM
FALSE_ALARMS = 0.02


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text and what was said of it."""

    label: str
    said: Outcome
    p_illegal: float
    score: float
    scheme: str  # as labelled, or ""
    schemes: tuple[str, ...]  # as said, best first
    traits: Mapping[str, str]  # lang, and set, genre and form where the row has them

    @property
    def flagged(self) -> bool:
        """Whether a person would be asked to look at it as a possible fraud."""
        return self.said in FLAGGED


@dataclass
class Evaluation:
    """Holds assessments against their labels.

    A label is the row's ``outcome``, or its ``label``: ``bad`` or ``ok`` or an outcome too.
    ``illegal`` and ``suspicious`` count as bad. ``threshold`` is the ``p_illegal`` from which a
    chat's policy would act by itself, ``false_alarms`` the share of calm texts that may be
    flagged where recall is told at a share of false alarms, ``worst`` how many errors are kept.
    """

    threshold: float = 0.9
    false_alarms: float = FALSE_ALARMS
    worst: int = 0
    rows: list[Judged] = field(default_factory=list)
    unlabelled: int = 0
    errors: list[tuple[float, str, str]] = field(default_factory=list)

    def add(
        self, assessment: Assessment, text: str, fields: Mapping[str, Any], of: str = ""
    ) -> None:
        """Count one assessment; ``of`` names the set where the row does not.

        A text without a label we know counts as unlabelled and no more.
        """
        label = str(fields.get("outcome") or fields.get("label") or "")
        if label not in LABELS:
            self.unlabelled += 1
            return
        traits = {"lang": fields.get("lang") or assessment.lang, "set": fields.get("set") or of}
        traits |= {name: fields.get(name) for name in ("genre", "form")}
        row = Judged(
            label,
            assessment.outcome,
            assessment.p_illegal,
            assessment.score,
            str(fields.get("scheme") or ""),
            tuple(scheme.slug for scheme in assessment.schemes),
            {name: str(value) for name, value in traits.items() if value},
        )
        self.rows.append(row)
        self._keep_error(row, text)

    def _keep_error(self, row: Judged, text: str) -> None:
        bad = row.label in BAD
        if row.flagged is bad or not self.worst:
            return
        size = 1 - row.score if bad else row.p_illegal + row.score
        shown = f"{row.label} → {row.said}  {' '.join(text.split())[:200]}"
        self.errors.append((size, "missed" if bad else "false alarm", shown))
        if len(self.errors) > 4 * self.worst:
            self.errors = sorted(self.errors, reverse=True)[: self.worst]

    def labelled(self, labels: Iterable[str]) -> list[Judged]:
        """The rows with one of these labels."""
        wanted = frozenset(labels)
        return [row for row in self.rows if row.label in wanted]

    def acts(self, row: Judged) -> bool:
        """Whether a policy with this threshold would act on the text by itself."""
        return row.said is Outcome.ILLEGAL and row.p_illegal >= self.threshold

    def acted(self, labels: Iterable[str]) -> Share:
        """How many rows with these labels a policy would act on."""
        return _count(self.labelled(labels), self.acts)

    def ranked(self, rows: Iterable[Judged], threshold: float) -> tuple[Share, Share]:
        """Of ``rows``, how many illegal and how many calm ones have a ``score`` above it."""
        rows = list(rows)
        found, false = (
            above([row.score for row in rows if row.label in labels], threshold)
            for labels in (ILLEGAL, CALM)
        )
        return found, false

    def cut(self, rows: Iterable[Judged]) -> float:
        """The ``score`` that no more than ``false_alarms`` of the calm ``rows`` exceed."""
        return threshold_for([row.score for row in rows if row.label in CALM], self.false_alarms)

    def scheme_shares(self, rows: Iterable[Judged]) -> tuple[Share, Share]:
        """How often the labelled scheme of frauds and stories comes first, and among three."""
        named = [row for row in rows if row.scheme and row.label in WANTED]
        first = _count(named, lambda row: row.scheme in row.schemes[:1])
        return first, _count(named, lambda row: row.scheme in row.schemes[:3])

    def calibration(self) -> dict[str, list[Bin]]:
        """Said against seen, at the base rate of both probabilities.

        A text labelled ``suspicious`` is neither illegal nor not: ``p_illegal`` leaves it out.
        """
        sure = [row for row in self.rows if row.label != "suspicious"]
        return {
            "p_illegal": calibration_bins((row.p_illegal, row.label in ILLEGAL) for row in sure),
            "score": calibration_bins((row.score, row.label in WANTED) for row in self.rows),
        }

    def figures(self) -> dict[str, Any]:
        """Everything as plain data: shares between 0 and 1, intervals of 95 %."""
        bad, calm = self.labelled(BAD), self.labelled(LABELS - BAD)
        found, false = _count(bad, _flagged), _count(calm, _flagged)
        first, among_three = self.scheme_shares(self.rows)
        bins = self.calibration()
        return {
            "threshold": self.threshold,
            "unlabelled": self.unlabelled,
            "recall": _value(found),
            "false_alarms": _value(false),
            "precision": _value(Share(found.part, found.part + false.part)),
            "acted_recall": _value(self.acted(BAD)),
            "acted_false": _value(self.acted(LABELS - BAD)),
            "scheme_first": _value(first),
            "scheme_among_three": _value(among_three),
            "ranking": list(self._ranking()),
            "left_out": list(self._left_out()),
            "automatic": self._automatic(),
            "calibration": [_bin_data(part) for part in bins["p_illegal"]],
            "calibration_score": [_bin_data(part) for part in bins["score"]],
            "ece": {n: round(calibration_error(b), 5) if b else None for n, b in bins.items()},
            "groups": list(self._groups()),
            "schemes": list(self._schemes()),
            "confusion": self._confusion(),
        }

    def _ranking(self) -> Iterator[dict[str, Any]]:
        """Recall at few false alarms: one threshold for all, and what it does to each group."""
        threshold = self.cut(self.rows)
        for by, name, rows in self._by_traits(("lang", "genre", "form", "set")):
            found, false = self.ranked(rows, threshold)
            if found.whole:
                yield _ranked_data(by, name, threshold, found, false)

    def _left_out(self) -> Iterator[dict[str, Any]]:
        """Each set at the threshold that the others give: whether a limit holds elsewhere."""
        sets = {row.traits["set"] for row in self.rows if "set" in row.traits}
        for name in sorted(sets) if len(sets) > 1 else ():
            own = [row for row in self.rows if row.traits.get("set") == name]
            threshold = self.cut(row for row in self.rows if row.traits.get("set") != name)
            found, false = self.ranked(own, threshold)
            yield _ranked_data("set", name, threshold, found, false)

    def _automatic(self) -> dict[str, Any]:
        found, calm = self.acted(ILLEGAL), self.acted(CALM)
        value, low, high = precision(found, self.acted(LABELS - BAD))
        return {
            "illegal": _share_data(found),
            "harmless": _share_data(calm),
            "harmless_per_10000": None if calm.value is None else round(10_000 * calm.value, 2),
            "incident_reports": _share_data(self.acted({"incident_report"})),
            "warnings": _share_data(self.acted({"warning_or_quotation"})),
            "base_rate": BASE_RATE,
            "precision": round(value, 4) if found.whole and calm.whole else None,
            "precision_interval": [round(low, 4), round(high, 4)],
        }

    def _groups(self) -> Iterator[dict[str, Any]]:
        for by, name, rows in self._by_traits(("lang", "set", "genre", "form")):
            sides = {"bad": [r for r in rows if r.label in BAD]}
            sides["ok"] = [r for r in rows if r.label not in BAD]
            for side, part in sides.items():
                if part:
                    yield self._group(by, f"{name} {side}" if name else side, part)
        for label in sorted({row.label for row in self.rows} - {"bad", "ok"}):
            yield self._group("outcome", label, self.labelled({label}))

    def _group(self, by: str, name: str, rows: list[Judged]) -> dict[str, Any]:
        said = Counter(row.said for row in rows)
        return {
            "by": by,
            "name": name,
            "n": len(rows),
            "flagged": _value(_count(rows, _flagged)),
            "acted": _value(_count(rows, self.acts)),
            "desk": _value(_count(rows, lambda row: row.score >= 0.5)),
            "outcomes": {str(outcome): said[outcome] for outcome in Outcome if said[outcome]},
        }

    def _by_traits(self, traits: tuple[str, ...]) -> Iterator[tuple[str, str, list[Judged]]]:
        yield "all", "", self.rows
        for trait in traits:
            groups: defaultdict[str, list[Judged]] = defaultdict(list)
            for row in self.rows:
                if trait in row.traits:
                    groups[row.traits[trait]].append(row)
            yield from ((trait, name, rows) for name, rows in sorted(groups.items()))

    def _schemes(self) -> Iterator[dict[str, Any]]:
        groups: defaultdict[str, list[Judged]] = defaultdict(list)
        for row in self.rows:
            if row.scheme and row.label in WANTED:
                groups[row.scheme].append(row)
        for scheme, rows in sorted(groups.items()):
            first, among_three = self.scheme_shares(rows)
            flagged = _value(_count([row for row in rows if row.label in BAD], _flagged))
            yield {
                "scheme": scheme,
                "n": first.whole,
                "flagged": flagged,
                "first": _value(first),
                "among_three": _value(among_three),
            }

    def _confusion(self) -> dict[str, dict[str, int]]:
        """Texts by their label and by what was said, each in that order."""
        counts = Counter((row.label, row.said) for row in self.rows)
        labels = [*map(str, Outcome), "bad", "ok"]
        return {
            label: {str(said): counts[label, said] for said in Outcome}
            for label in labels
            if any(counts[label, said] for said in Outcome)
        }


def _flagged(row: Judged) -> bool:
    return row.flagged


def _count(rows: list[Judged], what: Callable[[Judged], bool]) -> Share:
    return Share(sum(map(what, rows)), len(rows))


def _value(share: Share) -> float | None:
    return None if share.value is None else round(share.value, 5)


def _share_data(share: Share) -> dict[str, Any]:
    interval = [round(bound, 5) for bound in share.interval]
    return {"n": share.whole, "above": share.part, "share": _value(share), "interval": interval}


def _ranked_data(
    by: str, name: str, threshold: float, found: Share, false: Share
) -> dict[str, Any]:
    return {
        "by": by,
        "name": name,
        "score_above": threshold,
        "recall": _value(found),
        "interval": [round(bound, 5) for bound in found.interval],
        "n": found.whole,
        "false_alarms": _value(false),
        "calm": false.whole,
    }


def _bin_data(part: Bin) -> dict[str, Any]:
    interval = [round(bound, 5) for bound in part.interval]
    return {"p": round(part.said, 5), "bad": round(part.seen, 5), "interval": interval, "n": part.n}
