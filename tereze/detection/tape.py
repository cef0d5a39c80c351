"""A text that is rewritten piece by piece while the way back to its original is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence


class Tape:
    """``offsets[i]`` is where ``text[i]`` stood in the text it began with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets: Sequence[int] = range(len(text))

    def rewrite(
        self,
        pattern: re.Pattern[str],
        reading: Callable[[re.Match[str]], list[tuple[str, int]]],
    ) -> None:
        """Replace every match by ``reading``: characters with their positions on the tape."""
        pieces: list[str] = []
        offsets: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            pieces.append(self.text[last:start])
            offsets += self.offsets[last:start]
            for char, position in reading(match):
                if char:
                    pieces.append(char)
                    offsets.append(self.offsets[position])
            last = end
        if last:
            self.text = "".join([*pieces, self.text[last:]])
            self.offsets = [*offsets, *self.offsets[last:]]
