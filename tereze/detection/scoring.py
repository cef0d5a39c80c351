"""From rules that fired and the views of the learned model to an outcome and two probabilities.

A text gives some numbers: the model's view of each outcome and of the desk, what the rules say for
each outcome, added up and bounded, and how brief it is. Every answer is a weighed sum of them; the weights
stand in ``calibration.toml``, learned by ``bench/train.py``:

    p_illegal = 1 / (1 + exp(-(bias + sum of the weights of an assessment's reasons)))
    score     = the same with weights of its own

Both are probabilities where 1 text of 100 is illegal (``p_illegal``) and 3 of 100 are for the
desk (``score``). From ``flagged_from`` a text is flagged; else the outcome is the one with the
greatest sum. A text that is not ``illegal`` keeps ``p_illegal`` below one half, whatever words it repeats: automatic acts rely on it.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tereze.detection.assessment import Outcome, SchemeScore
from tereze.detection.model import Floats, Views, default_model


FILE = Path(__file__).parent / "calibration.toml"
SUMS = ("illegal", "doubtful", "warning", "incident", "told", "job", "harmless")
# a short text has few words for the model: there, rules count more
BRIEF = ("brief", "brief_illegal", "brief_doubtful")
SHORT = 120  # characters; an empty text is wholly brief, one of so many not at all
MOST = 8.0  # rules of one kind together count no more, in log-odds

_NOT_ILLEGAL_CAP = 0.45  # below any threshold that a chat's policy may set
_CLEAR = 3.0  # evidence from which a warning or a victim's story is taken as such
_HEARD = 1.5  # evidence from which a story or a warning is heard where the model hears nothing
_QUOTED = 0.4  # what a quoted phrase is worth where somebody comments on it
_SHOWN, _MOST_SHOWN = 0.03, 3  # schemes less probable are not named, and no more than so many
_NAMED = 0.5  # a rule's word for a scheme from which it is named whatever the model thinks
_ABOUT_NONE = frozenset({Outcome.JOB_OR_PROMO, Outcome.HARMLESS})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One counted sign: what it speaks for, how strongly, and for which scheme."""

    outcome: Outcome
    weight: float
    scheme: str = ""
    scheme_weight: float = 0.0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome, the two probabilities, and schemes, best first.

    ``weights`` says for each given evidence, and last for the model, what it brought to
    ``p_illegal``, in log-odds.
    """

    outcome: Outcome
    p_illegal: float
    score: float
    schemes: tuple[SchemeScore, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """How one answer weighs the model's views and the rules' sums, in their fixed order.

    ``ordinary`` is what the words of an ordinary text bring: they count from there.
    """

    bias: float
    views: Floats
    rules: Floats
    ordinary: float

    def of(self, views: Floats, sums: Floats) -> float:
        """The weighed sum, in log-odds."""
        return self.bias + self.words(views) + float(self.rules @ sums)

    def words(self, views: Floats) -> float:
        """What the model's views bring, in log-odds."""
        return float(self.views @ views) - self.ordinary


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that was learned about weighing; see the module and ``calibration.toml``."""

    p_illegal: Weighing
    score: Weighing
    outcomes: Mapping[Outcome, Weighing]
    flagged_from: float  # log-odds of an illegal text from which people should look
    scheme_rules: float
    scheme_sharpness: float


@cache
def calibration() -> Calibration:
    """The constants that ship with the engine."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Calibration(
        p_illegal=_weighing(data["p_illegal"]),
        score=_weighing(data["score"]),
        outcomes={Outcome(name): _weighing(row) for name, row in data["outcomes"].items()},
        flagged_from=data["flagged_from"],
        scheme_rules=data["schemes"]["rules"],
        scheme_sharpness=data["schemes"]["sharpness"],
    )


def _weighing(row: Mapping[str, Any]) -> Weighing:
    views, rules = row["views"], row["rules"]
    return Weighing(
        row["bias"],
        np.array([views[name] for name in default_model().outcomes], dtype=np.float32),
        np.array([rules[name] for name in SUMS + BRIEF], dtype=np.float32),
        row.get("ordinary", 0.0),
    )


def judge(evidence: Sequence[Evidence], views: Views, length: int) -> Verdict:
    """Weigh ``evidence`` and the model's ``views`` of a text of ``length`` characters."""
    worth = worths(evidence)
    raw = sums(evidence, worth)
    bounded = signs(raw, length)
    numbers = calibration()
    logit = numbers.p_illegal.of(views.outcomes, bounded)
    likely = {o: w.of(views.outcomes, bounded) for o, w in numbers.outcomes.items()}
    p, outcome = _sigmoid(logit), _outcome(logit, numbers.flagged_from, likely, bounded)
    if outcome is not Outcome.ILLEGAL:
        p = min(p, _NOT_ILLEGAL_CAP)
    return Verdict(
        outcome,
        round(p, 4),
        round(max(p, _sigmoid(numbers.score.of(views.outcomes, bounded))), 4),
        _schemes(
            evidence, views, numbers, _about_a_scheme(likely) if outcome in _ABOUT_NONE else 1.0
        ),
        _weights(evidence, worth, raw, views, bounded, numbers.p_illegal),
    )


def worths(evidence: Sequence[Evidence]) -> list[float]:
    """What each sign counts: less in quotation marks where somebody comments, and nothing where
    only a scheme's usual words of a story stand beside a clear offer."""
    comments = (Outcome.WARNING_OR_QUOTATION, Outcome.INCIDENT_REPORT)
    commented = sum(e.weight for e in evidence if e.outcome in comments) >= 1.0
    worth = [e.weight * (_QUOTED if _softened(e) and commented else 1.0) for e in evidence]
    offer = sum(w for e, w in zip(evidence, worth, strict=True) if e.outcome is Outcome.ILLEGAL)
    stories = [e for e in evidence if e.outcome is Outcome.INCIDENT_REPORT]
    if offer >= _CLEAR and all(e.scheme for e in stories):
        for place, item in enumerate(evidence):
            if item.outcome is Outcome.INCIDENT_REPORT:
                worth[place] = 0.0
    return worth


def _softened(item: Evidence) -> bool:
    return item.quoted and item.outcome is Outcome.ILLEGAL


def sums(evidence: Sequence[Evidence], worth: Sequence[float]) -> Floats:
    """What the rules say, added up in the order of :data:`SUMS`, in log-odds."""
    found = np.zeros(len(SUMS), dtype=np.float32)
    for item, counted in zip(evidence, worth, strict=True):
        found[_sum_of(item)] += counted
    return found


def signs(raw: Floats, length: int) -> Floats:
    """The rules' sums, bounded, and how brief the text is: what every answer weighs."""
    bounded = np.minimum(raw, MOST)
    brief = max(0.0, 1 - length / SHORT)
    return np.append(bounded, [brief, *(brief * bounded[:2])]).astype(np.float32)


def _sum_of(item: Evidence) -> int:
    if item.outcome is Outcome.INCIDENT_REPORT and item.scheme:
        return SUMS.index("told")
    return SUMS.index(_KIND[item.outcome])


_KIND = {
    Outcome.ILLEGAL: "illegal",
    Outcome.SUSPICIOUS: "doubtful",
    Outcome.WARNING_OR_QUOTATION: "warning",
    Outcome.INCIDENT_REPORT: "incident",
    Outcome.JOB_OR_PROMO: "job",
    Outcome.HARMLESS: "harmless",
}


def _outcome(
    logit: float, flagged_from: float, likely: Mapping[Outcome, float], bounded: Floats
) -> Outcome:
    best = max(likely, key=lambda outcome: likely[outcome])
    told, warned = _told_and_warned(bounded)
    if logit >= flagged_from and best is not Outcome.INCIDENT_REPORT:
        return Outcome.ILLEGAL if logit >= 0 and told + warned < _CLEAR else Outcome.SUSPICIOUS
    calm = {o: w for o, w in likely.items() if o not in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}}
    best = max(calm, key=lambda outcome: calm[outcome])
    if told >= _CLEAR and told > warned and best is Outcome.WARNING_OR_QUOTATION:
        return Outcome.INCIDENT_REPORT
    if best in _ABOUT_NONE and max(told, warned) >= _HEARD:
        return Outcome.INCIDENT_REPORT if told >= warned else Outcome.WARNING_OR_QUOTATION
    return best


def _told_and_warned(bounded: Floats) -> tuple[float, float]:
    """How clearly somebody tells what happened, and how clearly somebody warns."""
    found = dict(zip(SUMS, bounded.tolist(), strict=False))
    return found["incident"] + found["told"], found["warning"]


def _about_a_scheme(likely: Mapping[Outcome, float]) -> float:
    """The probability that a text commits, tells or warns of a fraud at all."""
    most = max(likely.values())
    shares = {outcome: math.exp(value - most) for outcome, value in likely.items()}
    return 1 - sum(shares[outcome] for outcome in _ABOUT_NONE) / sum(shares.values())


def _weights(
    evidence: Sequence[Evidence],
    worth: Sequence[float],
    raw: Floats,
    views: Views,
    bounded: Floats,
    weighing: Weighing,
) -> tuple[float, ...]:
    """Each sign's part of the weighed sum; brevity of itself goes with the words."""
    known = len(SUMS)
    each = weighing.rules[:known].copy()
    each[:2] += bounded[known] * weighing.rules[known + 1 :]
    each *= np.divide(bounded[:known], raw, out=np.ones_like(raw), where=raw > 0)
    brought = [
        round(float(each[_sum_of(item)]) * counted, 4)
        for item, counted in zip(evidence, worth, strict=True)
    ]
    words = weighing.words(views.outcomes) + float(bounded[known] * weighing.rules[known])
    return (*brought, round(words, 4))


def _schemes(
    evidence: Sequence[Evidence], views: Views, numbers: Calibration, about: float
) -> tuple[SchemeScore, ...]:
    named: defaultdict[str, float] = defaultdict(float)
    for item in evidence:
        if item.scheme:
            named[item.scheme] += item.scheme_weight
    slugs = default_model().schemes
    rules = np.array([min(named.get(slug, 0.0), MOST) for slug in slugs], dtype=np.float32)
    logits = numbers.scheme_sharpness * (views.schemes + numbers.scheme_rules * rules)
    shares = np.exp(logits - logits.max())
    shares *= about / shares.sum()
    named_by_rules = np.flatnonzero(rules >= _NAMED)
    likeliest = np.argsort(-shares, kind="stable")[:_MOST_SHOWN]
    shown = {int(place) for place in likeliest if shares[place] >= _SHOWN}
    while len(shown) + len(set(named_by_rules.tolist()) - shown) > _MOST_SHOWN and len(shown) > 1:
        shown.remove(min(shown, key=lambda place: float(shares[place])))
    chosen = sorted(shown | set(named_by_rules.tolist()), key=lambda place: -float(shares[place]))
    return tuple(
        SchemeScore(slugs[place], round(float(shares[place]), 4)) for place in chosen[:_MOST_SHOWN]
    )


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))
