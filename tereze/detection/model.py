"""The learned model: linear, over the words and concepts of :mod:`tereze.detection.features` and
the runs of letters of :mod:`tereze.detection.letters`.

    view = bias + sum of the weights of a text's features / sqrt(number of features)
                + sum of the weights of its runs / sqrt(number of runs)

Schemes are told by the features alone.

There is one such view for every outcome (is this text itself illegal? a warning? a story? …),
one for whether the desk should look, and one for every scheme. ``scoring`` weighs the views
together with the rules. Weights are whole numbers from -127 to 127 and a scale for each view:
the file is small, and everything in it can be summed by hand. ``bench/train.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tereze.detection.features import Features, features
from tereze.detection.letters import LENGTHS, runs


FILE = Path(__file__).parent / "model.npz"
FEWEST = 20  # a short text says little: it is weighed as if it had so many features
MOST = 4.0  # no view is stronger than this, in log-odds of the training texts
SCHEME_SHIFT = 4  # schemes are told by 16 times fewer buckets than outcomes


Floats = npt.NDArray[np.float64]


class Views(NamedTuple):
    """What the model thinks of some texts, a row for each.

    ``outcomes`` has a column for each name of :attr:`Model.outcomes`, in log-odds; ``schemes`` for
    each of :attr:`Model.schemes`.
    """

    outcomes: Floats
    schemes: Floats


class Voice(NamedTuple):
    """What a word or an expression says, and its place in the folded text."""

    weight: float
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Model:
    """Weights by bucket; ``outcomes`` and ``schemes`` name the columns."""

    outcomes: tuple[str, ...]
    outcome_weights: npt.NDArray[np.int8]
    outcome_scales: Floats
    outcome_biases: Floats
    letter_weights: npt.NDArray[np.int8]
    letter_scales: Floats
    schemes: tuple[str, ...]
    scheme_weights: npt.NDArray[np.int8]
    scheme_scales: Floats
    scheme_biases: Floats
    version: str

    @cached_property
    def scheme_column(self) -> dict[str, int]:
        """Which column is whose."""
        return {slug: column for column, slug in enumerate(self.schemes)}

    def views(self, folded: Sequence[str]) -> Views:
        """Read folded texts."""
        found = features(folded, places=False)
        total = self._added_up(found)
        known = len(self.outcomes)
        views = total * self._scales + self._biases
        views[:, :known] += self._added_up_letters(folded)
        return Views(bounded(views[:, :known]), views[:, known:])

    @cached_property
    def _scales(self) -> Floats:
        return np.concatenate((self.outcome_scales, self.scheme_scales))

    @cached_property
    def _biases(self) -> Floats:
        return np.concatenate((self.outcome_biases, self.scheme_biases))

    def speaking(
        self, folded: Sequence[str], coefficients: Sequence[float]
    ) -> Iterator[list[Voice]]:
        """What the words and expressions of each of the folded texts say, as ``coefficients``
        weigh the views, from the one that says least to the one that says most; runs of letters
        speak for the words that they are of."""
        found = features(folded)
        by_letters = self._letters_say(folded, coefficients)
        each = (self.outcome_weights[found.bucket] * self.outcome_scales) @ coefficients
        spoken = (each * found.value).tolist()
        bounds = pairwise([0, *found.ends])
        for (a, b), words, letters in zip(bounds, found.words, by_letters, strict=True):
            said = dict.fromkeys(found.places[a:b], 0.0)
            size = _size(b - a)
            for place, weight in zip(found.places[a:b], spoken[a:b], strict=True):
                said[place] += weight / size
            spans = found.places[a : a + words]
            borders = [0.0, *(letters[start] for start, _ in spans[1:]), letters[-1]]
            for span, (before, behind) in zip(spans, pairwise(borders), strict=False):
                said[span] += behind - before
            yield sorted([Voice(weight, *place) for place, weight in said.items()])

    def _letters_say(
        self, folded: Sequence[str], coefficients: Sequence[float]
    ) -> Iterator[list[float]]:
        """What the letters of each text say, added up to before each of them, and last all."""
        found = runs(folded)
        each = (self.letter_weights[found.bucket] * self.letter_scales) @ coefficients
        for a, b in found.bounds:
            rows = zip(each[:, a:b], LENGTHS, strict=True)
            spread = [np.convolve(row, np.full(n, 1 / n))[: b - a] for row, n in rows]
            said = [*np.cumsum(sum(spread)), each[:, a:b].sum()]
            yield (np.array(said) / _size(len(LENGTHS) * (b - a))).tolist()

    def _added_up_letters(self, folded: Sequence[str]) -> Floats:
        """What the runs of letters say for each outcome."""
        found = runs(folded)
        bounds = np.array(found.bounds, dtype=np.int64).reshape(-1, 2)
        total = np.zeros((len(folded), len(self.outcomes)), dtype=np.int64)
        for bucket in found.bucket if len(folded) else ():
            weights = self.letter_weights.take(bucket, axis=0)
            total += np.add.reduceat(weights, bounds.ravel(), axis=0, dtype=np.int32)[::2]
        sizes = np.sqrt(np.maximum(FEWEST, len(LENGTHS) * (bounds[:, 1] - bounds[:, 0])))
        added: Floats = total * self.letter_scales / sizes[:, None]
        return added

    def _added_up(self, found: Features) -> Floats:
        """Sums of the weights of each text's features, those of outcomes before those of schemes.

        Whole numbers become fractions text by text: all at once they overflow the cache.
        """
        outcomes = self.outcome_weights.take(found.bucket, axis=0)
        schemes = self.scheme_weights.take(found.bucket >> SCHEME_SHIFT, axis=0)
        rows = np.concatenate((outcomes, schemes), axis=1)
        total = np.empty((found.texts, rows.shape[1]))
        a = 0
        for n, b in enumerate(found.ends):
            total[n] = found.value[a:b] @ rows[a:b].astype(np.float64)
            total[n] /= _size(b - a)
            a = b
        return total


def bounded(views: Floats) -> Floats:
    """Views that come near :data:`MOST` and never reach it: being surer than that says nothing
    about texts that were not learned from."""
    return MOST * np.tanh(views / MOST)


def _size(number: int) -> float:
    return sqrt(max(FEWEST, number))


@cache
def default_model() -> Model:
    """The model that ships with the engine, read once when it is first needed."""
    with np.load(FILE, allow_pickle=False) as data:
        return Model(
            outcomes=tuple(data["outcomes"].tolist()),
            outcome_weights=data["outcome_weights"],
            outcome_scales=data["outcome_scales"].astype(np.float64),
            outcome_biases=data["outcome_biases"].astype(np.float64),
            letter_weights=data["letter_weights"],
            letter_scales=data["letter_scales"].astype(np.float64),
            schemes=tuple(data["schemes"].tolist()),
            scheme_weights=data["scheme_weights"],
            scheme_scales=data["scheme_scales"].astype(np.float64),
            scheme_biases=data["scheme_biases"].astype(np.float64),
            version=str(data["version"]),
        )
