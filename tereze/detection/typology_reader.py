"""Reads one TOML entry and says exactly which file, entry and key is wrong."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tereze.detection.typology_types import Confidence, Text


RU_KK = ("ru", "kk")
RU_KK_EN = ("ru", "kk", "en")


class TypologyError(ValueError):
    """The typology's data cannot be used; the message names file, entry and key."""


class Entry:
    """A table of a data file. Every key has to be asked for: `close()` complains of the rest."""

    def __init__(self, file: str, name: str, table: Mapping[str, Any]) -> None:
        self.file, self.name = file, name
        self._left = dict(table)

    def wrong(self, what: str) -> TypologyError:
        return TypologyError(f"{self.file}, [{self.name}]: {what}")

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str) -> Any:
        if key not in self._left:
            raise self.wrong(f"'{key}' is missing")
        return self._left.pop(key)

    def string(self, key: str, *, empty: bool = False) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise self.wrong(f"'{key}' must be a text")
        return value

    def flag(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.wrong(f"'{key}' must be true or false")
        return value

    def day(self, key: str) -> date:
        value = self.take(key)
        if type(value) is not date:
            raise self.wrong(f"'{key}' must be a date like 2026-03-31, without quotes")
        return value

    def positive(self, key: str) -> float | None:
        if not self.has(key):
            return None
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.wrong(f"'{key}' must be a number above zero")
        return value

    def confidence(self, key: str) -> Confidence:
        value = self.take(key)
        if value not in tuple(Confidence):
            raise self.wrong(f"'{key}' must be one of {', '.join(Confidence)}, not {value!r}")
        return Confidence(value)

    def choice(self, key: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
        value = self.string(key)
        if value not in known:
            raise self.wrong(f"'{key}' names {value!r}; known are: {', '.join(known)}")
        return value

    def choices(
        self, key: str, known: Mapping[str, Any] | tuple[str, ...], *, least: int = 1
    ) -> tuple[str, ...]:
        values = self.take(key)
        if not isinstance(values, list) or len(values) < least:
            raise self.wrong(f"'{key}' must be a list of at least {least}")
        for value in values:
            if value not in known:
                raise self.wrong(f"'{key}' names {value!r}; known are: {', '.join(known)}")
        return tuple(values)

    def text(self, key: str, langs: tuple[str, ...] = RU_KK_EN) -> Text:
        return self._text(key, self.take(key), langs)

    def optional_text(self, key: str, langs: tuple[str, ...] = RU_KK_EN) -> Text | None:
        return self.text(key, langs) if self.has(key) else None

    def texts(
        self, key: str, *, least: int, most: int = 20, langs: tuple[str, ...] = RU_KK_EN
    ) -> tuple[Text, ...]:
        values = self.take(key) if least or self.has(key) else []
        if not isinstance(values, list) or not least <= len(values) <= most:
            raise self.wrong(f"'{key}' must be a list of {least} to {most} texts")
        return tuple(self._text(f"{key} {i}", v, langs) for i, v in enumerate(values, start=1))

    def phrases(self, key: str, langs: tuple[str, ...] = RU_KK) -> Mapping[str, tuple[str, ...]]:
        value = self.take(key)
        if not isinstance(value, dict) or set(value) != set(langs):
            raise self.wrong(f"'{key}' must have the lists {', '.join(langs)}")
        for lang in langs:
            if not value[lang] or not all(isinstance(v, str) and v.strip() for v in value[lang]):
                raise self.wrong(f"'{key}.{lang}' must be a list of phrases")
        return {lang: tuple(value[lang]) for lang in langs}

    def entries(self, key: str) -> list["Entry"]:
        values = self.take(key)
        if not isinstance(values, list) or not values:
            raise self.wrong(f"'{key}' must be a list of tables")
        return [Entry(self.file, f"{self.name}.{key} {i}", v) for i, v in enumerate(values, 1)]

    def close(self) -> None:
        if self._left:
            raise self.wrong(f"unknown key '{min(self._left)}'")

    def _text(self, key: str, value: Any, langs: tuple[str, ...]) -> Text:
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' must be given in {', '.join(langs)}")
        for lang in langs:
            if not isinstance(value.get(lang), str) or not value[lang].strip():
                raise self.wrong(f"'{key}.{lang}' is missing or empty")
        if extra := set(value) - set(langs):
            raise self.wrong(f"'{key}' has an unknown language '{min(extra)}'")
        return {lang: value[lang] for lang in langs}


def read_entries(path: Path) -> Iterator[Entry]:
    """The file's tables in the order in which they are written."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TypologyError(f"{path.name}: {error}") from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise TypologyError(f"{path.name}: '{name}' stands outside of any [entry]")
        yield Entry(path.name, name, table)
