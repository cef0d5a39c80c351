"""From rules that fired to an outcome and two probabilities. Plain sums of log-odds.

Every number can be recomputed by hand from the reasons of an assessment:

    evidence  = sum of the weights that speak for an illegal text
    against   = sum of the weights of warning, incident, job and harmless signs
    p_illegal = 1 / (1 + exp(-(bias + slope * evidence - against)))

A text that is itself a warning, a victim's story or an ordinary advert keeps ``p_illegal``
below one half, whatever words it repeats: automatic acts rely on it.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tereze.detection.assessment import Outcome, SchemeScore


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted constants, all in log-odds; see ``calibration.toml``."""

    bias: float
    slope: float
    report_bias: float
    report_slope: float


@cache
def calibration() -> Calibration:
    """The constants that ship with the engine."""
    file = Path(__file__).parent / "calibration.toml"
    return Calibration(**tomllib.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One counted sign: what it speaks for, how strongly, and for which scheme."""

    outcome: Outcome
    weight: float
    scheme: str = ""
    scheme_weight: float = 0.0
    quoted: bool = False
    call: bool = False  # the author waits for an answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome, the two probabilities, and schemes, best first."""

    outcome: Outcome
    p_illegal: float
    score: float
    schemes: tuple[SchemeScore, ...]


_NOT_ILLEGAL_CAP = 0.45  # below any threshold that a chat's policy may set
_CLEAR = 3.0  # evidence from which a warning or a victim's story is taken as such
_BEYOND_WARNING = 5.0  # an offer this much stronger than its warning goes to people
_BEYOND_STORY = 7.0  # the same for a victim's story
_DOUBTFUL = 2.5  # evidence from which a person should look
_STORY = 2.0  # a victim's story is worth this much more of the desk's attention than a doubt
_DOUBT = 0.5  # what one unit of doubt is worth as evidence of an illegal text
_JOB = 0.5  # a job is offered by frauds as well: half its weight speaks against
_QUOTED = 0.4  # what a quoted phrase is worth where somebody comments on it
_SHOWN = 0.3  # schemes below this are not named


def judge(evidence: Iterable[Evidence]) -> Verdict:
    """Weigh ``evidence`` (see the module) and decide."""
    items = list(evidence)
    sums = weigh(items)
    numbers = calibration()
    p = _sigmoid(numbers.bias + numbers.slope * sums.offer - sums.against)
    outcome = _outcome(p, sums)
    if outcome is not Outcome.ILLEGAL:
        p = min(p, _NOT_ILLEGAL_CAP)
    score = max(p, _desk_score(outcome, sums))
    return Verdict(outcome, round(p, 4), round(score, 4), _schemes(items))


@dataclass(frozen=True, slots=True)
class Sums:
    """Evidence added up by what it speaks for, all in log-odds."""

    illegal: float
    doubtful: float
    warning: float
    incident: float
    told: float  # the part of ``incident`` that only names what a scheme's victims speak of
    job: float
    harmless: float
    call: bool

    @property
    def offer(self) -> float:
        """All that speaks for an illegal text."""
        return self.illegal + _DOUBT * self.doubtful

    @property
    def against(self) -> float:
        """All that speaks against it."""
        return self.warning + self.incident + self.harmless + _JOB * self.job

    @property
    def offered_anyway(self) -> bool:
        """Whether an offer outweighs the warning or the story around it."""
        if not self.general:
            return self.illegal - self.incident >= _BEYOND_STORY
        return self.call and self.illegal - self.warning >= _BEYOND_WARNING

    @property
    def general(self) -> bool:
        """Whether the text speaks of frauds in general rather than of one that happened."""
        return self.warning > 0 and self.warning > self.incident - self.told

    @property
    def comment(self) -> float:
        """How clearly somebody speaks *about* a fraud."""
        return max(self.warning, self.incident)

    @property
    def look(self) -> float:
        """How much there is for a person to look at."""
        return self.illegal + self.doubtful - 0.5 * (self.job + self.harmless)


def weigh(items: list[Evidence]) -> Sums:
    """Add up what speaks for each outcome."""
    sums: defaultdict[Outcome, float] = defaultdict(float)
    for item in items:
        sums[item.outcome] += item.weight
    warning, incident = sums[Outcome.WARNING_OR_QUOTATION], sums[Outcome.INCIDENT_REPORT]
    commented = warning + incident >= 1.0
    illegal = sum(_worth(e, commented=commented) for e in items if e.outcome is Outcome.ILLEGAL)
    told = sum(e.weight for e in items if e.scheme and e.outcome is Outcome.INCIDENT_REPORT)
    if illegal >= _CLEAR and incident == told:
        incident = told = 0.0  # a scheme's usual words of a story alone excuse no clear offer
    return Sums(
        illegal=illegal,
        doubtful=sums[Outcome.SUSPICIOUS],
        warning=warning,
        incident=incident,
        told=told,
        job=sums[Outcome.JOB_OR_PROMO],
        harmless=sums[Outcome.HARMLESS],
        call=any(item.call for item in items),
    )


def _outcome(p: float, sums: Sums) -> Outcome:
    comment = Outcome.WARNING_OR_QUOTATION if sums.general else Outcome.INCIDENT_REPORT
    if sums.comment >= _CLEAR:
        return Outcome.SUSPICIOUS if sums.offered_anyway else comment
    if p >= 0.5:
        return Outcome.ILLEGAL
    if sums.look >= _DOUBTFUL:
        return Outcome.SUSPICIOUS
    if sums.comment >= 1.5:
        return comment
    return Outcome.JOB_OR_PROMO if sums.job >= 1.5 else Outcome.HARMLESS


def _desk_score(outcome: Outcome, sums: Sums) -> float:
    if outcome is Outcome.WARNING_OR_QUOTATION:
        return 0.05
    numbers = calibration()
    wanted = sums.incident + _STORY if outcome is Outcome.INCIDENT_REPORT else sums.look
    return _sigmoid(numbers.report_bias + numbers.report_slope * wanted)


def _worth(item: Evidence, *, commented: bool) -> float:
    return item.weight * (_QUOTED if item.quoted and commented else 1.0)


def _schemes(items: Iterable[Evidence]) -> tuple[SchemeScore, ...]:
    weights: defaultdict[str, float] = defaultdict(float)
    for item in items:
        if item.scheme:
            weights[item.scheme] += item.scheme_weight
    if not weights:
        return ()
    best = max(weights.values())
    scored = [
        SchemeScore(
            slug, round(_sigmoid(weight - 1.5) * _sigmoid(weight - best + 2.5) / _sigmoid(2.5), 4)
        )
        for slug, weight in weights.items()
    ]
    shown = [item for item in scored if item.score >= _SHOWN]
    return tuple(sorted(shown, key=lambda item: (-item.score, item.slug)))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))
