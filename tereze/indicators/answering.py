"""Answering each text of a command line with one line of JSON."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tereze.indicators.documents import STDIN, Entry, Unreadable, read_documents
from tereze.indicators.invocation import program, replace_closed_outputs
from tereze.indicators.jsonlines import encode
from tereze.indicators.progress import Progress


RAN, BAD_USAGE, SOME_UNREADABLE, INTERRUPTED = 0, 2, 3, 130

AT_ONCE = 256
"""Documents that are answered together."""
_MOST_LETTERS = 1_000_000  # of documents that wait for the others

Answer = Callable[[Sequence[Entry]], Iterable[Mapping[str, Any]]]
_More = Callable[[Entry], Mapping[str, Any]]


def answer_documents(
    argv: Sequence[str],
    *,
    command: str,
    purpose: str,
    answer: Answer,
    flags: Mapping[str, tuple[str, _More]] | None = None,
) -> int:
    """A whole command line: documents in, one JSON object a document out, in order.

    argv: arguments without the command's name. command, purpose: its name after the program's, and what it is for.
    answer: the members of the output objects beside ``id``, for as many documents as are at hand,
        :data:`AT_ONCE` at most. flags: options by name, each with its help and the further members
        that it asks for.
    Returns 0 when it ran, 2 for bad usage, 3 when some lines could not be read: those are
    reported on standard error with their number, the rest is processed.
    """
    replace_closed_outputs()
    command = f"{program()} {command}"
    try:
        parser = _parser(command, purpose)
        for name, (meaning, _) in (flags or {}).items():
            parser.add_argument(name, help=meaning, dest=name, action="store_true")
        options = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    paths = options.files or [STDIN]
    if problem := unopenable(paths):
        print(f"{command}: {problem}", file=sys.stderr)  # noqa: T201
        return BAD_USAGE
    jsonl = True if options.jsonl else False if options.text else None
    column = options.column
    asked = [more for name, (_, more) in (flags or {}).items() if getattr(options, name)]
    answers = _Answers(command, answer, asked)
    documents = read_documents(
        paths, lines=options.lines, jsonl=jsonl, column=column, waiting=answers.before_waiting
    )
    try:
        return answers.to_all(documents)
    except _UnwrittenError as unwritten:
        return _stopped(command, unwritten.reason)
    except OSError as error:
        return _stopped(command, error)
    except KeyboardInterrupt:
        return INTERRUPTED


def _stopped(command: str, error: OSError) -> int:
    if isinstance(error, BrokenPipeError):  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return RAN
    print(f"{command}: {error}", file=sys.stderr)  # noqa: T201 - a full disk, a vanished file
    return BAD_USAGE


def _parser(command: str, purpose: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command,
        description=purpose,
        epilog="Exit code: 0 ran, 2 bad usage, 3 some lines could not be read.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="plain text, JSON Lines or a table, also gzipped; - or none: standard input",
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--lines", action="store_true", help="plain text with one document a line")
    kind.add_argument("--jsonl", action="store_true", help='JSON Lines with "id" and "text"')
    kind.add_argument("--text", action="store_true", help="plain text, one document a file")
    add_column(kind)
    return parser


def add_column(parser: argparse._ActionsContainer) -> None:
    """The option that says which column of a table holds the texts."""
    parser.add_argument(
        "--column",
        "--csv",
        metavar="COLUMN",
        help='a table with a heading; the texts are in this column, "id" names them',
    )


def unopenable(paths: Iterable[str]) -> str:
    """Which of the files cannot be opened and why; nothing when all can."""
    for path in paths:
        if path == STDIN:
            continue
        try:
            with Path(path).open("rb"):
                pass
        except OSError as error:
            return f"{path}: {error.strerror or error}"
    return ""


class _UnwrittenError(Exception):
    """An answer that could not be written; no trouble of the input, as an OSError would be."""

    def __init__(self, reason: OSError) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _Answers:
    """What is answered, as soon as a batch is full or more documents have to be waited for."""

    def __init__(self, command: str, answer: Answer, asked: Sequence[_More]) -> None:
        self._answer = answer
        self._asked = asked
        self._progress = Progress(command)
        self._at_hand: list[Entry] = []
        self._letters = 0
        self._flushed = time.monotonic()

    def to_all(self, documents: Iterable[Entry | Unreadable]) -> int:
        """Answer every document and return the exit code."""
        code = RAN
        for document in documents:
            if isinstance(document, Unreadable):
                code = SOME_UNREADABLE
                self._write()
                self._progress.say(f"{document.source}, line {document.line}: {document.reason}")
                self._progress.step()
            else:
                self._at_hand.append(document)
                self._letters += len(document.text)
                if len(self._at_hand) == AT_ONCE or self._letters > _MOST_LETTERS:
                    self._write()
        self._write()
        sys.stdout.buffer.flush()
        self._progress.finish()
        return code

    def before_waiting(self) -> None:
        """Answer what is at hand: nobody knows when the next line comes."""
        try:
            if self._at_hand:
                self._write()
                sys.stdout.buffer.flush()
        except OSError as error:
            raise _UnwrittenError(error) from error

    def _write(self) -> None:
        documents, self._at_hand, self._letters = self._at_hand, [], 0
        for document, members in zip(documents, self._answer(documents), strict=True):
            line = {"id": document.id, **members}
            for more in self._asked:
                line |= more(document)
            sys.stdout.buffer.write(encode(line))
            self._progress.step()
        if time.monotonic() - self._flushed > 0.2:  # whoever reads our output live sees it soon
            self._flushed = time.monotonic()
            sys.stdout.buffer.flush()
