"""The learned model: linear, over the features of :mod:`tereze.detection.features`.

    view = bias + sum of the weights of a text's features / sqrt(number of features)

There is one such view for every outcome (is this text itself illegal? a warning? a story? …),
one for whether the desk should look, and one for every scheme. ``scoring`` weighs the views
together with the rules. Weights are whole numbers from -127 to 127 and a scale for each view:
the file is small, and everything in it can be summed by hand. ``bench/train.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tereze.detection.features import Features, features


FILE = Path(__file__).parent / "model.npz"
FEWEST = 20  # a short text says little: it is weighed as if it had so many features
MOST = 4.0  # no view is stronger than this, in log-odds of the training texts
SCHEME_SHIFT = 5  # schemes are told by 32 times fewer buckets than outcomes


Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Views:
    """What the model thinks of one text.

    ``outcomes`` has a view for each name of :attr:`Model.outcomes`, in log-odds; ``schemes`` for
    each of :attr:`Model.schemes`.
    """

    outcomes: Floats
    schemes: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """Weights by bucket; ``outcomes`` and ``schemes`` name the columns."""

    outcomes: tuple[str, ...]
    outcome_weights: npt.NDArray[np.int8]
    outcome_scales: Floats
    outcome_biases: Floats
    schemes: tuple[str, ...]
    scheme_weights: npt.NDArray[np.int8]
    scheme_scales: Floats
    scheme_biases: Floats
    version: str

    def views(self, folded: Sequence[str]) -> list[Views]:
        """Read folded texts; in batches it is many times faster than one by one."""
        found = features(folded)
        outcomes = _weigh(found, self.outcome_weights, found.bucket)
        schemes = _weigh(found, self.scheme_weights, found.bucket >> SCHEME_SHIFT)
        outcomes = bounded(outcomes * self.outcome_scales + self.outcome_biases)
        schemes = schemes * self.scheme_scales + self.scheme_biases
        return [Views(*pair) for pair in zip(outcomes, schemes, strict=True)]

    def speaking(self, folded: str, coefficients: Floats) -> list[tuple[float, int, int]]:
        """Weight and place of each word or expression, as ``coefficients`` weigh the views."""
        found = features([folded])
        each = (self.outcome_weights[found.bucket] * self.outcome_scales) @ coefficients
        each *= found.value
        each /= np.sqrt(max(FEWEST, len(found.bucket)))
        places: dict[tuple[int, int], float] = {}
        for weight, start, end in zip(
            each.tolist(), found.start.tolist(), found.end.tolist(), strict=True
        ):
            places[start, end] = places.get((start, end), 0.0) + weight
        return sorted((weight, start, end) for (start, end), weight in places.items())


def bounded(views: Floats) -> Floats:
    """Views that come near :data:`MOST` and never reach it: being surer than that says nothing
    about texts that were not learned from."""
    return MOST * np.tanh(views / MOST)


def _weigh(found: Features, weights: npt.NDArray[np.int8], bucket: npt.NDArray[np.int64]) -> Floats:
    """Sums of ``weights`` by text, over the root of how many features it has."""
    counts = np.bincount(found.owner, minlength=found.texts)
    rows = weights[bucket] * found.value[:, None]
    total = np.zeros((found.texts, weights.shape[1]), dtype=np.float32)
    for column in range(weights.shape[1]):
        total[:, column] = np.bincount(found.owner, rows[:, column], found.texts)
    sizes = np.sqrt(np.maximum(FEWEST, counts)).astype(np.float32)
    return np.divide(total, sizes[:, None])


@cache
def default_model() -> Model:
    """The model that ships with the engine, read once when it is first needed."""
    with np.load(FILE, allow_pickle=False) as data:
        return Model(
            outcomes=tuple(data["outcomes"].tolist()),
            outcome_weights=data["outcome_weights"],
            outcome_scales=data["outcome_scales"],
            outcome_biases=data["outcome_biases"],
            schemes=tuple(data["schemes"].tolist()),
            scheme_weights=data["scheme_weights"],
            scheme_scales=data["scheme_scales"],
            scheme_biases=data["scheme_biases"],
            version=str(data["version"]),
        )
