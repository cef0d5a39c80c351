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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tereze.detection.assessment import Outcome, SchemeScore
from tereze.detection.model import Floats, View, default_model


FILE = Path(__file__).parent / "calibration.toml"
SUMS = ("illegal", "doubtful", "warning", "incident", "told", "job", "harmless")
# a short text has few words for the model: there, rules count more
BRIEF = ("brief", "brief_illegal", "brief_doubtful")
SHORT = 120  # characters; an empty text is wholly brief, one of so many not at all
MOST = 8.0  # rules of one kind together count no more, in log-odds

_NOT_ILLEGAL_CAP = 0.45  # below any threshold that a chat's policy may set
_CLEAR = 3.0  # evidence from which a warning or a story is taken as such unless the whole is sure
_PLAIN, _SHORT, _LITTLE = 4.0, 0.5, 0.5  # what a short text says plainly: see _plain
_RATHER_SHORT, _VERY_WORDS, _CONTRADICTS = 0.3, 5.0, -2.0  # see lifted
_SURE = math.log(0.92 / 0.08)
_HEARD = 1.5  # evidence from which a story or a warning is heard where the model hears nothing
_QUOTED = 0.4  # what a quoted phrase is worth where somebody comments on it
_SHOWN, _MOST_SHOWN = 0.03, 3  # schemes less probable are not named, and no more than so many
_NAMED = 0.5  # a rule's word for a scheme from which it is named whatever the model thinks
_ABOUT_NONE = (Outcome.JOB_OR_PROMO, Outcome.HARMLESS)
_NONE = [tuple(Outcome).index(outcome) for outcome in _ABOUT_NONE]
_RAISED = (Outcome.ILLEGAL, Outcome.SUSPICIOUS)
_OUTCOMES = tuple(Outcome)
_CALM = tuple(outcome for outcome in _OUTCOMES if outcome not in _RAISED)
_ILLEGAL, _DOUBTFUL, _WARNING, _INCIDENT, _TOLD, *_ = range(len(SUMS))
_BRIEF = len(SUMS)
_SILENT = [0.0] * len(SUMS)
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
    views: list[float]
    rules: list[float]
    ordinary: float


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """All that was learned about weighing; see the module and ``calibration.toml``.

    ``weights`` has a column for ``p_illegal``, for ``score``, for what the words bring to
    ``p_illegal`` (brevity of itself goes with the words) and for each outcome, and a row for each
    view and each sign; ``biases`` is what each column begins with.
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
    p_illegal, score = _weighing(data["p_illegal"]), _weighing(data["score"])
    brief = [each if n == _BRIEF else 0.0 for n, each in enumerate(p_illegal.rules)]
    words = Weighing(0.0, p_illegal.views, brief, p_illegal.ordinary)
    outcomes = [_weighing(data["outcomes"][name]) for name in _OUTCOMES]
    answers = [p_illegal, score, words, *outcomes]
    return Calibration(
        p_illegal=p_illegal,
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
        [views[name] for name in default_model().outcomes],
        [rules[name] for name in SUMS + BRIEF],
        row.get("ordinary", 0.0),
    )


def judge(
    found: Sequence[Sequence[Evidence]], views: Sequence[View], lengths: Sequence[int]
) -> list[Verdict]:
    """Weigh what was ``found`` in each text with the model's ``views`` of it; ``lengths`` are in
    characters."""
    numbers = calibration()
    weighed = [_weigh(evidence, length) for evidence, length in zip(found, lengths, strict=True)]
    rows = [view.outcomes + own.signs for view, own in zip(views, weighed, strict=True)]
    answers: list[list[float]] = []
    if rows:
        answers = (np.array(rows) @ numbers.weights + numbers.biases).tolist()
    drafts = list(map(_draft, found, weighed, answers))
    about = [n for n, draft in enumerate(drafts) if draft.about >= _SHOWN or draft.named]
    heard = default_model().schemes_in([views[n].seen for n in about])
    schemes = dict(zip(about, map(_schemes, [drafts[n] for n in about], heard), strict=True))
    return [
        Verdict(draft.outcome, draft.p_illegal, draft.score, schemes.get(n, ()), draft.weights)
        for n, draft in enumerate(drafts)
    ]


def doubted(verdict: Verdict) -> Verdict:
    """The same, for people and not for the machine: what else is said speaks against it."""
    if verdict.outcome is not Outcome.ILLEGAL:
        return verdict
    p_illegal = min(verdict.p_illegal, _NOT_ILLEGAL_CAP)
    return verdict._replace(outcome=Outcome.SUSPICIOUS, p_illegal=p_illegal)


class _Weighed(NamedTuple):
    """What each sign of a text counts, their sums, and these bounded, with how brief it is."""

    worths: list[float]
    sums: list[float]
    signs: list[float]


def _weigh(evidence: Sequence[Evidence], length: int) -> _Weighed:
    if not evidence:
        return _Weighed([], _SILENT, [*_SILENT, max(0.0, 1 - length / SHORT), 0.0, 0.0])
    worth = worths(evidence)
    found = sums(evidence, worth)
    return _Weighed(worth, found, signs(found, length))


class _Draft(NamedTuple):
    """A verdict without its schemes: what is the probability that it is ``about`` any, and what
    rules say for each that is ``named``, by its column."""

    outcome: Outcome
    p_illegal: float
    score: float
    weights: tuple[float, ...]
    about: float
    named: dict[int, float]


def _draft(evidence: Sequence[Evidence], own: _Weighed, answer: list[float]) -> _Draft:
    """``answer`` has what the columns of :attr:`Calibration.weights` say."""
    numbers = calibration()
    lift = lifted(answer[0], own.signs)
    logit, likely = answer[0] + lift, answer[3:]
    outcome = _outcome(logit, numbers.flagged_from, likely, own.signs)
    p = _sigmoid(logit)
    if outcome is not Outcome.ILLEGAL:
        p = min(p, _NOT_ILLEGAL_CAP)
    score = max(p, _sigmoid(answer[1]))
    about = _about_a_scheme(likely) if outcome in _ABOUT_NONE else 1.0
    weights = _weights(evidence, own, numbers.p_illegal) if evidence else []
    if lift:
        loudest = weights.index(max(weights))
        weights[loudest] = round(weights[loudest] + lift, 4)
    weights.append(round(answer[2], 4))
    named = _named(evidence) if evidence else {}
    return _Draft(outcome, round(p, 4), round(score, 4), tuple(weights), about, named)


def lifted(logit: float, signed: Sequence[float]) -> float:
    """What a brief text gains that says the very words of rules, where nothing speaks against them
    and its other words do not contradict: such texts are illegal in at least nine of ten cases
    (``bench/train.py`` counts them among texts that neither rules nor model had seen), however
    few words the model has to listen to."""
    brief, against = signed[_BRIEF], sum(signed[_WARNING:_BRIEF])
    very_words = brief >= _RATHER_SHORT and signed[_ILLEGAL] >= _VERY_WORDS and against <= _LITTLE
    return max(0.0, _SURE - logit) if very_words and logit >= _CONTRADICTS else 0.0


def worths(evidence: Sequence[Evidence]) -> list[float]:
    """What each sign counts: less in quotation marks where somebody comments, and nothing where
    only a scheme's usual words of a story stand beside a clear offer."""
    worth = [item.weight for item in evidence]
    if len(evidence) < 2:
        return worth
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


def signs(raw: Sequence[float], length: int) -> list[float]:
    """The rules' sums, bounded, and how brief the text is: what every answer weighs."""
    bounded = [min(each, MOST) for each in raw] if max(raw) > MOST else raw
    brief = max(0.0, 1 - length / SHORT)
    return [*bounded, brief, brief * bounded[_ILLEGAL], brief * bounded[_DOUBTFUL]]


def _sum_of(item: Evidence) -> int:
    told = item.scheme and item.outcome is Outcome.INCIDENT_REPORT
    return _TOLD if told else _SUM_OF[item.outcome]


def _outcome(
    logit: float, flagged_from: float, likely: Sequence[float], signed: Sequence[float]
) -> Outcome:
    """``likely`` are the log-odds of each outcome."""
    told, warned = signed[_INCIDENT] + signed[_TOLD], signed[_WARNING]
    if logit >= flagged_from and _likeliest(likely, _OUTCOMES) is not Outcome.INCIDENT_REPORT:
        enough = _SURE if told + warned >= _CLEAR else 0.0
        return Outcome.ILLEGAL if logit >= enough else Outcome.SUSPICIOUS
    if _plain(signed):
        return Outcome.SUSPICIOUS
    best = _likeliest(likely[-len(_CALM) :], _CALM)
    if told >= _CLEAR and told > warned and best is Outcome.WARNING_OR_QUOTATION:
        return Outcome.INCIDENT_REPORT
    if max(told, warned) >= _HEARD and best in _ABOUT_NONE:
        return Outcome.INCIDENT_REPORT if told >= warned else Outcome.WARNING_OR_QUOTATION
    return best


def _plain(signed: Sequence[float]) -> bool:
    """Whether a short text says the very words of a rule and nothing that speaks against them."""
    against = sum(signed[_WARNING:_BRIEF])
    return signed[_BRIEF] >= _SHORT and signed[_ILLEGAL] >= _PLAIN and against <= _LITTLE


def _likeliest(likely: Sequence[float], outcomes: Sequence[Outcome]) -> Outcome:
    return outcomes[likely.index(max(likely))]


def _weights(evidence: Sequence[Evidence], own: _Weighed, weighing: Weighing) -> list[float]:
    """Each sign's part of the weighed sum."""
    weights = []
    for item, counted in zip(evidence, own.worths, strict=True):
        kind = _sum_of(item)
        each = weighing.rules[kind]
        if kind in (_ILLEGAL, _DOUBTFUL):
            each += own.signs[_BRIEF] * weighing.rules[_BRIEF + 1 + kind]
        if own.sums[kind] > MOST:
            each *= MOST / own.sums[kind]
        weights.append(round(each * counted, 4))
    return weights


class _Candidate(NamedTuple):
    """A scheme that may be told: how probable it is, its column, and whether rules name it."""

    share: float
    column: int
    named: bool


def _named(evidence: Sequence[Evidence]) -> dict[int, float]:
    """What rules say for each scheme, by its column."""
    columns = default_model().scheme_column
    named: dict[int, float] = {}
    for item in evidence:
        column = columns.get(item.scheme, -1)
        if column >= 0:
            named[column] = min(MOST, named.get(column, 0.0) + item.scheme_weight)
    return named


def _schemes(draft: _Draft, heard: list[float]) -> tuple[SchemeScore, ...]:
    """What a text is about: schemes with their probabilities, best first. Where it is about none
    and no rule names one, none is asked for: no scheme is more probable than that there is any."""
    model, numbers = default_model(), calibration()
    for column, weight in draft.named.items():
        heard[column] += numbers.scheme_rules * weight
    sharpness, most = numbers.scheme_sharpness, max(heard)
    shares = [math.exp(sharpness * (each - most)) for each in heard]
    share = draft.about / sum(shares)
    named = {column for column, weight in draft.named.items() if weight >= _NAMED}
    candidates = [
        _Candidate(each * share, column, column in named)
        for column, each in enumerate(shares)
        if each * share >= _SHOWN or column in named
    ]
    return tuple(
        [
            SchemeScore(model.schemes[column], round(share, 4))
            for share, column, _ in _chosen(candidates)
        ]
    )


def _chosen(candidates: list[_Candidate]) -> list[_Candidate]:
    """Those that are told: the likeliest, but each that rules name before any that they do not,
    save the very likeliest."""
    if len(candidates) < 2:
        return candidates
    ranked = sorted(candidates, key=lambda each: -each.share)
    kept = [each for each in ranked[:_MOST_SHOWN] if each.share >= _SHOWN]
    named = len([each for each in ranked if each.named])
    while len(kept) > 1 and named + len([e for e in kept if not e.named]) > _MOST_SHOWN:
        kept.pop()
    return [each for each in ranked if each.named or each in kept][:_MOST_SHOWN]


def _about_a_scheme(likely: Sequence[float]) -> float:
    """The probability that a text commits, tells or warns of a fraud at all."""
    most = max(likely)
    shares = [math.exp(value - most) for value in likely]
    return 1 - sum([shares[place] for place in _NONE]) / sum(shares)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))
