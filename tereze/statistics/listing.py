"""What a list behind a number is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tereze.accounts.models import Unit


@dataclass(frozen=True)
class Cell:
    text: Any
    url: str = ""


@dataclass(frozen=True)
class Listing:
    title: str
    heading: tuple[str, ...]
    found: QuerySet[Any] | Sequence[Any]
    cells: Callable[[Any], Iterable[Cell]]

    def rows(self, found: Iterable[Any]) -> Iterator[list[tuple[str, Cell]]]:
        """Each cell with its column's name, for narrow screens."""
        for row in found:
            yield list(zip(self.heading, self.cells(row), strict=True))


@dataclass(frozen=True)
class Asked:
    unit: Unit
    since: datetime
    filters: Mapping[str, str]
