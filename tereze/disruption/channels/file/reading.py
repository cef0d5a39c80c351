"""A filled file → rows as they were written. Bounded in every direction; nothing is believed yet."""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from openpyxl import load_workbook

from tereze.disruption.channels.file.table import column_of, unguarded


LARGEST = 5 * 1024 * 1024
LARGEST_UNPACKED = 24 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_SHEETS = 5
HEADER_WITHIN = 20  # rows somebody may have put above it
LONGEST = 2000
END = "\x1a"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHER_PROGRAMS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"<!DOC", b"<html", b"\x1f\x8b")


class FileError(Exception):
    """This file cannot be read; `why` is the reason as a slug."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Row:
    line: int  # as the partner's own program counts
    number: str
    answer: str
    code: str
    comment: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read(content: bytes) -> list[Row]:
    if len(content) > LARGEST:
        raise FileError("too_large")
    if not content.strip():
        raise FileError("empty")
    if content.startswith(OLD_EXCEL):
        raise FileError("old_excel")
    if content.startswith(OTHER_PROGRAMS):
        raise FileError("not_a_table")
    sheets = from_xlsx(content) if content.startswith(ZIP) else [from_csv(content)]
    for sheet in sheets:
        if (rows := rows_of(sheet)) is not None:
            return rows
    raise FileError("no_columns")


def rows_of(lines: Iterable[tuple[int, list[str]]]) -> list[Row] | None:
    """Below the header, wherever it stands; None where there is none."""
    columns: dict[str, int] = {}
    found: list[Row] = []
    for seen, (number, cells) in enumerate(lines):
        if not columns:
            columns = header_in(cells)
            if not columns and seen >= HEADER_WITHIN:
                return None
            continue
        given = {name: at(cells, position) for name, position in columns.items()}
        if any(given.values()):
            found.append(Row(line=number, **{"code": "", "comment": "", **given}))
        if len(found) > MOST_ROWS:
            raise FileError("too_many_rows")
    return found if columns else None


def header_in(cells: list[str]) -> dict[str, int]:
    """The columns we need, in whatever order; the first of two with one name counts."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(cells):
        name = column_of(cell)
        if name in {"number", "answer", "code", "comment"}:
            columns.setdefault(name, position)
    return columns if {"number", "answer"} <= columns.keys() else {}


def at(cells: list[str], position: int) -> str:
    if position >= len(cells):
        return ""
    return unguarded(" ".join(CONTROL.sub(" ", cells[position]).split()))[:LONGEST]


def from_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = decoded(content)
    # rows may be cut by a line break inside a quoted cell: the reader counts both
    whole = io.StringIO(f"{text}\n{END}", newline="")
    reader = csv.reader(whole, delimiter=delimiter_of(text))
    line, row = 1, [""]
    try:
        for row in reader:
            if row != [END]:
                yield line, row[:MOST_COLUMNS]
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileError("broken_csv") from error
    if row != [END]:  # a quote that nobody closed has swallowed the rows behind it
        raise FileError("broken_csv")


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 as «Unicode text», or Windows' Cyrillic."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise FileError("not_a_table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def delimiter_of(text: str) -> str:
    """The one under which the header is found; the head alone decides."""
    head = "\n".join(text[:20_000].splitlines()[:HEADER_WITHIN])
    for delimiter in (";", ",", "\t", "|"):
        lines = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            if any(header_in(row) for row in lines):
                return delimiter
        except csv.Error:
            continue
    return ";"


def from_xlsx(content: bytes) -> Iterator[Iterator[tuple[int, list[str]]]]:
    check_package(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles this program does not know
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for sheet in sheets[:MOST_SHEETS]:
                yield list_of(sheet)
    except FileError:
        raise
    except Exception as error:  # whatever a broken package makes the reader stumble over
        raise FileError("broken_xlsx") from error


def list_of(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    rows = sheet.iter_rows(max_row=MOST_ROWS * 4, max_col=MOST_COLUMNS, values_only=True)
    for number, row in enumerate(rows, 1):
        yield number, [as_text(value) for value in row]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def check_package(content: bytes) -> None:
    """Before anything unpacks it: how large it would become, and no entities in its XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED:
                raise FileError("too_large")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    check_xml(package.read(part))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError) as error:
        raise FileError("broken_xlsx") from error


def check_xml(xml: bytes) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml[:200]:
        raise FileError("broken_xlsx")
