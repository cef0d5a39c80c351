"""The texts an edit is tried on: what the wall still holds, the shipped corpus, files of the house.

Messages are read newest first, as far as they are kept: a chat's retention bounds what can be
known. `Reading.position` says where to go on; every piece is short.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from tereze.watch.models import Message, Source


PIECE = 1_000  # texts
LETTERS = 150_000  # long texts make a shorter piece
CORPUS = "corpus"
FILES = "files"
MESSAGES = "messages"
_LABELS = ("outcome", "label")


@dataclass(frozen=True, kw_only=True)
class Text:
    """``label``: what people say it is, where they said. ``threshold``: from there it is blocked."""

    parts: dict[str, Any]
    place: str
    threshold: float
    label: str = ""
    scheme: str = ""
    message: int | None = None
    acquitted: bool = False  # an officer looked at it and found it harmless

    @property
    def own(self) -> str:
        return str(self.parts.get("text") or self.parts.get("caption") or "")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some texts, and where the next ones begin."""

    texts: Sequence[Text]
    position: dict[str, Any]


def pieces(unit_id: int, position: dict[str, Any]) -> Iterator[Piece]:
    """Everything from `position` on: the corpus, the files, the messages."""
    return cut(texts(unit_id, position))


def cut(found: Iterable[tuple[Text, dict[str, Any]]]) -> Iterator[Piece]:
    gathered: list[Text] = []
    letters = 0
    position: dict[str, Any] = {}
    for text, position in found:
        gathered.append(text)
        letters += len(text.own)
        if len(gathered) >= PIECE or letters >= LETTERS:
            yield Piece(texts=gathered, position=position)
            gathered, letters = [], 0
    if gathered:
        yield Piece(texts=gathered, position=position)


def texts(unit_id: int, position: dict[str, Any]) -> Iterator[tuple[Text, dict[str, Any]]]:
    """Each text with where the next one is found."""
    stage = position.get("stage", CORPUS)
    if stage == CORPUS:
        yield from of_files(CORPUS, corpus_files(), position)
        stage, position = FILES, {}
    if stage == FILES:
        yield from of_files(FILES, house_files(), position)
        position = {}
    yield from of_messages(unit_id, position)


def corpus_files() -> list[Path]:
    return sorted(settings.CORPUS.glob("*.jsonl"))


def house_files() -> list[Path]:
    """Texts an installation was given: JSON Lines with `text`, and `outcome` where it is known."""
    folder = settings.DATA / "texts"
    return sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])


def of_files(
    stage: str, files: Sequence[Path], position: dict[str, Any]
) -> Iterator[tuple[Text, dict[str, Any]]]:
    for file in files:
        if file.name < position.get("file", ""):
            continue
        begin = position["line"] if file.name == position.get("file") else 0
        for line, row in enumerate(rows(file), start=1):
            if line > begin:
                yield text_of(row, stage, file), {"stage": stage, "file": file.name, "line": line}


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """A line that cannot be read is an empty text: it is counted and changes nothing."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                row = {}
            yield row if isinstance(row, dict) else {}


def text_of(row: dict[str, Any], stage: str, file: Path) -> Text:
    return Text(
        parts={"text": str(row.get("text") or "")},
        place=stage if stage == CORPUS else file.name,
        threshold=0.5,
        label=next((str(row[name]) for name in _LABELS if row.get(name)), ""),
        scheme=str(row.get("scheme") or ""),
    )


def stored(unit_id: int) -> Any:
    return Message.objects.filter(source__unit=unit_id, text__isnull=False)


def of_messages(unit_id: int, position: dict[str, Any]) -> Iterator[tuple[Text, dict[str, Any]]]:
    sources = {source.pk: source for source in Source.objects.filter(unit=unit_id)}
    seen, before = position.get("seen", 0), position.get("before")
    while seen < settings.WORKSHOP_MOST_MESSAGES:
        found = stored(unit_id).order_by("-pk")
        if before is not None:
            found = found.filter(pk__lt=before)
        page = list(found.values("pk", "source", "text", "scheme", "standing")[:PIECE])
        if not page:
            return
        for row in page:
            seen, before = seen + 1, row["pk"]
            text = text_of_message(row, sources[row["source"]])
            yield text, {"stage": MESSAGES, "before": before, "seen": seen}


def text_of_message(row: dict[str, Any], source: Source) -> Text:
    own = source.schemes.get(row["scheme"], {}).get("threshold", source.threshold)
    return Text(
        parts=row["text"],
        place=source.title,
        threshold=max(own, source.threshold),
        message=row["pk"],
        acquitted=row["standing"] in {"released", "undone"},
    )


def amounts(unit_id: int) -> dict[str, Any]:
    """How many there are to read: what the page says honestly before it says anything else."""
    messages = stored(unit_id).count()
    most = settings.WORKSHOP_MOST_MESSAGES
    return {
        "messages": min(messages, most),
        "left_out": max(0, messages - most),
        "corpus": sum(1 for file in corpus_files() for _ in rows(file)),
        "files": {file.name: sum(1 for _ in rows(file)) for file in house_files()},
    }
