"""Reading texts for the command lines.

Input is plain text (one document a file, or one a line), JSON Lines with ``id`` and ``text``, or a
table with a column of texts, plain or gzipped, in UTF-8, UTF-16 with its mark, or the older code
page that makes most sense of the file's beginning; single bytes that are none of it become U+FFFD,
and what is no text at all is said to be unreadable. Lines are read one by one, so memory does not
grow with the input.
"""

from __future__ import annotations

import gzip
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from tereze.indicators.alphabets import OLD, is_utf8, old
from tereze.indicators.folding import SEEN
from tereze.indicators.jsonlines import decode
from tereze.indicators.tables import read_table


STDIN = "-"

_ARRIVING = 1 << 16  # bytes of standard input taken at once, as many as a pipe holds
_OPENING = 20  # lines, among which a document shows that the input is JSON Lines
_NO_TEXT = 0.02  # of control characters: a picture or a program has five times as many
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_JSON = re.compile(r"\s*(?:\{|\[\s*\{)")
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_JSONL_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
SPOKEN = ("caption", "transcript", "ocr")
"""Members of a JSON object that are the document where there is no text, the first of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text to be worked on.

    id: as given in JSON Lines; otherwise the file's name, with the line's number where lines are
    documents. text: the document. fields: the other members of its JSON object. source, line:
    where it stands, line counted from 1.
    """

    id: Any
    text: str
    source: str
    line: int
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> str:
        """The text; where it shows nothing, the first of the parts that stand for it."""
        parts = (self.text, *(self.fields.get(name) for name in SPOKEN))
        return next(
            (part for part in parts if isinstance(part, str) and SEEN.search(part)), self.text
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no document, and why, in words for a person."""

    source: str
    line: int
    reason: str


def read_documents(
    paths: Sequence[str],
    *,
    lines: bool = False,
    jsonl: bool | None = None,
    column: str | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Entry | Unreadable]:
    """Every document of the files, in order.

    paths: file names; ``-`` is standard input. lines: plain text has one document a line.
    jsonl: whether the input is JSON Lines; None decides for each file by its name
    (``.jsonl``, ``.ndjson``) or by an object with ``text`` among its first lines.
    column: the input is a table (`tables.read_table`) with its texts in this column; a file named
    ``.csv`` or ``.tsv`` is one with the column "text", unless another kind was asked for.
    waiting: called before standard input is asked for more than has arrived.
    Raises OSError for a file that cannot be opened.
    """
    for path in paths:
        with ExitStack() as stack:
            stream, page = _text_stream(path, stack, waiting)
            is_table = not lines and jsonl is None and path.lower().endswith(_TABLE_SUFFIXES)
            if column or is_table:
                yield from _read_rows(stream, path, column or "text", page)
            else:
                yield from _read_stream(stream, path, page, lines=lines, jsonl=jsonl)


def _read_rows(
    stream: IO[str], source: str, column: str, page: str
) -> Iterator[Entry | Unreadable]:
    number = 0
    try:
        for number, row in read_table((_legible(line, page) for line in stream), column):
            if isinstance(row, str):
                yield Unreadable(source, number, row)
            else:
                text, name = row.pop(column), row.pop("id", "")
                yield Entry(name or f"{source}:{number}", text, source, number, row)
    except (OSError, EOFError) as error:
        yield Unreadable(source, number + 1, f"reading stopped: {error}")


class _Arriving(io.RawIOBase):
    """Standard input that says when it is going to wait."""

    def __init__(self, waiting: Callable[[], None]) -> None:
        self._waiting = waiting

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._waiting()
        arrived = cast("io.BufferedReader", sys.stdin.buffer).read1(len(into))
        into[: len(arrived)] = arrived
        return len(arrived)


def _text_stream(path: str, stack: ExitStack, waiting: Callable[[], None]) -> tuple[IO[str], str]:
    """The file as text, and the code page of what is no UTF-8 in it."""
    if path == STDIN:
        if sys.stdin is None:  # closed by `<&-`
            raise OSError("standard input is closed")
        buffered: IO[bytes] = io.BufferedReader(_Arriving(waiting), _ARRIVING)
    else:
        buffered = Path(path).open("rb")  # noqa: SIM115
        stack.callback(buffered.close)
    peekable = cast("io.BufferedReader", buffered)
    if peekable.peek(2)[:2] == b"\x1f\x8b":
        unzipped = stack.enter_context(gzip.GzipFile(fileobj=peekable))
        peekable = cast("io.BufferedReader", io.BufferedReader(unzipped))
    beginning = _peeked(peekable)
    wide = beginning[:2] in {b"\xff\xfe", b"\xfe\xff"}
    encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", "surrogateescape")
    text = io.TextIOWrapper(peekable, encoding=encoding, errors=errors, newline="\n")
    stack.callback(text.detach)  # the stack closes what it opened, and never standard input
    return text, OLD[0] if is_utf8(beginning) else old(beginning)


def _peeked(buffered: io.BufferedReader) -> bytes:
    try:
        return buffered.peek(2)
    except (OSError, EOFError):
        return b""  # a damaged archive: reading tells


def _read_stream(
    stream: IO[str], source: str, page: str, *, lines: bool, jsonl: bool | None
) -> Iterator[Entry | Unreadable]:
    number, asked = 0, jsonl
    try:
        numbered = enumerate(stream, 1)
        if lines and not jsonl:
            for number, line in numbered:
                text = _legible(line.rstrip("\r\n"), page)
                yield _plain(f"{source}:{number}", text, source, number)
            return
        opening = _opening(numbered)
        if jsonl is None:
            jsonl = source.lower().endswith(_JSONL_SUFFIXES) or any(
                _is_document(line) for _, line in opening
            )
        if not jsonl:
            text = _legible("".join(line for _, line in chain(opening, numbered)), page)
            if asked is None and _is_json(text):
                yield Unreadable(source, 1, 'JSON, but not JSON Lines with a "text" in each')
            else:
                yield _plain(source, text, source, 1)
            return
        for number, line in chain(opening, numbered):
            if line.strip():
                yield _read_line(_legible(line, page), source, number)
    except (OSError, EOFError) as error:  # a damaged archive, a vanished disk
        yield Unreadable(source, number + 1, f"reading stopped: {error}")


def _plain(name: str, text: str, source: str, number: int) -> Entry | Unreadable:
    if len(_CONTROL.findall(text)) > _NO_TEXT * len(text):
        return Unreadable(source, number, "no text: a picture, a program or another binary file")
    return Entry(name, text, source, number)


def _is_json(text: str) -> bool:
    """Whether it is an export or a reply of a program, which one verdict would say nothing of."""
    try:
        return bool(_JSON.match(text)) and decode(text) is not None
    except (ValueError, RecursionError):
        return False


def _legible(text: str, page: str) -> str:
    """Bytes that were no UTF-8 read as *page* has them, or marked where they are only slips."""
    escaped = len(_ESCAPED.findall(text))
    if not escaped:
        return text
    if escaped > sum(char > "\x7f" for char in text) - escaped:
        return text.encode("utf-8", "surrogateescape").decode(page, "replace")
    return _ESCAPED.sub("\ufffd", text)


def _opening(numbered: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """The leading lines up to the first document; a rubbish line may come before it."""
    opening = []
    for number, line in numbered:
        opening.append((number, line))
        if number >= _OPENING or _is_document(line):
            break
    return opening


def _is_document(line: str) -> bool:
    return line.lstrip().startswith("{") and isinstance(_read_line(line, "", 1), Entry)


def _read_line(line: str, source: str, number: int) -> Entry | Unreadable:
    try:
        item = decode(line)
    except (ValueError, RecursionError) as error:
        return Unreadable(source, number, f"not JSON: {error}")
    if not isinstance(item, dict) or not _has_text(item):
        return Unreadable(source, number, 'no object with a string "text"')
    name = item.pop("id", None)
    text = item.pop("text", None) or ""
    return Entry(f"{source}:{number}" if name is None else name, text, source, number, item)


def _has_text(item: Mapping[str, Any]) -> bool:
    """Whether it is a document: what people send of a picture or a voice may have no "text"."""
    if item.get("text") is not None:
        return isinstance(item["text"], str)
    return any(item.get(name) and isinstance(item[name], str) for name in SPOKEN)


def set_name(source: str) -> str:
    """What a data set is called where its rows do not say: its file, without the endings."""
    return "" if source == STDIN else Path(source).name.partition(".")[0]
