"""A text cut where marks begin and end, so that marks may overlap and the text stays text."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


MOST_MARKS = 300  # beyond this nobody reads them, and a hostile text could ask for thousands


@dataclass(frozen=True)
class Mark:
    start: int
    end: int
    kind: str  # indicator | rule | disguise | ngram
    label: str
    url: str = ""


@dataclass(frozen=True)
class Segment:
    text: str
    marks: tuple[Mark, ...]
    ending: tuple[int, ...]  # numbers of the notes that belong after this segment


def read_marks(spans: Iterable[Sequence[object] | Mark], length: int) -> list[Mark]:
    marks = []
    for given in spans:
        mark = given if isinstance(given, Mark) else Mark(*given)  # type: ignore[arg-type]
        start, end = max(0, mark.start), min(length, mark.end)
        if start < end:
            marks.append(Mark(start, end, mark.kind, str(mark.label), mark.url))
    marks.sort(key=lambda mark: (mark.start, -mark.end))
    return marks[:MOST_MARKS]


def notes(marks: Sequence[Mark]) -> dict[tuple[str, str], int]:
    """One number for each thing said, however often it is marked."""
    numbers: dict[tuple[str, str], int] = {}
    for mark in marks:
        numbers.setdefault((mark.kind, mark.label), len(numbers) + 1)
    return numbers


def segments(text: str, marks: Sequence[Mark]) -> list[Segment]:
    """`Пришлите код` with marks 0–8 and 4–12 gives three pieces, the middle one marked twice."""
    numbers = notes(marks)
    edges = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    pieces = []
    for start, end in itertools.pairwise(edges):
        here = tuple(mark for mark in marks if mark.start <= start and end <= mark.end)
        ending = sorted({numbers[m.kind, m.label] for m in here if m.end == end})
        pieces.append(Segment(text[start:end], here, tuple(ending)))
    return pieces
