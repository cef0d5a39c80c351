"""Apart from the rest, which needs the client of NATS: who has no stream does not load it."""

from typing import Any


class StreamError(Exception):
    """Said to a person, in the language of whoever reads it."""

    def __init__(self, words: Any, **facts: Any) -> None:
        super().__init__()
        self.words, self.facts = words, facts

    def __str__(self) -> str:
        return str(self.words) % self.facts
