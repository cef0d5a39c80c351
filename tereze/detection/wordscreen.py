"""The word model's score alone, fast: most texts are far below what anybody notices.

:class:`Screen` gives exactly the number of :meth:`WordModel.opinion` and neither places nor
schemes; the engine asks the model itself only where the number matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, pairwise
from operator import attrgetter
from typing import NamedTuple

from tereze.detection import wordmodel
from tereze.detection.wordmodel import WordModel, default_model


_features, _heads, _plain = attrgetter("features"), attrgetter("heads"), attrgetter("plain")


class Parts(NamedTuple):
    """What words bring to a score: ``features`` with their weights, and ``heads`` for pairs.

    ``plain`` is false where a feature of a word could be taken for one of a pair.
    """

    features: tuple[tuple[str, float], ...]
    heads: tuple[str, ...]
    plain: bool


class Screen:
    """Scores by ``model``."""

    def __init__(self, model: WordModel) -> None:
        self._model = model
        pairs = (name.split("_") for name in model.weights)
        self._pairs = {tuple(p): model.weights["_".join(p)] for p in pairs if len(p) == 2}

    def parts(self, words: Iterable[str]) -> Parts:
        """The parts of one or more folded words (``\\w+``) that follow each other."""
        features: list[tuple[str, float]] = []
        heads = []
        for word in words:
            names = [name for name, *_ in wordmodel.features(word)]
            features += [(name, self._model.weights.get(name, 0.0)) for name in names]
            head = "#" * min(len(word), 7) if word.isdigit() else word
            heads.append(head[:5])
        return Parts(tuple(features), tuple(heads), not any("_" in f for f, _ in features))

    def score(self, parts: Sequence[Parts], folded: str) -> float:
        """What :meth:`WordModel.opinion` scores ``folded``, a text of words with these parts."""
        heads = list(chain.from_iterable(map(_heads, parts)))
        if len(heads) > wordmodel.MOST_WORDS or not all(map(_plain, parts)):
            return self._model.opinion(folded).score
        features = dict(chain.from_iterable(map(_features, parts)))
        pairs = set(pairwise(heads))
        count = len(features) + len(pairs)
        if count < wordmodel.FEWEST:
            return self._model.intercept
        weights = filter(None, map(self._pairs.get, pairs))
        total = math.fsum(chain(features.values(), weights))
        return self._model.intercept + total / math.sqrt(count)


@cache
def default_screen() -> Screen:
    """The screen of the model that ships with Tereze."""
    return Screen(default_model())
