"""How far a long command is, for whoever sits before it."""

from __future__ import annotations

import sys
import time


class Progress:
    """A line on standard error that is rewritten, once the work has lasted two seconds.

    Only a terminal gets it: a log file has no use for it.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        self.begun = time.monotonic()
        self.next = self.begun + 2.0 if sys.stderr.isatty() else float("inf")
        self.count = 0
        self.drawn = False

    def step(self) -> None:
        """One more document is done."""
        self.count += 1
        now = time.monotonic()
        if now >= self.next:
            self.next = now + 0.2
            self._draw(now)

    def say(self, message: str) -> None:
        """Tell something that stays; the line makes room for it."""
        self._clear()
        print(f"{self.command}: {message}", file=sys.stderr)  # noqa: T201

    def finish(self) -> None:
        """Leave the last state of the line standing."""
        if self.drawn:
            self._draw(time.monotonic())
            print(file=sys.stderr)  # noqa: T201

    def _draw(self, now: float) -> None:
        rate = self.count / max(now - self.begun, 1e-9)
        self._clear()
        line = f"{self.command}: {self.count:,} documents, {rate:,.1f} a second"
        print(line, end="", file=sys.stderr, flush=True)  # noqa: T201
        self.drawn = True

    def _clear(self) -> None:
        if self.drawn:
            print("\r\x1b[K", end="", file=sys.stderr)  # noqa: T201
