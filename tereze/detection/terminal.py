"""Strangers' texts on a terminal: nothing in them may move the cursor or turn the line around."""

from __future__ import annotations

import os
import re
import sys


_UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with control, direction and broken characters replaced one by one by U+FFFD.

    Line ends stay. Places in the text stay as they are, so spans still fit.
    """
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", " \n"))


def one_line(text: str, longest: int) -> str:
    """The beginning of a text in one line."""
    line = " ".join(text[: 4 * longest].split())[:longest]
    return printable(line)


def write(text: str) -> None:
    """A line on standard output, in UTF-8 whatever the terminal's own letters are."""
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))


def wants_colour() -> bool:
    """Whether standard output is a terminal that shows colours; https://no-color.org."""
    named = os.environ.get("NO_COLOR"), os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not any(named)
