"""What the engine knows of a word, worked out once and remembered.

Every step of an assessment asks something of each word: how it is read, which rules it can take
part in, which language it speaks for. A city's chats say the
same words all day, so one look-up answers all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tereze.detection.gate import Bits
from tereze.detection.language import signs_of
from tereze.detection.ruleset import RuleSet
from tereze.detection.skeleton import Skeleton
from tereze.detection.spelling import WORD, Word, Words, has_cyrillic


@dataclass(eq=False, slots=True)
class Known(Word):
    """A word with what rules (``bits``) and language (``signs``) say of it."""

    bits: Bits
    signs: int


class _KnownWords(Words[Known]):
    def __init__(self, rules: RuleSet, *, cyrillic: bool) -> None:
        super().__init__(cyrillic=cyrillic)
        self._rules = rules

    def work_out(self, token: str) -> Known:
        return _known(self.read(token), token, self._rules)


class _FoldedWords(Words[Known]):
    """Words that were read already."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(cyrillic=True)
        self._rules = rules

    def work_out(self, token: str) -> Known:
        return _known(Word(token, range(len(token)), (), (token,), ""), "", self._rules)


def _known(word: Word, token: str, rules: RuleSet) -> Known:
    return Known(
        word.text,
        word.offsets,
        word.disguised,
        word.words,
        word.shape,
        bits=rules.gate.bits(word.words),
        signs=signs_of(token),
    )


class Vocabulary:
    """The words met so far, as ``rules`` see them."""

    def __init__(self, rules: RuleSet) -> None:
        self._among_cyrillic = _KnownWords(rules, cyrillic=True)
        self._among_latin = _KnownWords(rules, cyrillic=False)
        self._folded = _FoldedWords(rules)

    def read(self, tokens: list[str], text: str) -> list[Known]:
        """The tokens of ``text``, see :data:`~tereze.detection.spelling.TOKEN`."""
        known = self._among_cyrillic if has_cyrillic(text) else self._among_latin
        return [known[token] for token in tokens]

    def words_of(self, skeleton: Skeleton) -> Sequence[Known]:
        """The words of a text that was folded with :meth:`read`, spaced-out ones joined."""
        tokens = skeleton.tokens
        if tokens is not None:
            return tokens  # type: ignore[return-value]
        return [self._folded[word] for word in WORD.findall(skeleton.text)]


@lru_cache(maxsize=4)
def vocabulary(rules: RuleSet) -> Vocabulary:
    """The vocabulary of a set of rules; those of the last few sets are kept."""
    return Vocabulary(rules)
