"""The small pattern language of the rule files, compiled to ``re``.

==============  ==============================================================
``куплю``       this word
``карт*``       words that begin so
``жібер~``      words that begin so and are not negated in Kazakh (жіберме…)
``(a|b c)``     one of these phrases
``[очень]``     this, or nothing
``..``          up to three words of any kind; ``...`` up to seven
``#``           a number: 5, 50 000, 30%, 5к, 200$
``#%``          a percentage: 30%, 5 процентов, 10 пайыз
``{карта}``     a word set of ``_words.toml``
``@link``       alone: a link or domain; ``@contact``: a phone, handle, card or e-mail
==============  ==============================================================

Patterns and texts pass through the same folding, so that case, look-alikes and Kazakh letters
need no thought in a rule. A pattern is tried only where a word stands that may begin it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import prod

from tereze.detection.skeleton import fold


_SEPARATOR = r"[\W_]{1,8}+"
_OPEN_SEPARATOR = r"[\W_]{0,8}+"
_NUMBER = r"\d{1,15}+(?:[ .,]?\d{1,6}+){0,5}+(?:[\W_]?(?:%|\$|к\b|тис\w*+|мин\b|млн\w*+))?"
_PERCENTAGE = r"\d++(?:[.,]\d++)?\s?(?:%|процент\w*+|паиз\w*+)"
_PIECE = re.compile(r"\s*(\.\.\.|\.\.|#%|[()\[\]|#]|\{[^}]*\}|[^\s()\[\]|#{}.]+)")
_LATIN = re.compile("[A-Za-z]")
_NOT_NEGATED = r"(?![мпб][ае])"
_DIGITS = frozenset("0123456789")

MOST_WAYS = 4_096  # the shipped rules need that many; beyond it hostile words could hold up a chat


MOST_BRACKETS = 20  # within one another: deeper ones say nothing, and no reader of them must fall


MARKS = frozenset({"@link", "@contact"})
"""Phrases that stand for what :mod:`tereze.indicators` found."""


_WRONG = {
    "no_beginning": "must begin with a word",
    "too_many_ways": "too many gaps, choices and optional words together",
    "unexpected": "unexpected {!r}",
    "empty": "an empty alternative",
    "no_word_set": "no word set {!r}",
    "circular": "word sets refer to each other",
    "missing": "{!r} is missing",
    "unreadable": "cannot read {!r}",
    "gap_first": "a gap cannot come first",
    "short_stem": "the stem {!r} is too short",
}


class PatternError(ValueError):
    """A pattern cannot be read: ``source`` is where, ``code`` and ``part`` say why."""

    def __init__(self, source: str, code: str, part: str = "") -> None:
        self.source, self.code, self.part = source, code, part
        super().__init__(f"{source!r}: {_WRONG[code].format(part)}")


@dataclass(frozen=True)
class Phrase:
    """A compiled pattern: where it may begin, and the expression that confirms it.

    ``starts`` and every item of ``needs`` are beginnings of words, with ``$`` for whole words:
    where the pattern matches, a word stands that begins with one of each. ``ways`` is known of a
    phrase that was just compiled: in how many ways it can be laid on the same words at most.
    """

    source: str
    starts: frozenset[str]
    expression: str
    open_expression: str = field(repr=False)
    needs: tuple[frozenset[str], ...] = ()
    ways: int = field(default=1, compare=False)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.expression)

    @cached_property
    def open_regex(self) -> re.Pattern[str]:
        """For text written letter by letter, where word boundaries are unknown."""
        return re.compile(self.open_expression)


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of a pattern: its expression, the same without boundaries, and its beginnings.

    ``needs`` are the beginnings of all words it cannot do without, see :class:`Phrase`; ``ways``
    in how many ways it can be laid on the same words at most, which is what a search costs.
    """

    expression: str
    open_expression: str
    starts: frozenset[str]
    optional: bool = False
    gap: bool = False
    needs: tuple[frozenset[str], ...] = ()
    ways: int = 1


def compile_phrase(source: str, words: Mapping[str, str]) -> Phrase:
    """Compile ``source``; ``words`` are the word sets that ``{name}`` may refer to.

    Raises :class:`PatternError` where brackets do not match, a word set is unknown or the
    phrase could begin with anything, or where looking for it could take too long.
    """
    if source in MARKS:
        return Phrase(source, frozenset(), r"(?!)", r"(?!)")
    parser = _Parser(source, words)
    node = parser.parse()
    if node.optional or not node.starts:
        raise PatternError(source, "no_beginning")
    if node.ways > MOST_WAYS:
        raise PatternError(source, "too_many_ways")
    return Phrase(source, node.starts, node.expression, node.open_expression, node.needs, node.ways)


class _Parser:
    def __init__(self, source: str, words: Mapping[str, str], depth: int = 0) -> None:
        self.source = source
        self.words = words
        self.depth = depth
        self.brackets = 0
        self.pieces = _pieces(source.replace("-", " "))
        self.at = 0

    def parse(self) -> _Node:
        node = self._alternatives()
        if self.at != len(self.pieces):
            raise PatternError(self.source, "unexpected", self.pieces[self.at])
        return node

    def _alternatives(self) -> _Node:
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        if len(options) == 1:
            return options[0]
        return _Node(
            "(?:" + "|".join(o.expression for o in options) + ")",
            "(?:" + "|".join(o.open_expression for o in options) + ")",
            frozenset().union(*(o.starts for o in options)),
            optional=any(o.optional for o in options),
            needs=_needs_of_any(options),
            ways=_ways_of_any(options),
        )

    def _sequence(self) -> _Node:
        nodes: list[_Node] = []
        while (piece := self._peek()) is not None and piece not in "|)]":
            nodes.append(self._item(piece))
        if not nodes:
            raise PatternError(self.source, "empty")
        return _chain(nodes, self.source)

    def _item(self, piece: str) -> _Node:
        self.at += 1
        if piece in {"..", "..."}:
            reach = 3 if piece == ".." else 7
            step = rf"(?:{_SEPARATOR}\w++){{0,{reach}}}?"
            return _Node(step, r"\w{0,40}?", frozenset(), gap=True, ways=reach + 1)
        if piece in "([":
            self.brackets += 1
            if self.brackets > MOST_BRACKETS:
                raise PatternError(self.source, "unreadable", piece)
            inner = self._alternatives()
            self._expect(")" if piece == "(" else "]")
            self.brackets -= 1
            if piece == "[":
                expression, opened = inner.expression, inner.open_expression
                return _Node(expression, opened, inner.starts, optional=True, ways=inner.ways + 1)
            return _enclosed(inner)
        if piece in {"#", "#%"}:
            number = _NUMBER if piece == "#" else _PERCENTAGE
            return _Node(number, number, _DIGITS, needs=(_DIGITS,))
        if piece.startswith("{"):
            return self._word_set(piece[1:-1])
        try:
            return _word(piece)
        except PatternError as error:
            raise PatternError(self.source, error.code, error.part) from error

    def _word_set(self, name: str) -> _Node:
        if name not in self.words:
            raise PatternError(self.source, "no_word_set", name)
        if self.depth > 3:
            raise PatternError(self.source, "circular")
        return _enclosed(_Parser(self.words[name], self.words, self.depth + 1).parse())

    def _peek(self) -> str | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def _expect(self, piece: str) -> None:
        if self._peek() != piece:
            raise PatternError(self.source, "missing", piece)
        self.at += 1


def _enclosed(inner: _Node) -> _Node:
    return _Node(
        f"(?:{inner.expression})",
        f"(?:{inner.open_expression})",
        inner.starts,
        needs=inner.needs,
        ways=inner.ways,
    )


def rarity(need: frozenset[str]) -> float:
    """How often one of these words is met, by guess: short ones are common. Lower is rarer."""
    return sum(0.35 ** len(start.rstrip("$")) for start in need)


def _needs_of_any(options: list[_Node]) -> tuple[frozenset[str], ...]:
    """What a choice cannot do without: the rarest word of one option or another."""
    if not all(option.needs for option in options):
        return ()
    return (frozenset().union(*(min(option.needs, key=rarity) for option in options)),)


def _ways_of_any(options: list[_Node]) -> int:
    """Of a choice only the options that fit the same word multiply: "а*|аб*", not "а|б"."""
    stems: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for option in options:
        for start in option.starts:
            if start.endswith("$"):
                whole[start[:-1]] += option.ways
            else:
                stems[start] += option.ways
    return max(
        whole[word] + sum(stems[word[:size]] for size in range(1, len(word) + 1))
        for word in stems.keys() | whole.keys()
    )


def _pieces(source: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    stripped = source.rstrip()
    while at < len(stripped):
        match = _PIECE.match(stripped, at)
        if match is None:
            raise PatternError(source, "unreadable", stripped[at:])
        pieces.append(match.group(1))
        at = match.end()
    return pieces


def _chain(nodes: list[_Node], source: str) -> _Node:
    """Put pieces one after another, each with the separator it needs."""
    expression = open_expression = ""
    starts: set[str] = set()
    needs: tuple[frozenset[str], ...] = ()
    begun = False
    ways = prod(node.ways for node in nodes)
    for node in nodes:
        if node.gap:
            if not begun:
                raise PatternError(source, "gap_first")
            expression += node.expression
            open_expression += node.open_expression
            continue
        if not begun:
            starts |= node.starts
        if node.optional:
            before = ("", "") if not expression else (_SEPARATOR, _OPEN_SEPARATOR)
            after = (_SEPARATOR, _OPEN_SEPARATOR) if not expression else ("", "")
            expression += f"(?:{before[0]}(?:{node.expression}){after[0]})?"
            open_expression += f"(?:{before[1]}(?:{node.open_expression}){after[1]})?"
            continue
        if begun:
            expression += _SEPARATOR
            open_expression += _OPEN_SEPARATOR
        expression += node.expression
        open_expression += node.open_expression
        needs += node.needs
        begun = True
    return _Node(
        expression, open_expression, frozenset(starts), optional=not begun, needs=needs, ways=ways
    )


@cache
def _word(piece: str) -> _Node:
    ending = piece[-1] if piece[-1] in "*~" else ""
    stem = piece.rstrip("*~")
    readings = _readings(stem)
    shortest = min(map(len, readings))
    if not shortest or (ending and shortest < 2) or (len(stem) > 2 and shortest == 1):
        raise PatternError("", "short_stem", piece)
    tail = {"": r"(?!\w)", "*": r"\w*+", "~": rf"{_NOT_NEGATED}\w*+"}[ending]
    open_tail = {"": "", "*": r"\w{0,4}?", "~": rf"{_NOT_NEGATED}\w{{0,4}}?"}[ending]
    starts = frozenset(r if ending else r + "$" for r in readings)
    parts = [re.escape(r) for r in readings]
    body = parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"
    needs = () if any("_" in r for r in readings) else (starts,)  # a line parts words as well
    return _Node(body + tail, body + open_tail, starts, needs=needs)


def _readings(stem: str) -> list[str]:
    """The folded forms of a word: Latin letters may be read by sound or by shape."""
    alone = _letters(fold(stem).text)
    if not _LATIN.search(stem):
        return [alone]
    among = _letters(fold(f"ж {stem}").text[2:])
    return sorted({alone, among})


def _letters(folded: str) -> str:
    return "".join(re.findall(r"\w+", folded))
