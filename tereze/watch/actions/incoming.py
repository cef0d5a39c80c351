"""Taking messages in: judged outside the transaction, stored in one short one."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.detection import Assessment, Document, Outcome, assess, assess_many
from tereze.detection.ruleset import RuleSet
from tereze.live import publish
from tereze.watch.actions import pictures, raids, trial
from tereze.watch.beside import Beside, beside
from tereze.watch.connectors.base import Cursor
from tereze.watch.masking import mask
from tereze.watch.models import CALM, FLAGGED, Message, MessagePicture, Print, Source
from tereze.watch.models.messages import Hint, Standing, State
from tereze.watch.raids import joined
from tereze.watch.received import Incoming, author_key, author_trail, exemption
from tereze.watch.workshop import rulebook


log = logging.getLogger(__name__)
LEASE = timedelta(seconds=15)  # ours to decide; after a crash of ours the worker's
FLAGGED_DAYS = timedelta(days=settings.WATCH_FLAGGED_DAYS)
SHORTEST_REPEATED = 12  # letters; below this everybody's messages are alike
MOST_CHATS = 400  # conditions beside each other in one question
ACCUSED = {"illegal", "suspicious"}
Batch = Sequence[tuple[Source, Incoming]]


@dataclass(frozen=True)
class Judged:
    source: Source
    item: Incoming
    assessment: Assessment | None  # None: the text could not be judged, a person must look
    hint: str = ""  # why it goes to people although alone it is harmless
    pieces: tuple[Message, ...] = ()  # earlier messages of the same author that belong to it
    named_by: Assessment | None = None  # what the pieces are together
    rules: RuleSet | None = None  # by which it was judged
    beside: Beside | None = None  # what stands beside the own words and is an advert by itself

    @property
    def author(self) -> str:
        """Their key in this chat."""
        return author_key(self.source, self.item.author) if self.item.author else ""


def judge_all(batch: Batch) -> list[Judged]:
    """By the rules in force where each source belongs; those of the same rules together, which
    costs less for each. Where one of them cannot be judged, one by one."""
    rules = rulebook.rules_of(source.unit_id for source, _item in batch)
    found: dict[int, Judged] = {}
    for own in {id(one): one for one in rules.values()}.values():
        places = [at for at, (source, _) in enumerate(batch) if rules[source.unit_id] is own]
        found |= zip(places, judge_together([batch[at] for at in places], own), strict=True)
    return [found[at] for at in range(len(batch))]


def judge_together(batch: Batch, rules: RuleSet) -> list[Judged]:
    try:
        found = assess_many([document_of(item) for _source, item in batch], rules=rules)
    except Exception:
        log.exception("a batch of %s could not be assessed together", len(batch))
        return [judge(source, item, rules) for source, item in batch]
    return [Judged(*place, one, rules=rules) for place, one in zip(batch, found, strict=True)]


def judge(source: Source, item: Incoming, rules: RuleSet | None = None) -> Judged:
    """By the ``rules`` given, else by the shipped ones."""
    try:
        return Judged(source, item, assess(document_of(item), rules=rules), rules=rules)
    except Exception:
        log.exception("message %s of source %s could not be assessed", item.external_id, source.pk)
        return Judged(source, item, None)


def document_of(item: Incoming) -> Document:
    return Document(item.text, quoted=item.quoted, caption=item.caption, profile=item.profile)


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


def beside_others(judged: Sequence[Judged]) -> list[Judged]:
    """Calm messages beside what their authors and others have just written, and doubtful ones
    beside what their authors have: the number alone may be in doubt, the offer before it stays
    unseen. Only reads, and the same few questions for a batch of any size: a deletion waits for it."""
    calm = [found for found in judged if is_calm(found) or is_doubtful(found)]
    if not calm:
        return list(judged)
    texts = [(found.source, (found.item.marks, found.item.own_text)) for found in calm]
    kin = near_in_units(texts, outcomes=ACCUSED)
    parts = raids.parts_before([(found.source.pk, found.author) for found in calm if found.author])
    waves = raids.waves(found.source.pk for found in calm)
    hinted = {
        id(found): hint(found, bool(alike), parts.get((found.source.pk, found.author), []), waves)
        for found, alike in zip(calm, kin, strict=True)
    }
    return [hinted.get(id(found), found) for found in judged]


def is_calm(found: Judged) -> bool:
    if found.assessment is None or str(found.assessment.outcome) not in CALM:
        return False
    return not exemption(found.source, found.item.author)


def is_doubtful(found: Judged) -> bool:
    if found.assessment is None or found.assessment.outcome != Outcome.SUSPICIOUS:
        return False
    return not exemption(found.source, found.item.author)


def hint(
    found: Judged, has_kin: bool, before: Sequence[Message], waves: dict[int, datetime]
) -> Judged:
    if is_doubtful(found):
        together = assess_pieces(found, before)
        return (
            replace(found, hint=Hint.SPLIT, pieces=tuple(before), named_by=together)
            if together
            else found
        )
    if near := beside(found.item, found.rules):
        return replace(found, hint=near.hint, beside=near, named_by=near.assessment)
    if has_kin:
        return replace(found, hint=Hint.KIN)
    if together := assess_pieces(found, before):
        return replace(found, hint=Hint.SPLIT, pieces=tuple(before), named_by=together)
    since = waves.get(found.source.pk)
    contacts = found.assessment is not None and found.assessment.indicators
    if since and contacts and raids.came_with(since, found.source, found.author):
        return replace(found, hint=Hint.WAVE)
    return found


def assess_pieces(found: Judged, before: Sequence[Message]) -> Assessment | None:
    """An advert cut in pieces, a number in one and the offer in the next; nothing otherwise."""
    if found.assessment is None or not before:
        return None
    contacts = [bool((one.assessment or {}).get("indicators")) for one in before]
    if any(contacts) == bool(found.assessment.indicators):
        return None
    words = joined([*(one.own_text for one in before), found.item.own_text])
    together = assess(words, rules=found.rules) if words else None
    return together if together and together.outcome == Outcome.ILLEGAL else None


def count_raids(*, batch: Batch) -> None:
    """One text in many places. After the acts of the batch have begun: no deletion waits for it."""
    texts = [
        (source, (item.marks, item.own_text))
        for source, item in batch
        if not exemption(source, item.author)
    ]
    alike = near_in_units(texts, enough=raids.would_be_raid)
    raids.count([(source, near) for (source, _), near in zip(texts, alike, strict=True)])


def near_in_units(
    texts: Sequence[tuple[Source, raids.Wanted]],
    *,
    outcomes: Iterable[str] = (),
    enough: Callable[[Sequence[raids.Near]], bool] = bool,
) -> list[list[raids.Near]]:
    """Nobody is told of what was written in the chats of another unit."""
    found: list[list[raids.Near]] = [[] for _ in texts]
    for unit in {source.unit_id for source, _wanted in texts}:
        places = [place for place, (source, _) in enumerate(texts) if source.unit_id == unit]
        wanted = [texts[place][1] for place in places]
        alike = raids.near(wanted, unit, outcomes=outcomes, enough=enough)
        for place, messages in zip(places, alike, strict=True):
            found[place] = messages
    return found


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
    Print.objects.bulk_create(prints_of(rows, judged))
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


def prints_of(rows: Sequence[Message], judged: Sequence[Judged]) -> list[Print]:
    marks = {
        (found.source.pk, found.item.external_id, found.item.revision): found.item.marks
        for found in judged
    }
    return [
        Print(message=row, mark=mark)
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
        sources = Source.objects.filter(pk__in=[pk for pk in cursors if cursors[pk] == cursor])
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


def same_names(judged: Sequence[Judged]) -> Q:
    """Chat by chat: every name in every chat would be as many look-ups as their product."""
    names: dict[int, list[str]] = {}
    for found in judged:
        names.setdefault(found.source.pk, []).append(found.item.external_id)
    if len(names) > MOST_CHATS:
        return Q(source__in=names, external_id__in={one for own in names.values() for one in own})
    return Q.create(
        [Q(source=pk, external_id__in=own) for pk, own in names.items()], connector=Q.OR
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
