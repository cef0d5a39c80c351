"""Tables that people take away: CSV that Excel opens with the right letters and runs nothing."""

import csv
import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.formats import number_format


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(name: str, heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    content = written(itertools.chain([heading], rows))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def written(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # or Excel reads Cyrillic as noise
    # all in quotes: a comma inside a text must not begin a cell, whatever separates cells there
    table = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    table.writerows([plain(value) for value in row] for row in rows)
    return out.getvalue()


def plain(value: Any) -> Any:
    """A text that a spreadsheet would calculate is kept a text; 10.9 is no tenth of September."""
    if value is None:
        return ""
    if isinstance(value, float):
        return number_format(value)  # with the reader's decimal comma
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value
