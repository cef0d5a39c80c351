"""Both cores for a backtest: processes of their own that know rules and texts, and nothing else.

A pattern that takes too long is stopped from outside; the worker process and its other work go on.
The children end with their input, so none outlives whoever started it.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from django.conf import settings

from tereze.detection.comparing import Compared
from tereze.detection.house import Changes
from tereze.watch.workshop.history import Piece


PATIENCE = 60.0  # seconds for one piece, which usually takes half a second
AHEAD = 2  # pieces that wait for each process


class TooSlowError(Exception):
    """A piece was not judged in time."""


def without_secrets() -> dict[str, str]:
    own = ("TEREZE_", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    cache = {"TEREZE_CACHE": os.environ["TEREZE_CACHE"]} if "TEREZE_CACHE" in os.environ else {}
    return kept | cache


class Child:
    """One process that compares; it answers a line with a line."""

    def __init__(self, old: Changes, new: Changes) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tereze.detection.comparing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=without_secrets(),
        )
        self.write([old.to_json(), new.to_json()])

    def write(self, data: object) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it was asked for above
        self.process.stdin.write(json.dumps(data, ensure_ascii=False) + "\n")
        self.process.stdin.flush()

    def compare(self, piece: Piece) -> Compared:
        self.write([text.parts for text in piece.texts])
        assert self.process.stdout is not None  # noqa: S101 - it was asked for above
        line = self.process.stdout.readline()
        if not line:
            raise TooSlowError
        return Compared.from_json(json.loads(line))

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def children(old: Changes, new: Changes) -> Iterator[list[Child]]:
    with ExitStack() as stack:
        made = []
        for _ in range(max(1, settings.WORKSHOP_PROCESSES)):
            made.append(Child(old, new))
            stack.callback(made[-1].kill)
        yield made


def compared(
    pieces: Iterable[Piece], old: Changes, new: Changes
) -> Iterator[tuple[Piece, Compared]]:
    """Each piece, in its order, with what differs in it.

    Raises :class:`TooSlowError` where a piece takes longer than anything honest does.
    """
    with children(old, new) as made, ExitStack() as stack:
        lanes = [stack.enter_context(ThreadPoolExecutor(1)) for _ in made]
        for child in made:
            stack.callback(child.process.kill)  # frees a lane that waits for it
        waiting: deque[tuple[Piece, Future[Compared]]] = deque()
        for number, piece in enumerate(pieces):
            lane = number % len(made)
            waiting.append((piece, lanes[lane].submit(made[lane].compare, piece)))
            if len(waiting) >= AHEAD * len(made):
                yield in_time(*waiting.popleft())
        while waiting:
            yield in_time(*waiting.popleft())


def in_time(piece: Piece, future: "Future[Compared]") -> tuple[Piece, Compared]:
    try:
        return piece, future.result(timeout=PATIENCE)
    except (TimeoutError, BrokenPipeError) as error:
        raise TooSlowError from error
