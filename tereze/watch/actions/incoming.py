"""Taking messages in: judged outside the transaction, stored in one short one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.detection import Assessment, Outcome
from tereze.live import publish
from tereze.watch.actions import pictures, raids, trial
from tereze.watch.actions.judging import Batch, Judged, judge_all
from tereze.watch.actions.neighbours import beside_others
from tereze.watch.beside import ACCUSED, Beside
from tereze.watch.connectors.base import Cursor
from tereze.watch.masking import mask
from tereze.watch.models import CALM, FLAGGED, Message, MessagePicture, Source
from tereze.watch.models.messages import Hint, Standing, State
from tereze.watch.received import Incoming, author_key, author_trail, exemption


LEASE = timedelta(seconds=15)  # ours to decide; after a crash of ours the worker's
FLAGGED_DAYS = timedelta(days=settings.WATCH_FLAGGED_DAYS)
SHORTEST_REPEATED = 12  # letters; below this everybody's messages are alike


def take_in(*, batch: Batch, cursors: Mapping[int, Cursor] | None = None) -> list[int]:
    """Judge and store a batch; the keys of the messages about which something is to be decided."""
    judged = judge_all(batch)
    seen = [
        found for found in beside_others(judged) if not found.item.is_passing or is_flagged(found)
    ]
    return store(judged=seen, cursors=cursors or {})


def is_flagged(found: Judged) -> bool:
    if found.assessment is None or found.hint:
        return True
    return str(found.assessment.outcome) in FLAGGED and not exemption(
        found.source, found.item.author
    )


@transaction.atomic
def store(*, judged: Sequence[Judged], cursors: Mapping[int, Cursor]) -> list[int]:
    """Store what is new. A source that may not be watched at this moment stores nothing."""
    # Taken in one order by all who store: two workers with an edit each of one message would
    # otherwise both call theirs the latest, or wait for each other for ever.
    open_sources = set(
        Source.objects.watchable(now())
        .filter(pk__in={found.source.pk for found in judged})
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    rows = fresh_rows(
        [found for found in judged if found.source.pk in open_sources and is_covered(found)]
    )
    Message.objects.bulk_create(rows)
    raids.keep_marks(marks_of(rows, judged))
    posted = ((found.source, found.item) for found in judged)
    MessagePicture.objects.bulk_create(pictures.rows_for(rows, posted))
    for found in judged:
        raise_pieces(found)
    move(cursors)
    trial.note_shadow(rows, [(found.source.pk, found.item.told_at) for found in judged])
    if rows:
        Source.objects.filter(pk__in={row.source_id for row in rows}).update(last_message_at=now())
    waiting = [row.pk for row in rows if row.next_action_at is not None]
    if rows and not waiting:  # a decision announces itself a moment later
        publish("wall")
    return waiting


@transaction.atomic
def add_pictures(batch: Batch) -> None:
    """To messages that came before without them: an export with media after one without."""
    shown = [Judged(source, item, None) for source, item in batch if item.pictures]
    if not shown:
        return
    rows = Message.objects.filter(
        same_names(shown),
        is_latest=True,
        pictures=None,
        text__isnull=False,
    )
    known = {source.pk: source for source, _item in batch}
    for row in rows:
        row.source = known[row.source_id]
    MessagePicture.objects.bulk_create(pictures.rows_for(list(rows), batch), ignore_conflicts=True)


def raise_pieces(found: Judged) -> None:
    """The earlier pieces go to people too: the number alone, the offer alone."""
    for piece in found.pieces:
        if piece.standing == Standing.QUIET and piece.outcome in CALM:
            piece.source = found.source
            put_hint(piece, found)
            piece.standing = Standing.WAITING
            keep_for_people(piece, found.item, text=piece.own_text)
            piece.save()


def marks_of(rows: Sequence[Message], judged: Sequence[Judged]) -> list[tuple[int, int, bool]]:
    marks = {
        (found.source.pk, found.item.external_id, found.item.revision): found.item.marks
        for found in judged
    }
    return [
        (row.pk, mark, row.outcome in ACCUSED)
        for row in rows
        if not row.exempt and not row.source.is_handed_over  # what was handed over is no raid
        for mark in marks[row.source_id, row.external_id, row.revision]
    ]


@transaction.atomic
def move_on(*, cursors: Mapping[int, Cursor]) -> None:
    """Read so far, by a watch process whose messages are safe in the stream."""
    move(cursors)


def move(cursors: Mapping[int, Cursor]) -> None:
    """A number only grows; words have no order, so the last one stands. All chats of one bot share
    a cursor: one update for all of them."""
    for cursor in set(cursors.values()):
        keys = [pk for pk in cursors if cursors[pk] == cursor]
        sources = Source.objects.filter(pk__in=keys).lock()
        if isinstance(cursor, int):
            sources.filter(cursor__lt=cursor).update(cursor=cursor)
        else:
            sources.update(position=cursor)


@transaction.atomic
def note_gone(*, source: Source, external_ids: Sequence[str]) -> None:
    """Somebody else removed them. What waits for a person still waits, and says so."""
    waiting = Message.objects.filter(source=source, external_id__in=external_ids)
    if waiting.filter(standing=Standing.WAITING).update(trouble="gone"):
        publish("wall")


def is_covered(found: Judged) -> bool:
    """Written when the chat had been told: who wrote before did not know of us. Where nobody need
    be told, what was written before we began is none of our concern."""
    source, item = found.source, found.item
    if source.is_handed_over:
        return True  # a participant's own copy: nobody was watched
    notice_at = source.notice_at or (source.on_since if source.is_organ else None)
    # services tell whole seconds: what was written in the notice's own second came after it
    written = item.edited_at or item.sent_at
    return notice_at is not None and written >= notice_at.replace(microsecond=0)


def fresh_rows(judged: Sequence[Judged]) -> list[Message]:
    """Rows for what was not delivered before, each version after the one before it."""
    known: dict[tuple[int, str], list[Message]] = {}
    stored = Message.objects.filter(same_names(judged)) if judged else Message.objects.none()
    for row in stored.order_by("version"):
        known.setdefault((row.source_id, row.external_id), []).append(row)
    rows: list[Message] = []
    for found in judged:
        versions = known.setdefault((found.source.pk, found.item.external_id), [])
        if repeats(found.item, versions):
            continue
        row = row_of(found, version=len(versions) + 1)
        if is_late(row, versions):
            row.is_latest = False  # the service told of its edit before it told of this
        else:
            supersede(versions)
        versions.append(row)
        rows.append(row)
    return rows


def same_names(judged: Sequence[Judged]) -> RawSQL:
    """Pair by pair in one condition: numbers in one chat are other messages in another, and a
    condition for each chat takes Django longer to put together than the database to answer."""
    pairs = {(found.source.pk, found.item.external_id) for found in judged}
    places = ", ".join(["(%s, %s)"] * len(pairs))
    names = "(watch_message.source_id, watch_message.external_id)"
    return RawSQL(  # noqa: S611 - only places for parameters are put in
        f"{names} IN (VALUES {places})",
        [part for pair in pairs for part in pair],
        output_field=BooleanField(),
    )


def repeats(item: Incoming, versions: list[Message]) -> bool:
    """Delivered twice, or an edit that changed no words (a button, a reaction)."""
    if any(version.revision == item.revision for version in versions):
        return True
    return any(version.is_latest and said_in(version) == item.parts for version in versions)


def said_in(version: Message) -> dict[str, Any]:
    """What was delivered; the author's profile was added by us."""
    return {name: part for name, part in (version.text or {}).items() if name != "profile"}


def is_late(row: Message, versions: list[Message]) -> bool:
    """An earlier version that came after a later one: judged all the same, but not what stands
    in the chat now."""
    written = row.edited_at or row.sent_at
    return any((version.edited_at or version.sent_at) > written for version in versions)


def supersede(versions: list[Message]) -> None:
    for version in versions:
        if version.is_latest:
            version.is_latest = False
            if version.pk:
                Message.objects.filter(pk=version.pk).update(is_latest=False)


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
    if found.hint:
        put_hint(row, found)
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


def put_hint(row: Message, found: Judged) -> None:
    """To people, as suspicious: `p_illegal` stays that of the author's own words alone."""
    row.hint, row.outcome = found.hint, str(Outcome.SUSPICIOUS)
    if found.beside is not None:
        # whose words are the profile's is known now, and what the officer saw is sealed with it
        row.text = {**(row.text or {}), **profile_of(found.beside)}
    if found.named_by is not None:
        row.score = found.named_by.score
        row.scheme = found.named_by.schemes[0].slug if found.named_by.schemes else ""


def profile_of(found: Beside) -> dict[str, str]:
    return {"profile": found.words} if found.hint == Hint.PROFILE else {}


def keep_for_people(row: Message, item: Incoming, *, text: str | None = None) -> None:
    """From here on the author has a name: people must be able to act on a flagged message."""
    row.kept_until = now() + FLAGGED_DAYS
    row.text_key = text_key(item.own_text if text is None else text)
    if item.author is not None:
        row.author = item.author.to_json()
        row.author_trail = author_trail(row.source, item.author.id)


def text_key(text: str) -> str:
    """The same words written again, whatever the spaces, signs and case."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return keyed_hash(letters, purpose="watch.text") if len(letters) >= SHORTEST_REPEATED else ""
