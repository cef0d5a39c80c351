"""`tereze watch replay FILE`: real texts through the whole wall, on a source of their own."""

import codecs
import gzip
import io
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from django.db import DatabaseError
from django.db.models import Count

from tereze.accounts.models import Unit
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import deciding, incoming, neighbours, sources
from tereze.watch.models import Message, Source
from tereze.watch.reasons import scheme_name
from tereze.watch.received import Incoming


BATCH = 100
OPERATOR = Actor.machine("watch replay")
LONGEST = 20_000  # characters of one text that are read


class CannotReplayError(Exception):
    pass


@dataclass
class Tally:
    read: int = 0
    unreadable: int = 0
    repeated: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def run(
    *,
    file: Path,
    rate: float,
    mode: str,
    threshold: float,
    unit: str,
    limit: int,
    out: Any,
    progress: Any,
) -> Tally:
    tally = Tally()
    rows = islice(texts(file, tally), limit or None)
    first = next(rows, None)  # before anything is made: a file without a message leaves no trace
    if first is None:
        raise CannotReplayError(
            f"{file}: no messages in it ({tally.unreadable} lines could not be read); "
            "wanted is a text a line, or JSON lines with `text`"
        )
    source = prepare(file, mode, threshold, unit)
    begun = time.monotonic()
    stream = chain([first], rows)
    with suppress(KeyboardInterrupt):  # Ctrl-C ends the file, not the account of what was read
        while batch := list(islice(stream, batch_size(rate))):
            take(source, batch, tally)
            show_progress(progress, tally, begun)
            keep_pace(tally.read, rate, begun)
    tally.seconds = time.monotonic() - begun
    progress.write("", ending="\n")
    summary(source, tally, out)
    return tally


def batch_size(rate: float) -> int:
    return BATCH if rate <= 0 else max(1, min(BATCH, int(rate / 10)))


def prepare(file: Path, mode: str, threshold: float, slug: str) -> Source:
    """A source with its own recorded basis: the texts are the operator's own."""
    at = now()
    words = f"Собственные тестовые данные: файл {file.name}, {at:%Y-%m-%d %H:%M} UTC."
    consent = vault.store(words.encode())
    fields: dict[str, Any] = {
        "legal_basis": "Собственные тестовые данные оператора; чат не наблюдается",
        "consent_by": "оператор установки",
        "consent_at": at,
        "consent_file": consent.sha256,
        "consent_file_name": "own-test-data.txt",
        "notice_at": at,
        "notice_text": "Не требуется: тексты из файла, никто не наблюдается.",
        "until": at + timedelta(days=1),
        "mode": mode,
        "threshold": threshold,
    }
    chat_id = f"file:{file.name}:{at:%Y%m%dT%H%M%S.%f}"
    return sources.add_source(
        unit=unit_of(slug), kind="replay", chat_id=chat_id, title=file.name, by=OPERATOR, **fields
    )


def unit_of(slug: str) -> Unit:
    units = Unit.objects.filter(slug=slug) if slug else Unit.objects.filter(children=None)
    try:
        found = list(units[:2])
        known = ", ".join(Unit.objects.values_list("slug", flat=True))
    except DatabaseError:
        found, known = [], ""
    if not known:
        raise CannotReplayError("there is no city yet: `make demo` or `tereze init` makes one")
    if len(found) != 1:
        raise CannotReplayError(f"say whose wall with --unit (there are: {known})")
    return found[0]


def texts(file: Path, tally: Tally) -> Iterator[dict[str, Any]]:
    """`{"id", "text", …}` of each line; plain text gives a message a line."""
    name = file.name.removesuffix(".gz")
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    encoding = encoding_of(file)
    try:
        with opened(file) as raw, io.TextIOWrapper(raw, encoding, errors="replace") as lines:
            for number, line in enumerate(whole(lines) if name.endswith(".json") else lines, 1):
                if line.strip():
                    row = json_row(line, number) if is_json else plain_row(line, number)
                    if row is None:
                        tally.unreadable += 1
                    else:
                        yield row
    except (OSError, EOFError, zlib.error) as error:
        raise CannotReplayError(f"{file}: {error}") from error


def whole(lines: TextIO) -> Iterable[str]:
    """The messages of one JSON document, such as an export of Telegram, a line each."""
    text = lines.read()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text.splitlines()  # JSON lines under another name
    rows = document.get("messages", [document]) if isinstance(document, dict) else document
    return [json.dumps(row) for row in rows] if isinstance(rows, list) else []


def plain_row(line: str, number: int) -> dict[str, Any]:
    return {"id": str(number), "text": line.rstrip("\r\n")}


def json_row(line: str, number: int) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    words = joined(row.get("text")) if isinstance(row, dict) else None
    if words is None:
        return None
    return {**row, "id": str(row.get("id", number)), "text": words}


def joined(text: Any) -> str | None:
    """Telegram's exports cut a text where its form changes."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        return None
    parts = [part.get("text") if isinstance(part, dict) else part for part in text]
    return "".join(part for part in parts if isinstance(part, str))


def opened(file: Path) -> BinaryIO:
    if not file.is_file():
        raise CannotReplayError(f"{file}: {'not a file' if file.exists() else 'no such file'}")
    return cast(BinaryIO, gzip.open(file) if file.suffix == ".gz" else file.open("rb"))


def encoding_of(file: Path) -> str:
    """UTF-8, or the older Windows one that Russian programs still write; no guess at a picture."""
    try:
        with opened(file) as raw:
            beginning = raw.read(64 * 1024)
    except (OSError, EOFError, zlib.error) as error:
        raise CannotReplayError(f"{file}: {error}") from error
    if b"\0" in beginning:
        raise CannotReplayError(f"{file}: this is not text")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(beginning)  # a letter cut in two at the end is no error
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"


def take(source: Source, rows: list[dict[str, Any]], tally: Tally) -> None:
    at = now()
    batch = [
        (
            source,
            Incoming(
                external_id=row["id"],
                sent_at=at,
                text=row["text"][:LONGEST],
                quoted=str(row.get("quoted") or ""),
                caption=str(row.get("caption") or ""),
            ),
        )
        for row in rows
    ]
    before = Message.objects.filter(source=source).count()
    keys = incoming.take_in(batch=batch)
    deciding.decide_all(keys)
    neighbours.count_raids(batch=batch)
    tally.read += len(rows)
    tally.repeated += len(rows) - (Message.objects.filter(source=source).count() - before)


def show_progress(progress: Any, tally: Tally, begun: float) -> None:
    spent = max(time.monotonic() - begun, 0.001)
    line = f"{tally.read} messages, {tally.read / spent:.0f}/s"
    if sys.stderr.isatty():
        progress.write(f"\r{line}   ", ending="")
        progress.flush()
    elif tally.read % 1000 < BATCH:
        progress.write(line)


def keep_pace(read: int, rate: float, begun: float) -> None:
    if rate > 0:
        ahead = read / rate - (time.monotonic() - begun)
        if ahead > 0:
            time.sleep(ahead)


def summary(source: Source, tally: Tally, out: Any) -> None:
    found = Message.objects.filter(source=source)
    out.write(f"{tally.read} messages in {tally.seconds:.1f} s, source {source.public_id}")
    if tally.unreadable or tally.repeated:
        out.write(f"unreadable lines: {tally.unreadable}, repeated: {tally.repeated}")
    for title, field_name in (("outcome", "outcome"), ("what became of it", "standing")):
        out.write(f"\n{title:<34}{'messages':>10}{'share':>9}")
        counted = found.values(field_name).annotate(n=Count("pk")).order_by("-n")
        for row in counted:
            share = row["n"] / max(tally.read, 1)
            out.write(f"{row[field_name] or '-':<34}{row['n']:>10}{share:>9.1%}")
    schemes = found.filter(outcome="illegal").exclude(scheme="")
    out.write(f"\n{'scheme of what is illegal':<60}{'messages':>10}")
    for row in schemes.values("scheme").annotate(n=Count("pk")).order_by("-n"):
        out.write(f"{scheme_name(row['scheme'], 'ru')[:58]:<60}{row['n']:>10}")
