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

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

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
_RAISED = (Outcome.ILLEGAL, Outcome.SUSPICIOUS)
_OUTCOMES = tuple(Outcome)
_CALM = tuple(outcome for outcome in _OUTCOMES if outcome not in _RAISED)
_ILLEGAL, _DOUBTFUL, _WARNING, _INCIDENT, _TOLD, *_ = range(len(SUMS))
_SUM_OF = {
    Outcome.ILLEGAL: _ILLEGAL,
    Outcome.SUSPICIOUS: _DOUBTFUL,
    Outcome.WARNING_OR_QUOTATION: _WARNING,
    Outcome.INCIDENT_REPORT: _INCIDENT,
    Outcome.JOB_OR_PROMO: SUMS.index("job"),
    Outcome.HARMLESS: SUMS.index("harmless"),
}


class Evidence(NamedTuple):
    """One counted sign: what it speaks for, how strongly, and for which scheme."""

    outcome: Outcome
    weight: float
    scheme: str = ""
    scheme_weight: float = 0.0
    quoted: bool = False


class Verdict(NamedTuple):
    """Outcome, the two probabilities, and schemes, best first.

    ``weights`` says for each given evidence, and last for the model, what it brought to
    ``p_illegal``, in log-odds.
    """

    outcome: Outcome
    p_illegal: float
    score: float
    schemes: tuple[SchemeScore, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Weighing:
    """How one answer weighs the model's views and the rules' signs, in their fixed order.

    ``ordinary`` is what the words of an ordinary text bring: they count from there.
    """

    bias: float
    views: Floats
    rules: Floats
    ordinary: float


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """All that was learned about weighing; see the module and ``calibration.toml``.

    ``weights`` has a column for ``p_illegal``, for ``score`` and for each outcome, and a row for
    each view and each sign; ``biases`` is what each answer begins with.
    """

    p_illegal: Weighing
    weights: Floats
    biases: Floats
    flagged_from: float  # log-odds of an illegal text from which people should look
    scheme_rules: float
    scheme_sharpness: float


@cache
def calibration() -> Calibration:
    """The constants that ship with the engine."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rows = [data["p_illegal"], data["score"], *(data["outcomes"][name] for name in _OUTCOMES)]
    answers = [_weighing(row) for row in rows]
    return Calibration(
        p_illegal=answers[0],
        weights=np.array([[*answer.views, *answer.rules] for answer in answers]).T,
        biases=np.array([answer.bias - answer.ordinary for answer in answers]),
        flagged_from=data["flagged_from"],
        scheme_rules=data["schemes"]["rules"],
        scheme_sharpness=data["schemes"]["sharpness"],
    )


def _weighing(row: Mapping[str, Any]) -> Weighing:
    views, rules = row["views"], row["rules"]
    return Weighing(
        row["bias"],
        np.array([views[name] for name in default_model().outcomes]),
        np.array([rules[name] for name in SUMS + BRIEF]),
        row.get("ordinary", 0.0),
    )


def judge(
    found: Sequence[Sequence[Evidence]], views: Views, lengths: Sequence[int]
) -> list[Verdict]:
    """Weigh what was ``found`` in each text with the model's ``views`` of it; ``lengths`` are in
    characters."""
    numbers = calibration()
    counted = [worths(evidence) for evidence in found]
    raw = [sums(evidence, worth) for evidence, worth in zip(found, counted, strict=True)]
    signs_ = signs(raw, lengths)
    logits = np.hstack([views.outcomes, signs_]) @ numbers.weights + numbers.biases
    outcomes = list(_outcomes(logits, signs_, numbers.flagged_from))
    schemes = _schemes(found, outcomes, views, logits[:, 2:])
    weighing = numbers.p_illegal
    brevity = signs_[:, len(SUMS)]
    words = views.outcomes @ weighing.views - weighing.ordinary
    words += brevity * weighing.rules[len(SUMS)]
    p, desk = (1 / (1 + np.exp(-np.clip(logits[:, :2], -40, 40)))).T
    p = np.where([o is Outcome.ILLEGAL for o in outcomes], p, np.minimum(p, _NOT_ILLEGAL_CAP))
    score = np.maximum(p, desk)
    return [
        Verdict(
            outcome,
            round(p_illegal, 4),
            round(for_desk, 4),
            named,
            (*_weights(evidence, worth, own, brief, weighing), round(model, 4)),
        )
        for outcome, p_illegal, for_desk, named, evidence, worth, own, brief, model in zip(
            outcomes,
            p.tolist(),
            score.tolist(),
            schemes,
            found,
            counted,
            raw,
            brevity.tolist(),
            words.tolist(),
            strict=True,
        )
    ]


def worths(evidence: Sequence[Evidence]) -> list[float]:
    """What each sign counts: less in quotation marks where somebody comments, and nothing where
    only a scheme's usual words of a story stand beside a clear offer."""
    worth = [item.weight for item in evidence]
    told = [n for n, item in enumerate(evidence) if item.outcome is Outcome.INCIDENT_REPORT]
    offers = [n for n, item in enumerate(evidence) if item.outcome is Outcome.ILLEGAL]
    if any(evidence[n].quoted for n in offers):
        comments = (Outcome.WARNING_OR_QUOTATION, Outcome.INCIDENT_REPORT)
        if sum(item.weight for item in evidence if item.outcome in comments) >= 1.0:
            for place in offers:
                worth[place] *= _QUOTED if evidence[place].quoted else 1.0
    if told and sum(worth[n] for n in offers) >= _CLEAR and all(evidence[n].scheme for n in told):
        for place in told:
            worth[place] = 0.0
    return worth


def sums(evidence: Sequence[Evidence], worth: Sequence[float]) -> list[float]:
    """What the rules say, added up in the order of :data:`SUMS`, in log-odds."""
    found = [0.0] * len(SUMS)
    for item, counted in zip(evidence, worth, strict=True):
        found[_sum_of(item)] += counted
    return found


def signs(raw: Sequence[Sequence[float]], lengths: Sequence[int]) -> Floats:
    """The rules' sums of each text, bounded, and how brief it is: what every answer weighs."""
    bounded = np.minimum(np.array(raw).reshape(-1, len(SUMS)), MOST)
    brief = np.maximum(0.0, 1 - np.array(lengths) / SHORT)[:, None]
    return np.hstack([bounded, brief, brief * bounded[:, :2]])


def _sum_of(item: Evidence) -> int:
    told = item.scheme and item.outcome is Outcome.INCIDENT_REPORT
    return _TOLD if told else _SUM_OF[item.outcome]


def _outcomes(logits: Floats, signs_: Floats, flagged_from: float) -> Iterator[Outcome]:
    """The outcome of each text; columns of ``logits`` as in :class:`Calibration`."""
    likely = logits[:, 2:]
    best = likely.argmax(axis=1).tolist()
    calm = likely[:, len(_RAISED) :].argmax(axis=1).tolist()
    told = (signs_[:, _INCIDENT] + signs_[:, _TOLD]).tolist()
    warned = signs_[:, _WARNING].tolist()
    for logit, *row in zip(logits[:, 0].tolist(), best, calm, told, warned, strict=True):
        yield _outcome(logit, flagged_from, *row)


def _outcome(
    logit: float, flagged_from: float, best: int, calm: int, told: float, warned: float
) -> Outcome:
    """``best`` and ``calm`` are the most likely outcome of all and of the calm ones; ``told`` and
    ``warned`` how clearly somebody tells what happened, and how clearly somebody warns."""
    if logit >= flagged_from and _OUTCOMES[best] is not Outcome.INCIDENT_REPORT:
        return Outcome.ILLEGAL if logit >= 0 and told + warned < _CLEAR else Outcome.SUSPICIOUS
    chosen = _CALM[calm]
    if told >= _CLEAR and told > warned and chosen is Outcome.WARNING_OR_QUOTATION:
        return Outcome.INCIDENT_REPORT
    if max(told, warned) >= _HEARD and chosen in _ABOUT_NONE:
        return Outcome.INCIDENT_REPORT if told >= warned else Outcome.WARNING_OR_QUOTATION
    return chosen


def _weights(
    evidence: Sequence[Evidence],
    worth: Sequence[float],
    raw: Sequence[float],
    brief: float,
    weighing: Weighing,
) -> Iterator[float]:
    """Each sign's part of the weighed sum; brevity of itself goes with the words."""
    for item, counted in zip(evidence, worth, strict=True):
        kind = _sum_of(item)
        each = float(weighing.rules[kind])
        if kind in {_ILLEGAL, _DOUBTFUL}:
            each += brief * float(weighing.rules[len(SUMS) + 1 + kind])
        yield round(each * min(1.0, MOST / raw[kind] if raw[kind] > 0 else 1.0) * counted, 4)


def _schemes(
    found: Sequence[Sequence[Evidence]], outcomes: Sequence[Outcome], views: Views, likely: Floats
) -> list[tuple[SchemeScore, ...]]:
    """What each text is about: schemes with their probabilities, best first."""
    numbers, model = calibration(), default_model()
    rules = np.zeros_like(views.schemes)
    for row, evidence in enumerate(found):
        for item in evidence:
            if item.scheme in model.scheme_column:
                rules[row, model.scheme_column[item.scheme]] += item.scheme_weight
    rules = np.minimum(rules, MOST)
    logits = numbers.scheme_sharpness * (views.schemes + numbers.scheme_rules * rules)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares *= (_about_a_scheme(outcomes, likely) / shares.sum(axis=1))[:, None]
    named = rules >= _NAMED
    rows, columns = np.nonzero(named | (shares >= _SHOWN))
    by_row = defaultdict(list)
    for row, candidate in zip(
        rows.tolist(),
        zip(
            shares[rows, columns].tolist(),
            columns.tolist(),
            named[rows, columns].tolist(),
            strict=True,
        ),
        strict=True,
    ):
        by_row[row].append(candidate)
    return [
        tuple(
            SchemeScore(model.schemes[column], round(share, 4))
            for share, column in _chosen(by_row[row])
        )
        if row in by_row
        else ()
        for row in range(len(found))
    ]


def _chosen(candidates: list[tuple[float, int, bool]]) -> list[tuple[float, int]]:
    """Shares and columns of the schemes that are told: the likeliest, but each one that rules
    name before any that they do not, save the very likeliest."""
    ranked = sorted(candidates, key=lambda each: -each[0])
    kept = [each for each in ranked[:_MOST_SHOWN] if each[0] >= _SHOWN]
    named = sum(by_rules for _, _, by_rules in ranked)
    while len(kept) > 1 and named + sum(not by_rules for *_, by_rules in kept) > _MOST_SHOWN:
        kept.pop()
    shown = [each for each in ranked if each[2] or each in kept]
    return [(share, column) for share, column, _ in shown[:_MOST_SHOWN]]


def _about_a_scheme(outcomes: Sequence[Outcome], likely: Floats) -> Floats:
    """The probability that a text commits, tells or warns of a fraud at all: where that is not
    its outcome, it may still be."""
    shares = np.exp(likely - likely.max(axis=1, keepdims=True))
    none = [_OUTCOMES.index(outcome) for outcome in _ABOUT_NONE]
    about: Floats = 1 - shares[:, none].sum(axis=1) / shares.sum(axis=1)
    return np.where([outcome in _ABOUT_NONE for outcome in outcomes], about, 1.0)
