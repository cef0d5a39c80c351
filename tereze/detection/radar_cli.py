"""The command ``tereze radar``: what grows and fits no known scheme. No database, no network."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tereze.detection.assessment import Assessment
from tereze.detection.batches import judged
from tereze.detection.cli import as_command, document_of
from tereze.detection.radar import WEEK, WEEKS_BEFORE, Told, Topic, find_topics
from tereze.detection.terminal import printable, write
from tereze.indicators.answering import BAD_USAGE, RAN, SOME_UNREADABLE
from tereze.indicators.documents import STDIN, Entry, Unreadable, read_documents
from tereze.indicators.invocation import program


_DATES = ("date", "at", "time")
_BAR = "▁▂▃▄▅▆▇█"


@as_command
def main_radar(argv: Sequence[str]) -> int:
    """``tereze radar FILE…``: a ranked list of what is new. Returns the exit code."""
    options = _parser().parse_args(argv)
    texts: list[Told] = []
    unreadable: list[Unreadable] = []
    try:
        dated = _dated(options.files or [STDIN], unreadable)
        for (entry, at), found in judged(dated, lambda item: document_of(item[0])):
            texts.append(_told(entry, at, found, vouched=options.reports))
        topics, since, before = _found(texts, options.since)
    except ValueError as error:
        _complain(str(error))
        return BAD_USAGE
    for line in unreadable:
        _complain(f"{line.source}, line {line.line}: {line.reason}")
    if texts and not before:
        _complain(f"nothing before {since:%Y-%m-%d} to compare with: give the weeks before as well")
    for place, topic in enumerate(topics, 1):
        told = (
            json.dumps(as_json(topic), ensure_ascii=False) if options.json else said(place, topic)
        )
        write(told)
    if not topics and not options.json:
        write(f"Nothing new grows since {since:%Y-%m-%d}." if texts else "No texts.")
    return SOME_UNREADABLE if unreadable else RAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{program()} radar",
        description="What grows this week and fits no known scheme: words, counts, examples.",
        epilog='Input is JSON Lines with "text" and "date" (ISO 8601 or seconds since 1970; without '
        'a zone: UTC); "author" and "scheme" (named by a person) where they are known. '
        "Exit code: 0 ran, 2 bad usage, 3 some lines could not be read.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="JSON Lines; none: standard input")
    parser.add_argument(
        "--since",
        metavar="DATE",
        help="compare from this day to the newest text with four such spans before it; "
        "without it: the last seven days of the file",
    )
    parser.add_argument("--json", action="store_true", help="one topic a line, as JSON")
    parser.add_argument(
        "--reports",
        action="store_true",
        help="residents' reports: each text counts as doubted, whatever the engine thinks of it",
    )
    return parser


def _dated(paths: Sequence[str], unreadable: list[Unreadable]) -> Iterator[tuple[Entry, datetime]]:
    for entry in read_documents(paths, jsonl=True):
        if isinstance(entry, Unreadable):
            unreadable.append(entry)
            continue
        try:
            at = _moment(next(entry.fields[name] for name in _DATES if name in entry.fields))
        except StopIteration:
            unreadable.append(Unreadable(entry.source, entry.line, 'no "date"'))
        except (ValueError, TypeError, OverflowError, OSError):
            unreadable.append(Unreadable(entry.source, entry.line, "the date is none"))
        else:
            yield entry, at


def _told(entry: Entry, at: datetime, found: Assessment, *, vouched: bool) -> Told:
    # the reasons are what an assessment weighs, and the radar reads none of them
    assessment = replace(found, reasons=())
    author, scheme = (str(entry.fields.get(name) or "") for name in ("author", "scheme"))
    return Told(entry.id, entry.own, at, assessment, author, vouched, scheme)


def _moment(value: Any) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _found(texts: Sequence[Told], since: str | None) -> tuple[tuple[Topic, ...], datetime, int]:
    """Topics, the beginning of their week, and how many texts there are to compare with."""
    newest = max((told.at for told in texts), default=datetime.now(UTC))
    until = newest + timedelta(seconds=1)
    first = _moment(since) if since else until - WEEK
    if first >= until:
        raise ValueError(f"no text since {since}")
    week = until - first
    before = sum(first - WEEKS_BEFORE * week < told.at < first for told in texts)
    return find_topics(texts, until=until, week=week), first, before


def said(place: int, topic: Topic) -> str:
    """A topic in words, with its growth as a row of bars."""
    most = max(topic.weeks)
    bars = "".join(_BAR[round(n / most * (len(_BAR) - 1))] for n in topic.weeks)
    lines = [
        f"{place}. {', '.join(topic.words)}",
        f"   {bars}  {topic.people} now, {topic.before:.1f} a week before; "
        f"{', '.join(topic.languages)}; first {topic.first_seen:%Y-%m-%d}; G² {topic.strength}",
    ]
    if topic.near:
        lines.append(f"   nearest known scheme: {topic.near}")
    examples = (f"   · {e.at:%m-%d} {e.text}" for e in topic.examples)
    return printable("\n".join([*lines, *examples]))


def as_json(topic: Topic) -> dict[str, Any]:
    """A topic ready for ``json.dumps``."""
    return {
        "words": topic.words,
        "stems": topic.stems,
        "people": topic.people,
        "before": topic.before,
        "weeks": topic.weeks,
        "strength": topic.strength,
        "languages": topic.languages,
        "first_seen": topic.first_seen.isoformat(),
        "near": topic.near,
        "texts": topic.texts,
        "examples": [{"id": e.id, "at": e.at.isoformat(), "text": e.text} for e in topic.examples],
    }


def _complain(what: str) -> None:
    print(f"{program()} radar: {what}", file=sys.stderr)  # noqa: T201
