"""What the engine knows of a word, worked out once and remembered.

Every step of an assessment asks something of each word: how it is read, which rules it can take
part in, which phrases it may begin, which language it speaks for. A city's chats say the
same words all day, so one look-up answers all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tereze.detection.gate import Bits
from tereze.detection.language import signs_of
from tereze.detection.ruleset import RuleSet
from tereze.detection.skeleton import Skeleton, fold
from tereze.detection.spelling import WORD, Word, Words, has_cyrillic
from tereze.indicators.folding import Folded


Begun = tuple[int, str, Counter[int]]
"""Where a word stands that phrases may begin with, the word, and those phrases: see ``BegunBy``."""


@dataclass(eq=False, slots=True)
class Known(Word):
    """A word with what rules (``bits``) and language (``signs``) say of it.

    ``begun`` are the words in it that phrases may begin with, and all numbers.
    """

    bits: Bits
    signs: int
    begun: tuple[Begun, ...]


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
        return _known(Word(token, range(len(token)), (), ""), "", self._rules)


def _known(word: Word, token: str, rules: RuleSet) -> Known:
    begun = [
        (match.start(), match.group(), rules.begun_by[match.group()])
        for match in WORD.finditer(word.text)
    ]
    return Known(
        word.text,
        word.offsets,
        word.disguised,
        word.shape,
        bits=rules.gate.bits([text for _, text, _ in begun]),
        signs=signs_of(token),
        begun=tuple(found for found in begun if found[2] or found[1][0].isdigit()),
    )


@dataclass(eq=False, slots=True)
class Reading:
    """A folded text, and what is known of its words."""

    skeleton: Skeleton
    words: Sequence[Known]

    def beginnings(self) -> list[Begun]:
        """Where phrases may begin; of a number in groups ("50 000") only the first group."""
        starts = self.skeleton.word_starts()
        found = []
        number_ends = -2
        for shift, known in zip(starts, self.words, strict=True):
            for start, word, phrases in known.begun:
                begins = shift + start
                if word[0].isdigit():
                    goes_on = begins - number_ends <= 1
                    number_ends = begins + len(word)
                    if goes_on:
                        continue
                if phrases:
                    found.append((begins, word, phrases))
        return found


class Vocabulary:
    """The words met so far, as ``rules`` see them."""

    def __init__(self, rules: RuleSet) -> None:
        self._among_cyrillic = _KnownWords(rules, cyrillic=True)
        self._among_latin = _KnownWords(rules, cyrillic=False)
        self._folded = _FoldedWords(rules)

    def fold(self, text: str, plain: Folded | None = None) -> Reading:
        """Fold ``text``, of which ``plain`` is the typographically plain copy if there is one."""
        skeleton = fold(text, self._read, plain)
        words: Sequence[Known] = skeleton.words  # type: ignore[assignment]
        if skeleton.words is None:
            words = [self._folded[word] for word in WORD.findall(skeleton.text)]
        return Reading(skeleton, words)

    def _read(self, tokens: list[str], text: str) -> list[Known]:
        known = self._among_cyrillic if has_cyrillic(text) else self._among_latin
        return [known[token] for token in tokens]


@lru_cache(maxsize=4)
def vocabulary(rules: RuleSet) -> Vocabulary:
    """The vocabulary of a set of rules; those of the last few sets are kept."""
    return Vocabulary(rules)
