"""Taking messages in: judged outside the transaction, stored in one short one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.detection import Assessment, Document, assess
from tereze.live import publish
from tereze.watch.connectors.base import Cursor
from tereze.watch.masking import mask
from tereze.watch.models import CALM, FLAGGED, Message, Source
from tereze.watch.models.messages import Standing, State
from tereze.watch.received import Incoming, author_key, author_trail, exemption


log = logging.getLogger(__name__)
LEASE = timedelta(seconds=15)  # ours to decide; after a crash of ours the worker's
FLAGGED_DAYS = timedelta(days=settings.WATCH_FLAGGED_DAYS)
SHORTEST_REPEATED = 12  # letters; below this everybody's messages are alike
Batch = Sequence[tuple[Source, Incoming]]


@dataclass(frozen=True)
class Judged:
    source: Source
    item: Incoming
    assessment: Assessment | None  # None: the text could not be judged, a person must look


def judge(source: Source, item: Incoming) -> Judged:
    document = Document(item.text, quoted=item.quoted, caption=item.caption, profile=item.profile)
    try:
        return Judged(source, item, assess(document))
    except Exception:
        log.exception("message %s of source %s could not be assessed", item.external_id, source.pk)
        return Judged(source, item, None)


def take_in(*, batch: Batch, cursors: Mapping[int, Cursor] | None = None) -> list[int]:
    """Judge and store a batch; the keys of the messages about which something is to be decided."""
    return store(judged=[judge(source, item) for source, item in batch], cursors=cursors or {})


@transaction.atomic
def store(*, judged: Sequence[Judged], cursors: Mapping[int, Cursor]) -> list[int]:
    """Store what is new. A source that may not be watched at this moment stores nothing."""
    open_sources = set(
        Source.objects.watchable(now())
        .filter(pk__in={found.source.pk for found in judged})
        .values_list("pk", flat=True)
    )
    rows = fresh_rows(
        [found for found in judged if found.source.pk in open_sources and is_covered(found)]
    )
    Message.objects.bulk_create(rows)
    for pk, cursor in cursors.items():
        move(pk, cursor)
    if rows:
        Source.objects.filter(pk__in={row.source_id for row in rows}).update(last_message_at=now())
    waiting = [row.pk for row in rows if row.next_action_at is not None]
    if rows and not waiting:  # a decision announces itself a moment later
        publish("wall")
    return waiting


def move(pk: int, cursor: Cursor) -> None:
    """A number only grows; words have no order, so the last one stands."""
    if isinstance(cursor, int):
        Source.objects.filter(pk=pk, cursor__lt=cursor).update(cursor=cursor)
    else:
        Source.objects.filter(pk=pk).update(position=cursor)


@transaction.atomic
def note_gone(*, source: Source, external_ids: Sequence[str]) -> None:
    """Somebody else removed them. What waits for a person still waits, and says so."""
    waiting = Message.objects.filter(source=source, external_id__in=external_ids)
    if waiting.filter(standing=Standing.WAITING).update(trouble="gone"):
        publish("wall")


def is_covered(found: Judged) -> bool:
    """Written when the chat had been told: who wrote before did not know of us."""
    notice_at, item = found.source.notice_at, found.item
    # services tell whole seconds: what was written in the notice's own second came after it
    written = item.edited_at or item.sent_at
    return notice_at is not None and written >= notice_at.replace(microsecond=0)


def fresh_rows(judged: Sequence[Judged]) -> list[Message]:
    """Rows for what was not delivered before, each version after the one before it."""
    names = {(found.source.pk, found.item.external_id) for found in judged}
    known: dict[tuple[int, str], list[Message]] = {}
    stored = Message.objects.filter(
        source__in={pk for pk, _ in names}, external_id__in={external for _, external in names}
    )
    for row in stored.order_by("version"):
        known.setdefault((row.source_id, row.external_id), []).append(row)
    rows: list[Message] = []
    for found in judged:
        versions = known.setdefault((found.source.pk, found.item.external_id), [])
        if repeats(found.item, versions):
            continue
        row = row_of(found, version=len(versions) + 1)
        supersede(versions)
        versions.append(row)
        rows.append(row)
    return rows


def repeats(item: Incoming, versions: list[Message]) -> bool:
    """Delivered twice, or an edit that changed no words (a button, a reaction)."""
    if any(version.revision == item.revision for version in versions):
        return True
    return bool(versions) and versions[-1].text == item.parts


def supersede(versions: list[Message]) -> None:
    if not versions:
        return
    versions[-1].is_latest = False
    if versions[-1].pk:
        Message.objects.filter(pk=versions[-1].pk).update(is_latest=False)


def row_of(found: Judged, *, version: int) -> Message:
    source, item, assessment = found.source, found.item, found.assessment
    at = now()
    row = Message(
        source=source,
        external_id=item.external_id,
        revision=item.revision,
        version=version,
        author_key=author_key(source, item.author) if item.author else "",
        exempt=exemption(source, item.author),
        text=item.parts,
        sent_at=item.sent_at,
        edited_at=item.edited_at,
        received_at=at,
        kept_until=at + source.retention,
    )
    if assessment is None:
        row.masked = mask(item.own_text, ())
        row.standing, row.trouble = Standing.STUCK, "not_assessed"
        keep_for_people(row, item)
        return row
    row.masked = mask(item.own_text, assessment.indicators)
    put_assessment(row, assessment)
    if row.outcome in FLAGGED:
        keep_for_people(row, item)
        row.next_action_at, row.lease_until = at, at + LEASE
    else:
        row.state = State.DECIDED
    return row


def put_assessment(row: Message, assessment: Assessment) -> None:
    row.assessment = assessment.to_json()
    row.outcome = str(assessment.outcome)
    row.p_illegal, row.score = assessment.p_illegal, assessment.score
    named = assessment.schemes if assessment.outcome not in CALM else ()
    row.scheme = named[0].slug if named else ""
    row.lang = assessment.lang
    row.state = State.ASSESSED


def keep_for_people(row: Message, item: Incoming) -> None:
    """From here on the author has a name: people must be able to act on a flagged message."""
    row.kept_until = now() + FLAGGED_DAYS
    row.text_key = text_key(item.own_text)
    if item.author is not None:
        row.author = {
            "id": item.author.id,
            "name": item.author.name,
            "username": item.author.username,
            "kind": item.author.kind,
        }
        row.author_trail = author_trail(row.source, item.author.id)


def text_key(text: str) -> str:
    """The same words written again, whatever the spaces, signs and case."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return keyed_hash(letters, purpose="watch.text") if len(letters) >= SHORTEST_REPEATED else ""
