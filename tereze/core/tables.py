"""Tables that people take away: CSV that Excel opens with the right letters and runs nothing."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(name: str, heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.write("\ufeff")  # or Excel reads Cyrillic as noise
    table = csv.writer(answer, delimiter=";")
    table.writerow(heading)
    table.writerows([plain(value) for value in row] for row in rows)
    return answer


def plain(value: Any) -> Any:
    """A text that a spreadsheet would calculate is kept a text."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
