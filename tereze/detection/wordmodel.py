"""A small linear model over words and pairs of words, as a second opinion beside the rules.

Rules know phrases; the model has read many texts and notices the company words keep. A text's
score is a plain sum that can be checked by hand:

    score = intercept + sum of the weights of its distinct features / sqrt(how many it has)

Alone it can only ask a person to look, or, where it is certain, tip a text over one half.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


Span = tuple[int, int]
FILE = Path(__file__).parent / "words_model.json"
_WORD = re.compile(r"\w+")
MOST_WORDS = 600
FEWEST = 10  # features: a text of three words says too little


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of a folded text.

    ``score`` is in log-odds of the training texts; ``spans`` are the words that speak loudest
    for a fraud, in the folded text; ``features`` are all it has.
    """

    score: float
    spans: tuple[Span, ...] = ()
    features: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WordModel:
    """Weights by feature; see :func:`features` for their names."""

    intercept: float
    weights: Mapping[str, float]
    schemes: Mapping[str, Mapping[str, float]]

    def opinion(self, folded: str) -> Opinion:
        """Read a folded text."""
        places: dict[str, Span] = {}
        for feature, start, end in features(folded):
            places.setdefault(feature, (start, end))
        if len(places) < FEWEST:
            return Opinion(self.intercept)
        weights = self.weights
        known = [(weights[f], f) for f in places.keys() & weights.keys()]
        score = self.intercept + math.fsum(weight for weight, _ in known) / math.sqrt(len(places))
        loudest = sorted((pair for pair in known if pair[0] > 0), reverse=True)[:4]
        spans = tuple(sorted({places[feature] for _, feature in loudest}))
        return Opinion(score, spans, frozenset(places))

    def scheme(self, opinion: Opinion) -> str:
        """The scheme that the text of ``opinion`` is likeliest to belong to, or ""."""
        scores: defaultdict[str, float] = defaultdict(float)
        for feature in opinion.features & self.schemes.keys():
            for slug, weight in self.schemes[feature].items():
                scores[slug] += weight
        return max(scores, key=lambda slug: (scores[slug], slug)) if scores else ""


@cache
def default_model() -> WordModel:
    """The model that ships with Tereze, written by ``bench/train_words.py``."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return WordModel(data["intercept"], data["weights"], data["schemes"])


def features(folded: str) -> Iterator[tuple[str, int, int]]:
    """Features of a folded text with their places: word beginnings and pairs of neighbours.

    ``карт`` the first four letters, ``=карточ`` the first six, ``куплю_карту`` a pair; a number
    is as many ``#`` as it has digits.
    """
    before = ""
    before_start = 0
    for count, match in enumerate(_WORD.finditer(folded)):
        if count >= MOST_WORDS:
            return
        word = match.group()
        if word.isdigit():
            word = "#" * min(len(word), 7)
        start, end = match.span()
        yield word[:4], start, end
        yield "=" + word[:6], start, end
        if before:
            yield f"{before[:5]}_{word[:5]}", before_start, end
        before, before_start = word, start
