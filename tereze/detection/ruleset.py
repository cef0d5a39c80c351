"""Rules: data files, read and checked once.

A file ``rules/<scheme>.toml`` holds the rules of one scheme of the typology; a file whose name
begins with ``_`` holds what is common: word sets (``_words.toml``) and the context that decides
between a fraud and a warning about it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from tereze.detection import compiled
from tereze.detection.assessment import Outcome
from tereze.detection.gate import Gate
from tereze.detection.patterns import PatternError, Phrase, compile_phrase
from tereze.detection.rule import Rule


RULES = Path(__file__).parent / "rules"
_FIELDS = {
    "name", "outcome", "weight", "any", "with", "unless", "within", "text",
    "examples", "counter_examples", "scheme_weight", "unquoted",
}  # fmt: skip


_MOST_KNOWN = 40_000  # words whose phrases are remembered; hostile input brings new ones
_LONGEST_KNOWN = 40  # characters of a word that is remembered
_SIGNAL = 1.5  # a phrase that honest people use as well


class RuleError(ValueError):
    """A rule file is wrong; the message names file, rule and cause."""


class BegunBy(dict[str, Counter[int]]):
    """By folded word: the numbers of the phrases that may begin with it.

    Each with how many of its beginnings the word fits.
    """

    def __init__(self, phrases: list[Phrase]) -> None:
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._stems: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, phrase in enumerate(phrases):
            for start in phrase.starts:
                if start.endswith("$"):
                    self._exact[start[:-1]].append(number)
                else:
                    self._stems[start[:4]].append((start, number))

    def __missing__(self, word: str) -> Counter[int]:
        numbers = Counter(self._exact.get(word, ()))
        for size in range(1, min(len(word), 4) + 1):
            for stem, number in self._stems.get(word[:size], ()):
                if word.startswith(stem):
                    numbers[number] += 1
        if len(self) < _MOST_KNOWN and len(word) <= _LONGEST_KNOWN:
            self[word] = numbers
        return numbers


class RuleSet:
    """All rules of a folder, indexed by the words a phrase may begin with."""

    def __init__(self, rules: Iterable[Rule], phrases: list[Phrase], version: str) -> None:
        self.rules = tuple(rules)
        self.phrases = phrases
        self.version = version
        self.numbers = {phrase.source: number for number, phrase in enumerate(phrases)}
        self.begun_by = BegunBy(phrases)
        self.gate = Gate(phrases, self.rules)

    def rule(self, name: str) -> Rule:
        """The rule of that full name (``scheme.rule``); ``KeyError`` where there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in self.rules}


@cache
def default_rules() -> RuleSet:
    """The rules that ship with Tereze; after the first time in compiled form, see `compiled`."""
    key = compiled.key_of(sorted(RULES.glob("*.toml")))
    kept = compiled.load(key)
    if kept is not None:
        return RuleSet(*kept)
    rules = load_rules(RULES)
    compiled.store(key, rules.rules, rules.phrases, rules.version)
    return rules


def load_rules(folder: Path) -> RuleSet:
    """Read every rule file of ``folder``.

    Raises :class:`RuleError` where a file is wrong or names a scheme the typology does not
    have, ``FileNotFoundError`` where there is no such folder.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise FileNotFoundError(f"no rule files (*.toml) in {folder}")
    digest = sha256()
    parsed: dict[str, dict[str, Any]] = {}
    for file in files:
        content = file.read_bytes()
        digest.update(content)
        try:
            parsed[file.stem] = tomllib.loads(content.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError(f"{file.name}: {error}") from error
    reader = Reader(parsed.pop("_words", {}))
    rules = [rule for stem, data in parsed.items() for rule in reader.file(stem, data)]
    rules += reader.signals()
    names = [rule.name for rule in rules]
    if len(names) != len(set(names)):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise RuleError(f"rules named twice: {', '.join(twice)}")
    return RuleSet(rules, reader.phrases, digest.hexdigest()[:8])


class Reader:
    """Turns parsed files into rules; a phrase used by several rules is compiled once."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.words = {name: " | ".join(choices) for name, choices in words.items()}
        self.phrases: list[Phrase] = []
        self.numbers: dict[str, int] = {}

    def file(self, stem: str, data: dict[str, Any]) -> list[Rule]:
        scheme = str(data.get("scheme", ""))
        common = stem.startswith("_")
        if not common:
            if scheme != stem:
                raise RuleError(f"{stem}.toml: its scheme is {scheme!r}, the file name differs")
            _check_scheme(scheme)
        rules = []
        for entry in data.get("rule", []):
            where = f"{stem.removeprefix('_')}.{entry.get('name', '?')}"
            try:
                rules.append(self.rule(where, entry, "" if common else scheme))
            except (KeyError, TypeError, ValueError) as error:
                raise RuleError(f"{stem}.toml, rule {where}: {error}") from error
        return rules

    def rule(self, name: str, entry: dict[str, Any], scheme: str) -> Rule:
        if unknown := entry.keys() - _FIELDS:
            raise RuleError(f"unknown fields {', '.join(sorted(unknown))}")
        text = entry["text"]
        if not (text.get("ru") and text.get("kk")):
            raise RuleError("the reason is needed in both languages (text.ru, text.kk)")
        entry_scheme = scheme or str(entry.get("scheme", ""))
        weight = float(entry["weight"])
        return Rule(
            name=name,
            scheme=entry_scheme,
            outcome=Outcome(entry.get("outcome", "illegal")),
            weight=weight,
            scheme_weight=float(entry.get("scheme_weight", weight)),
            any=self.numbered(entry["any"]),
            with_=tuple(self.numbered(group) for group in _groups(entry.get("with", []))),
            unless=self.numbered(entry.get("unless", [])),
            within=int(entry.get("within", 160)),
            text=text,
            examples=tuple(entry.get("examples", [])),
            counter_examples=tuple(entry.get("counter_examples", [])),
        )

    def signals(self) -> list[Rule]:
        """The typical phrases of the typology, as weak signs of their schemes."""
        from tereze.detection.typology import SCHEMES

        return [
            Rule(
                name=f"{scheme.slug}.signal",
                scheme=scheme.slug,
                outcome=Outcome.SUSPICIOUS,
                weight=_SIGNAL,
                scheme_weight=2 * _SIGNAL,
                any=self.numbered([_stemmed(phrase) for phrase in phrases]),
                with_=(),
                unless=(),
                within=0,
                text={
                    "ru": f"обычные слова схемы «{scheme.short['ru']}»",
                    "kk": f"«{scheme.short['kk']}» схемасының әдеттегі сөздері",
                },
                examples=tuple(phrases),
                counter_examples=("Добрый день, қайырлы күн",),
            )
            for scheme in SCHEMES.values()
            if (phrases := [*scheme.signals["ru"], *scheme.signals["kk"]])
        ]

    def numbered(self, sources: list[str]) -> tuple[int, ...]:
        return tuple(self.number(source) for source in sources)

    def number(self, source: str) -> int:
        if source not in self.numbers:
            try:
                phrase = compile_phrase(source, self.words)
            except PatternError as error:
                raise RuleError(str(error)) from error
            self.numbers[source] = len(self.phrases)
            self.phrases.append(phrase)
        return self.numbers[source]


def _stemmed(phrase: str) -> str:
    """A phrase of the typology as a pattern that lets the endings of its long words vary."""
    words = re.findall(r"\w+", phrase)
    return " ".join(word[:-2] + "*" if len(word) > 6 and word.isalpha() else word for word in words)


def _groups(choices: list[Any]) -> list[list[str]]:
    """``with`` is one group of phrases, or a list of groups."""
    if choices and isinstance(choices[0], str):
        return [choices]
    return choices


def _check_scheme(slug: str) -> None:
    from tereze.detection.typology import SCHEMES

    if slug not in SCHEMES:
        raise RuleError(f"{slug}.toml: the typology has no scheme {slug!r}")
