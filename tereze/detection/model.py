"""The learned model: linear, over the features of :mod:`tereze.detection.features`.

    view = bias + sum of the weights of a text's features / sqrt(number of features)

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
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tereze.detection.features import Features, features


FILE = Path(__file__).parent / "model.npz"
FEWEST = 20  # a short text says little: it is weighed as if it had so many features
MOST = 4.0  # no view is stronger than this, in log-odds of the training texts
SCHEME_SHIFT = 4  # schemes are told by 16 times fewer buckets than outcomes


Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Views:
    """What the model thinks of some texts, a row for each.

    ``outcomes`` has a column for each name of :attr:`Model.outcomes`, in log-odds; ``schemes`` for
    each of :attr:`Model.schemes`. ``features`` is what was seen of them.
    """

    outcomes: Floats
    schemes: Floats
    features: Features


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
        """Read folded texts; in batches it is many times faster than one by one."""
        found = features(folded)
        total = self._added_up(found) / _sizes(found)[:, None]
        known = len(self.outcomes)
        outcomes = total[:, :known] * self.outcome_scales + self.outcome_biases
        schemes = total[:, known:] * self.scheme_scales + self.scheme_biases
        return Views(bounded(outcomes), schemes, found)

    def speaking(
        self, found: Features, chosen: Sequence[int], coefficients: Sequence[float]
    ) -> Iterator[list[Voice]]:
        """What the words and expressions of each of the ``chosen`` texts say, as ``coefficients``
        weigh the views, from the one that says least to the one that says most."""
        sizes = _sizes(found)
        for n in chosen:
            mine = slice(None) if found.texts == 1 else (found.owner == n).nonzero()[0]
            each = (self.outcome_weights[found.bucket[mine]] * self.outcome_scales) @ coefficients
            weights = (each * found.value[mine] / sizes[n]).tolist()
            places = [*zip(found.start[mine].tolist(), found.end[mine].tolist(), strict=True)]
            said = dict.fromkeys(places, 0.0)
            for place, weight in zip(places, weights, strict=True):
                said[place] += weight
            yield sorted([Voice(weight, *place) for place, weight in said.items()])

    def _added_up(self, found: Features) -> Floats:
        """Sums of the weights of each text's features, those of outcomes before those of schemes.

        Whole numbers become fractions text by text: all at once they overflow the cache.
        """
        order = found.owner.argsort(kind="stable")
        bucket, values = found.bucket[order], found.value[order].astype(np.float64)
        outcomes = self.outcome_weights.take(bucket, axis=0)
        schemes = self.scheme_weights.take(bucket >> SCHEME_SHIFT, axis=0)
        rows = np.concatenate((outcomes, schemes), axis=1)
        ends = found.owner[order].searchsorted(range(found.texts), "right").tolist()
        total = [values[a:b] @ rows[a:b].astype(np.float64) for a, b in pairwise([0, *ends])]
        return np.array(total).reshape(found.texts, rows.shape[1])


def bounded(views: Floats) -> Floats:
    """Views that come near :data:`MOST` and never reach it: being surer than that says nothing
    about texts that were not learned from."""
    return MOST * np.tanh(views / MOST)


def _sizes(found: Features) -> Floats:
    return np.sqrt(np.maximum(FEWEST, np.bincount(found.owner, minlength=found.texts)))


@cache
def default_model() -> Model:
    """The model that ships with the engine, read once when it is first needed."""
    with np.load(FILE, allow_pickle=False) as data:
        return Model(
            outcomes=tuple(data["outcomes"].tolist()),
            outcome_weights=data["outcome_weights"],
            outcome_scales=data["outcome_scales"].astype(np.float64),
            outcome_biases=data["outcome_biases"].astype(np.float64),
            schemes=tuple(data["schemes"].tolist()),
            scheme_weights=data["scheme_weights"],
            scheme_scales=data["scheme_scales"].astype(np.float64),
            scheme_biases=data["scheme_biases"].astype(np.float64),
            version=str(data["version"]),
        )
