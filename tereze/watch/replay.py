"""`tereze watch replay FILE`: real texts through the whole wall, on a source of their own."""

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.db.models import Count

from tereze.accounts.models import Unit
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import deciding, incoming, sources
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
    source = prepare(file, mode, threshold, unit)
    tally = Tally()
    begun = time.monotonic()
    rows = texts(file, tally)
    stream = islice(rows, limit) if limit else rows
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
    if not file.is_file():
        raise CannotReplayError(f"{file}: no such file")
    units = Unit.objects.filter(slug=slug) if slug else Unit.objects.filter(children=None)
    if units.count() != 1:
        known = ", ".join(Unit.objects.values_list("slug", flat=True)) or "none: run `tereze init`"
        raise CannotReplayError(f"say whose wall with --unit (there are: {known})")
    at = now()
    words = f"Собственные тестовые данные: файл {file.name}, {at:%Y-%m-%d %H:%M} UTC."
    consent = vault.store(words.encode())
    fields = {
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
        unit=units.get(), kind="replay", chat_id=chat_id, title=file.name, by=OPERATOR, **fields
    )


def texts(file: Path, tally: Tally) -> Iterator[dict[str, Any]]:
    """`{"id", "text", …}` of each line; plain text gives a message a line."""
    name = file.name.removesuffix(".gz")
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    with opened(file) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            if not is_json:
                yield {"id": str(number), "text": line.rstrip("\r\n")}
                continue
            try:
                row = json.loads(line)
                yield {**row, "id": str(row.get("id", number)), "text": str(row["text"])}
            except (ValueError, KeyError, TypeError, AttributeError):
                tally.unreadable += 1


def opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", errors="replace")
    return file.open(encoding="utf-8", errors="replace")


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
