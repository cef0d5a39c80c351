"""Statistics of judged texts: intervals, recall at few false alarms, precision, calibration."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


BASE_RATE = 0.01  # the share of illegal texts in a city chat that probabilities are stated for
_Z = 1.959964  # of the normal distribution, for intervals of 95 %
_BINS = 15

Interval = tuple[float, float]


def wilson(part: int, whole: int) -> Interval:
    """The 95 % interval of the share ``part / whole``; (0, 1) of nothing.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22, 1927. It holds for shares near 0 and 1 as well.
    """
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    half = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = ((middle + sign * half) / (1 + square / whole) for sign in (-1, 1))
    return max(0.0, low) if part else 0.0, min(1.0, high) if part < whole else 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``, with its interval."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share itself; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval:
        """Its 95 % interval."""
        return wilson(self.part, self.whole)


def threshold_for(negatives: Sequence[float], share: float) -> float:
    """The number that at most ``share`` (0 to 1) of ``negatives`` exceed; below 0 without any."""
    allowed = int(share * len(negatives) + 1e-9)
    return sorted(negatives, reverse=True)[allowed] if allowed < len(negatives) else -1.0


def above(values: Sequence[float], threshold: float) -> Share:
    """How many of ``values`` exceed ``threshold``."""
    return Share(len(values) - bisect_right(sorted(values), threshold), len(values))


def precision(recall: Share, false_alarms: Share, base_rate: float = BASE_RATE) -> Sequence[float]:
    """Precision where ``base_rate`` of the texts are illegal, then its lowest and highest value.

    By Bayes' rule; the bounds join the unlucky, and the lucky, ends of both intervals, so that
    they cover at least 95 %.
    """
    (low, high), (least, most) = recall.interval, false_alarms.interval
    pairs = ((recall.value or 0.0, false_alarms.value or 0.0), (low, most), (high, least))
    return [_bayes(found, false, base_rate) for found, false in pairs]


def _bayes(found: float, false: float, base_rate: float) -> float:
    right = base_rate * found
    said = right + (1 - base_rate) * false
    return right / said if said else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of which nearly the same probability was said.

    said: its mean; seen: the share of positives, with its interval; weight: the share of all
    texts that lies here, all at the base rate; n: texts.
    """

    said: float
    seen: float
    interval: Interval
    weight: float
    n: int


def calibration_bins(
    judged: Iterable[tuple[float, bool]], base_rate: float = BASE_RATE, bins: int = _BINS
) -> list[Bin]:
    """What was said against what was seen, in ``bins`` parts of about as many texts each.

    judged: probability, and whether the text is positive. A labelled set has far more positives
    than a city chat, so each text is weighed as if ``base_rate`` were positive. Equal parts
    rather than equal steps, since most texts lie near 0: J. Nixon et al., "Measuring calibration
    in deep learning", CVPR Workshops 2019. Texts of one probability stay together. Nothing where
    positives or negatives are missing.
    """
    pairs = sorted(judged)
    positives = sum(positive for _, positive in pairs)
    if not 0 < positives < len(pairs):
        return []
    weights = {True: base_rate / positives, False: (1 - base_rate) / (len(pairs) - positives)}
    found: list[Bin] = []
    part: list[tuple[float, bool]] = []
    for _, same in groupby(pairs, key=lambda pair: pair[0]):
        part += same
        if len(part) >= len(pairs) / bins:
            found.append(_bin(part, weights))
            part = []
    return [*found, _bin(part, weights)] if part else found


def _bin(part: list[tuple[float, bool]], weights: dict[bool, float]) -> Bin:
    weight = math.fsum(weights[positive] for _, positive in part)
    said = math.fsum(p * weights[positive] for p, positive in part) / weight
    count = sum(positive for _, positive in part)

    def at_base_rate(share: float) -> float:
        right, wrong = share * weights[True], (1 - share) * weights[False]
        return right / (right + wrong)

    low, high = wilson(count, len(part))
    interval = at_base_rate(low), at_base_rate(high)
    return Bin(said, at_base_rate(count / len(part)), interval, weight, len(part))


def calibration_error(bins: Iterable[Bin]) -> float:
    """Expected calibration error: the mean distance of said and seen, by weight.

    M. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015.
    """
    return math.fsum(part.weight * abs(part.said - part.seen) for part in bins)
