"""The lexicon of concepts: which Russian and Kazakh words mean the same.

``concepts.toml`` lists for every concept the beginnings of its words in the folded alphabet; a
beginning that ends in ``$`` is a whole word. Word models learn nothing about Kazakh from Russian
texts; over concepts they do.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


FILE = Path(__file__).parent / "concepts.toml"
_MOST_KNOWN = 40_000  # words that are remembered; hostile input brings new ones


class Lexicon(dict[int, tuple[int, ...]]):
    """By word, as a number of its first eight letters: what it means, each concept's number once.

    ``shortest`` leaves out beginnings of fewer letters. A word is looked up once and remembered.
    """

    def __init__(self, *, shortest: int) -> None:
        self._tables = [
            ((1 << 8 * length) - 1, named) for length, named in stems() if length >= shortest
        ]

    def __missing__(self, word: int) -> tuple[int, ...]:
        found = {number for mask, named in self._tables for number in named.get(word & mask, ())}
        meant = tuple(sorted(found))
        if len(self) < _MOST_KNOWN:
            self[word] = meant
        return meant


@cache
def stems() -> list[tuple[int, dict[int, list[int]]]]:
    """For each length: beginnings of words as numbers, and their concepts.

    A whole word is a beginning with the emptiness behind it.
    """
    meant: dict[int, dict[int, list[int]]] = {}
    for number, words in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8")).values()):
        for word in words:
            letters = word.replace("$", "\0").encode("cp1251")
            named = meant.setdefault(len(letters), {})
            named.setdefault(int.from_bytes(letters, "little"), []).append(number)
    return sorted(meant.items())


@cache
def lexicon(*, shortest: int = 1) -> Lexicon:
    """The lexicon that ships with the engine, read once when it is first needed."""
    return Lexicon(shortest=shortest)
