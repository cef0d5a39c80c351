"""The word model's score alone, fast: most texts are far below what anybody notices.

:class:`Screen` gives exactly the number of :meth:`WordModel.opinion` and neither places nor
schemes; the engine asks the model itself only where the number matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from tereze.detection import wordmodel
from tereze.detection.wordmodel import WordModel, default_model


class Parts(NamedTuple):
    """What words bring to a score: ``features`` with their weights, and ``heads`` for pairs.

    ``plain`` is false where a feature of a word could be taken for one of a pair.
    """

    features: dict[str, float]
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
        features: dict[str, float] = {}
        heads = []
        for word in words:
            for name, *_ in wordmodel.features(word):
                features[name] = self._model.weights.get(name, 0.0)
            head = "#" * min(len(word), 7) if word.isdigit() else word
            heads.append(head[:5])
        return Parts(features, tuple(heads), not any("_" in name for name in features))

    def score(self, parts: Iterable[Parts], folded: str) -> float:
        """What :meth:`WordModel.opinion` scores ``folded``, a text of words with these parts."""
        features: dict[str, float] = {}
        heads: list[str] = []
        for own, own_heads, plain in parts:
            if not plain:
                return self._model.opinion(folded).score
            features.update(own)
            heads += own_heads
        if len(heads) > wordmodel.MOST_WORDS:
            return self._model.opinion(folded).score
        pairs = set(pairwise(heads))
        count = len(features) + len(pairs)
        if count < wordmodel.FEWEST:
            return self._model.intercept
        known = [self._pairs[pair] for pair in pairs & self._pairs.keys()]
        total = math.fsum([*features.values(), *known])
        return self._model.intercept + total / math.sqrt(count)


@cache
def default_screen() -> Screen:
    """The screen of the model that ships with Tereze."""
    return Screen(default_model())
