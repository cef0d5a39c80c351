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

from collections.abc import Mapping, Sequence
from functools import cache
from math import sqrt
from pathlib import Path
from struct import Struct
from typing import Any, final

import numpy as np
import numpy.typing as npt

from tereze.detection.features import MEETINGS, NEAREST, NEARNESS, Seen, Span, Word
from tereze.detection.letters import LENGTHS, runs_of


FILE = Path(__file__).parent / "model.npz"
FEWEST = 20  # a short text says little: it is weighed as if it had so many features
MOST = 4.0  # no view is stronger than this, in log-odds of the training texts
SCHEME_SHIFT = 4  # schemes are told by 16 times fewer buckets than outcomes
_MOST_KNOWN = 40_000  # words whose weights are remembered; hostile input brings new ones
_LONGEST_KNOWN = 40  # features of a word that is remembered

# Nearness is a 32-bit fraction: in units as small as its last bit it is a whole number, and sums
# of whole numbers are exact in any order.
_UNITS = 25
_ONE = 1 << _UNITS
_NEARNESS = [int(nearness * _ONE) for nearness in NEARNESS]


Weights = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Voice = tuple[float, int, int]
"""What a word or an expression says, and its place in the folded text."""


@final
class View:
    """What the model thinks of a text: the log-odds of each of :attr:`Model.outcomes`. What was
    ``seen`` in it, and the weights of its runs of ``letters``, tell more where it is asked for."""

    __slots__ = ("letters", "outcomes", "seen")

    def __init__(self, outcomes: list[float], seen: Seen, letters: Weights) -> None:
        self.outcomes = outcomes
        self.seen = seen
        self.letters = letters


@final
class _Rows:
    """Weights for all outcomes side by side in one whole number, 64 bits for each: those of a text
    are added up at once."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        columns = weights.shape[1]
        self._zero = sum([1 << 63 + 64 * column for column in range(columns)])
        self._numbers = Struct(f"<{columns}q")

    def of(self, buckets: Sequence[int]) -> int:
        """The weights of some features together."""
        weights: list[int] = self._weights.take(buckets, axis=0).sum(axis=0, dtype=int).tolist()
        return sum([weight << 64 * column for column, weight in enumerate(weights)])

    def apart(self, row: int) -> tuple[int, ...]:
        """The numbers in a row; a negative one has borrowed from its neighbour."""
        signed = (row + self._zero) ^ self._zero
        return self._numbers.unpack(signed.to_bytes(self._numbers.size, "little"))


class _ByWord(dict[Word, int]):
    """What all features of a word weigh."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __missing__(self, word: Word) -> int:
        row = self._rows.of(word.own)
        if len(self) < _MOST_KNOWN and len(word.own) <= _LONGEST_KNOWN:
            self[word] = row
        return row


class _Meetings(dict[int, int]):
    """What a concept's meeting with another weighs."""

    def __init__(self, rows: _Rows, concept: int) -> None:
        self._rows = rows
        self._concept = concept

    def __missing__(self, other: int) -> int:
        row = self[other] = self._rows.of([MEETINGS[self._concept][other]])
        return row


class _AllMeetings(dict[int, _Meetings]):
    """By the first concept."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __missing__(self, concept: int) -> _Meetings:
        meetings = self[concept] = _Meetings(self._rows, concept)
        return meetings


@final
class Model:
    """``outcomes`` and ``schemes`` name the columns."""

    def __init__(self, data: Mapping[str, npt.NDArray[Any]]) -> None:
        self.outcomes: tuple[str, ...] = tuple(data["outcomes"].tolist())
        self.schemes: tuple[str, ...] = tuple(data["schemes"].tolist())
        self.version = str(data["version"])
        self.scheme_column = {slug: column for column, slug in enumerate(self.schemes)}
        self.outcome_biases: Floats = data["outcome_biases"].astype(np.float64)
        self.outcome_weights: Weights = data["outcome_weights"]
        self.outcome_scales: Floats = data["outcome_scales"].astype(np.float64)
        self.letter_weights: Weights = data["letter_weights"]
        self.letter_scales: Floats = data["letter_scales"].astype(np.float64)
        self._scheme_weights: Weights = data["scheme_weights"]
        self._scheme_scales: Floats = data["scheme_scales"].astype(np.float64)
        self._scheme_biases: Floats = data["scheme_biases"].astype(np.float64)
        self._rows = _Rows(self.outcome_weights)
        self._by_word = _ByWord(self._rows)
        self._meetings = _AllMeetings(self._rows)

    def views(self, seen: Sequence[Seen]) -> list[View]:
        """What is thought of the texts in which this was ``seen``."""
        if not seen:
            return []
        found = runs_of([one.heard for one in seen])
        weights = self.letter_weights.take(found.bucket, axis=0)
        places = [place for bound in found.bounds for place in bound]
        sums = np.add.reduceat(weights, places, axis=1, dtype=np.int32)[:, ::2].sum(axis=0)
        by_words = np.array([self._rows.apart(self._added_up(one)) for one in seen], np.float64)
        sizes = np.array([[_ONE * _size(len(one)), _size(_runs_in(one))] for one in seen])
        outcomes = by_words * self.outcome_scales / sizes[:, :1] + self.outcome_biases
        outcomes += sums * self.letter_scales / sizes[:, 1:]
        return [
            View(said, one, weights[:, start:end])
            for said, one, (start, end) in zip(
                bounded(outcomes).tolist(), seen, found.bounds, strict=True
            )
        ]

    def _added_up(self, seen: Seen) -> int:
        """The weights of all features of a text, as a row in units."""
        by_word, meetings, meant = self._by_word, self._meetings, seen.meant
        total = sum([by_word[word] for word in seen.words])
        if seen.quoted:
            total += self._rows.of(seen.quoted)
        total <<= _UNITS
        for n, one in enumerate(meant):
            with_one = meetings[one]
            for other, nearness in zip(meant[n + 1 : n + 1 + NEAREST], _NEARNESS, strict=False):
                total += with_one[other] * nearness
        return total

    def schemes_in(self, seen: Sequence[Seen]) -> list[list[float]]:
        """What is thought of each scheme, for texts in which this was ``seen``.

        Whole numbers become fractions text by text: all at once they overflow the cache.
        """
        if not seen:
            return []
        buckets = np.array([b for one in seen for b in one.buckets()], dtype=np.int64)
        rows = self._scheme_weights.take(buckets >> SCHEME_SHIFT, axis=0)
        found = []
        start = 0
        for one in seen:
            values = one.values()
            end = start + len(values)
            added = values @ rows[start:end].astype(np.float64) / _size(len(values))
            found.append((added * self._scheme_scales + self._scheme_biases).tolist())
            start = end
        return found

    def voice(self, coefficients: Sequence[float]) -> Speaker:
        """Who tells what words say, as ``coefficients`` weigh the views."""
        return Speaker(
            _Said(self.outcome_weights, self.outcome_scales * coefficients),
            self.letter_scales * coefficients,
        )


class _Said(dict[int, float]):
    """What each bucket says."""

    def __init__(self, weights: Weights, scales: Floats) -> None:
        self._weights = weights
        self._scales = scales

    def __missing__(self, bucket: int) -> float:
        said = float(self._weights[bucket] @ self._scales)
        if len(self) < _MOST_KNOWN:
            self[bucket] = said
        return said


@final
class Speaker:
    """Tells what the words and expressions of a text say."""

    def __init__(self, said: _Said, letter_scales: Floats) -> None:
        self._said = said
        self.letter_scales = letter_scales

    def voices(self, view: View) -> list[Voice]:
        """From the one that says least to the one that says most; runs of letters speak for the
        words that they are of."""
        seen, said = view.seen, self._said
        size = _size(len(seen))
        words = seen.spans()
        voices: dict[Span, float] = {}
        borders = self._letters_say(view, [start for start, _ in words[1:]])
        for n, (word, span) in enumerate(zip(seen.words, words, strict=True)):
            heard = said[word.own[0]] + said[word.own[1]]
            voices[span] = heard / size + borders[n + 1] - borders[n]
        meant = seen.meant_at(words)
        for place, bucket in zip(meant, seen.concepts(), strict=True):
            voices[place] = voices.get(place, 0.0) + said[bucket] / size
        for place, bucket in zip(seen.quoted_places, seen.quoted, strict=True):
            voices[place] = voices.get(place, 0.0) + said[bucket] / size
        for apart, (near, nearness) in enumerate(zip(seen.meetings(), NEARNESS, strict=False), 1):
            part = nearness / size
            for n, bucket in enumerate(near):
                place = (meant[n][0], meant[n + apart][1])
                voices[place] = voices.get(place, 0.0) + said[bucket] * part
        return sorted([(weight, start, end) for (start, end), weight in voices.items()])

    def _letters_say(self, view: View, places: list[int]) -> list[float]:
        """What the letters before each of the ``places`` say, nothing before the first, and last
        all. What a run says is parted among its letters."""
        # to the letters before a place, runs of n say the mean of their last n sums
        sums = np.cumsum(view.letters @ self.letter_scales, axis=1)
        shorter, longer = np.cumsum(sums, axis=1).tolist()
        short, long = LENGTHS
        size = _size(_runs_in(view.seen))
        said = [0.0]
        for place in places:
            before = shorter[place] - shorter[place - short] if place >= short else shorter[place]
            more = longer[place] - longer[place - long] if place >= long else longer[place]
            said.append((before / short + more / long) / size)
        said.append(float(sums[:, -1].sum()) / size)
        return said


def bounded(views: Floats) -> Floats:
    """Views that come near :data:`MOST` and never reach it: being surer than that says nothing
    about texts that were not learned from."""
    return MOST * np.tanh(views / MOST)


def _size(number: int) -> float:
    return sqrt(max(FEWEST, number))


def _runs_in(seen: Seen) -> int:
    return len(LENGTHS) * (len(seen.heard) + 1)


@cache
def default_model() -> Model:
    """The model that ships with the engine, read once when it is first needed."""
    with np.load(FILE, allow_pickle=False) as data:
        return Model(data)
