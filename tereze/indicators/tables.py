"""Tables as spreadsheets write them: CSV (RFC 4180) with a heading, divided by "," ";" "|" or tabs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, dropwhile


_DIVIDERS = ",;\t|"
_NO_HEADING = re.compile(r"\s*(?:sep=.)?\s*", re.IGNORECASE)
_LARGEST_FIELD = 16_000_000  # characters; a line without an end must not fill the memory


def read_table(lines: Iterable[str], column: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Each row under the heading as ``(line, row)``, or why it cannot be read in its place.

    lines: the file's, with their ends. column: what every row must have. The divider is the sign
    of ``,`` ``;`` tab ``|`` that the heading has most of. Lines are counted from 1; a row is told by
    its last one. Never raises for what stands in a table.
    """
    lines = iter(lines)
    # empty lines and a spreadsheet's "sep=;" may stand above the heading
    numbered = dropwhile(lambda line: _NO_HEADING.fullmatch(line[1]), enumerate(lines))
    above, heading = next(numbered, (0, ""))
    divider = max(_DIVIDERS, key=heading.count)
    csv.field_size_limit(_LARGEST_FIELD)
    # strict: a quote that is never closed swallows the rows after it, and must be told
    reader = csv.reader(chain([heading], lines), delimiter=divider, strict=True)
    names = [name.strip() for name in _next(reader) or []]
    if column not in names:  # "Text" for "text"
        names = [column if name.lower() == column.lower() else name for name in names]
    if column not in names:
        there = ", ".join(name[:40] for name in names[:20] if name.isprintable())
        yield (
            above + 1,
            f"no column {column!r} (--column names another); there are: {there or 'none'}",
        )
        return
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield above + reader.line_num, f"no table: {error}"
            continue
        if len(cells) == len(names):
            yield above + reader.line_num, dict(zip(names, cells, strict=True))
        elif cells:
            yield above + reader.line_num, f"{len(cells)} cells under a heading of {len(names)}"


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error:
        return None
