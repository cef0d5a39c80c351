"""Rows of a CSV file as spreadsheets write them: RFC 4180, with the separator of any locale."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain


_SEPARATORS = ",;\t|"  # a spreadsheet set to Russian or Kazakh writes ";"


class ColumnError(ValueError):
    """The table has no column of the wanted name; the message lists those it has."""


def table_rows(
    lines: Iterable[str], column: str
) -> Iterator[tuple[int, str, dict[str, str]] | tuple[int, str]]:
    """Line, text and other cells of each row of a table, or the line and what is wrong with it.

    lines: the file's lines, of which the first names the columns and so shows the separator.
    column: the name of the text's column, in any case. Empty cells and rows are left out; a
    cell beyond 131,072 characters, Python's limit, or a quote that never ends spoils its row.
    Raises :class:`ColumnError`.
    """
    whole = iter(lines)
    first = next(whole, "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(chain([first], whole), delimiter=separator, strict=True)
    names = [name.strip().casefold() for name in next(reader, [])]
    if column.casefold() not in names:
        shown = ", ".join(names)[:200]  # of a picture it would be all of it
        raise ColumnError(f"no column '{column}' among {shown!r}")
    place = names.index(column.casefold())
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"not CSV: {error}"
            continue
        if len(cells) > place:
            others = zip(names, cells, strict=False)
            yield line, cells[place], {n: c for n, c in others if c and n != names[place]}
        elif any(cells):
            yield line, f"the row ends before the column '{column}'"
