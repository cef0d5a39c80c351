"""How far the journal went, kept in a file: whoever writes to the database cannot shorten it unseen.

The file may lag behind the journal by a crash, never lead it. `tereze backup` takes it along.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Mark:
    """A link of the chain that somebody remembers: its place and its seal."""

    position: int
    seal: str

    def __str__(self) -> str:
        return f"{self.position}:{self.seal}"


def read_mark(text: str) -> Mark:
    """`1234:9f…`; raises ValueError."""
    position, _, seal = text.strip().partition(":")
    return Mark(int(position), seal)


def path() -> Path:
    return Path(settings.DATA) / "journal-head"


def recall() -> Mark | None:
    """What the file says; a spoilt one says that a link is remembered which no chain has."""
    try:
        return read_mark(path().read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        return Mark(1, "not readable")


def remember(mark: Mark) -> None:
    partial = path().with_suffix(f".{os.getpid()}")
    with partial.open("w") as file:
        file.write(str(mark))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path())
