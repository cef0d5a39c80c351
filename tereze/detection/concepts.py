"""The lexicon of concepts: which Russian and Kazakh words mean the same.

``concepts.toml`` lists for every concept the beginnings of its words in the folded alphabet; a
beginning that ends in ``$`` is a whole word. Word models learn nothing about Kazakh from Russian
texts; over concepts they do.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt


FILE = Path(__file__).parent / "concepts.toml"
MOST = 4096  # concepts: a word's number and its concept's are kept in one

Table = tuple[int, npt.NDArray[np.uint64], npt.NDArray[np.int64]]


@cache
def lexicon() -> tuple[Table, ...]:
    """For each length: beginnings of words as numbers, sorted, and their concepts, -1 for none.

    A whole word is a beginning with the emptiness behind it.
    """
    meant: dict[int, dict[int, list[int]]] = {}
    for number, stems in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8")).values()):
        for stem in stems:
            letters = stem.replace("$", "\0").encode("cp1251")
            named = meant.setdefault(len(letters), {})
            named.setdefault(int.from_bytes(letters, "little"), []).append(number)
    return tuple(_table(length, named) for length, named in sorted(meant.items()))


def _table(length: int, named: dict[int, list[int]]) -> Table:
    keys = sorted(named)
    most = max(map(len, named.values()))
    meant = [named[key] + [-1] * (most - len(named[key])) for key in keys]
    return length, np.array(keys, dtype=np.uint64), np.array(meant, dtype=np.int64)
