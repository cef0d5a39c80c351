"""What happens to a watched source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.live import publish
from tereze.watch import evidence, lawful
from tereze.watch.actions import acting, calling, trial
from tereze.watch.actions.trial import Trial
from tereze.watch.connectors.base import Place
from tereze.watch.models import Act, Call, Message, Notice, Source, Summons
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import ActKind, ActState, NoticeState
from tereze.watch.models.messages import Standing
from tereze.watch.models.reach import ENDED_BY_ITSELF, SummonsState
from tereze.watch.models.sources import Health, Mode
from tereze.watch.received import Author, author_key


SIGHT = ["health", "health_reason", "health_since"]
EXPIRED = "expired"
TOO_QUIET = "too_quiet"  # ends with the next message, not with the next answer
EDITABLE = {
    "title",
    "language",
    "server",
    "token",
    "by_webhook",
    "legal_basis",
    "consent_by",
    "consent_at",
    "consent_file",
    "consent_file_name",
    "notice_at",
    "notice_text",
    "until",
    "mode",
    "threshold",
    "author_act",
    "pictures",
    "restrict_hours",
    "hold_hours",
    "ban_days",
    "on_call",
    "notice_minutes",
    "retention_days",
    "hourly_limit",
    "exempt",
    "exempt_akimat",
    "exempt_police",
    "schemes",
    "quiet_from",
    "quiet_to",
    "quiet_act",
}


@transaction.atomic
def add_source(
    *,
    unit: Unit,
    kind: str,
    chat_id: str,
    title: str,
    by: Actor,
    earlier: Trial | None = None,
    is_organ: bool = False,
    **fields: Any,
) -> Source:
    """Add a chat. It may be switched on at once only if everything lawful is given.

    `earlier`: what another installation has found about the machine in this chat; no form asks it.
    """
    source = Source(
        unit=unit, kind=kind, chat_id=one_name(kind, chat_id), title=title, is_organ=is_organ
    )
    put(source, fields)
    if earlier is not None:
        source.shadowed = earlier.shadow
        source.carried = {"verdicts": earlier.verdicts, "right": earlier.right}
    trial.count(source)
    trial.keep_count(source, before=Mode.OFF)
    lawful.insist(source, at=now())
    trial.insist(source)
    trial.prove(source)
    if source.mode != Mode.OFF:
        source.on_since = now()
    source.save(force_insert=True)
    detail = {"kind": kind, "mode": source.mode, "carried": source.carried}
    record("source.added", target=source, by=by, detail=detail)
    publish("wall")
    return source


@transaction.atomic
def change_source(*, source: Source, by: Actor, **fields: Any) -> Source:
    """Change what is recorded. A source that thereby lacks something lawful goes off."""
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    mode, threshold = source.mode, source.threshold
    was_off, was_open = mode == Mode.OFF, trial.is_open(source)
    before = {name: getattr(source, name) for name in fields}
    put(source, fields)
    if "mode" in fields:
        lawful.insist(source, at=now())
    elif lawful.missing(source, at=now()):
        source.mode = Mode.OFF
    trial.keep_count(source, before=mode)
    trial.note_threshold(source, before=threshold)
    if not was_open or source.threshold < threshold:  # opened, or opened wider
        trial.insist(source)
    trial.prove(source)
    changed = sorted(name for name in fields if before[name] != getattr(source, name))
    if was_off or source.mode == Mode.OFF:
        source.health, source.health_reason, source.health_since = Health.NEW, "", now()
        source.last_contact_at = None
        source.position = ""  # what was said while nobody was to listen is not read afterwards
        source.on_since = None if source.mode == Mode.OFF else now()
        nobody_need_come(source)
    source.save()
    detail = {"changed": changed, "mode": source.mode, "threshold": source.threshold}
    record("source.changed", target=source, by=by, detail=detail)
    publish("wall")
    return source


def one_name(kind: str, chat_id: str) -> str:
    """A chat has one name here, however it is written: twice added it would be read twice."""
    return str(int(chat_id)) if kind == "telegram" else chat_id.strip()


def put(source: Source, fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"not a field of a source: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(source, name, value)
    source.server = source.server.rstrip("/")
    if source.kind == "telegram" and source.server == settings.TELEGRAM_SERVER.rstrip("/"):
        source.server = ""
    source.bot_key = (
        keyed_hash(f"{source.server}\0{source.token}", purpose="watch.bot") if source.token else ""
    )


def set_mode(*, source: Source, mode: str, by: Actor) -> Source:
    return change_source(source=source, by=by, mode=mode)


@transaction.atomic
def let_go_on(*, sources: Sequence[Source], by: Actor) -> None:
    """A person looked at what the machine blocked and found it right: the hour begins anew."""
    Source.objects.filter(pk__in=[one.pk for one in sources]).lock().update(counted_from=now())
    calls = Call.objects.open().filter(source__in=sources, kind=CallKind.FLOOD)
    calls.update(taken_at=now(), next_action_at=None, lease_until=None)
    for source in sources:
        record("source.let_go_on", target=source, by=by, unit=source.unit.slug)
    publish("wall")
    publish("calls")


@transaction.atomic
def switch_off_expired() -> int:
    """At the end of its term a source goes off by itself, and whenever it is found without basis,
    consent, notice or consent file, however that came about. It leaves the wall: somebody is called."""
    at, ended = now(), 0
    for source in Source.objects.exclude(mode=Mode.OFF):
        if not lawful.missing(source, at=at):
            continue
        before, source.mode = source.mode, Mode.OFF
        trial.keep_count(source, before=before)
        source.health, source.health_reason, source.health_since = Health.BLIND, EXPIRED, at
        source.save(
            update_fields=["mode", "shadowed", "shadow_told", "carried", "evidence", *SIGHT]
        )
        nobody_need_come(source)
        if source.kind != "replay":
            calling.call(kind=CallKind.BLIND, source=source)
        missing = [str(words) for words in lawful.missing(source, at=at)]
        detail = {"missing": missing}
        record("source.expired", target=source, by=Actor.machine("watch"), detail=detail)
        publish("wall")
        ended += 1
    return ended


@transaction.atomic
def note_health(*, source_ids: list[int], health: str, reason: str = "") -> None:
    """What the connector knows about seeing. A change is journalled and shown at once."""
    for source in Source.objects.filter(pk__in=source_ids).exclude(mode=Mode.OFF).lock():
        if (source.health, source.health_reason) == (health, reason):
            continue
        if health == Health.OK and is_still_quiet(source):
            continue
        source.health, source.health_reason, source.health_since = health, reason, now()
        source.save(update_fields=SIGHT)
        if health == Health.OK:
            seen_again(source)
            # what was refused or unheard may be possible now
            again = Act.objects.filter(source=source, state=ActState.WAITING, attempts__gt=0)
            acting.due_now(again)
        detail = {"health": health, "reason": reason}
        record("source.health", target=source, by=Actor.machine("watch"), detail=detail)
        publish("wall")


def is_still_quiet(source: Source) -> bool:
    """That the service answers is no news where the trouble is that nobody writes."""
    written = source.last_message_at
    return source.health_reason == TOO_QUIET and (written is None or written < source.health_since)


def seen_again(source: Source) -> None:
    end_calls(source, [CallKind.BLIND])


def nobody_need_come(source: Source) -> None:
    """It was switched off: what it was blind to or stopped at is nobody's task."""
    end_calls(source, [CallKind.BLIND, CallKind.FLOOD])


def end_calls(source: Source, kinds: list[CallKind]) -> None:
    calls = Call.objects.open().filter(source=source, kind__in=kinds)
    Summons.objects.filter(call__in=calls, state=SummonsState.SENT).update(why=ENDED_BY_ITSELF)
    if calls.update(taken_at=now(), next_action_at=None, lease_until=None):
        publish("calls")


@transaction.atomic
def note_rights(*, source: Source, rights: dict[str, Any], administrators: list[str]) -> None:
    """What the service says we may do there, and who administers the chat."""
    Source.objects.filter(pk=source.pk).update(rights=rights, administrators=administrators)
    source.rights, source.administrators = rights, administrators


def note_place(*, source: Source, place: Place) -> None:
    """The same from what a connector found; written only where something changed."""
    staff = [author_key(source, Author(id=one)) for one in place.administrators]
    rights = {
        "can_delete": place.can_delete,
        "can_restrict": place.can_restrict,
        "title": place.title,
        **place.facts,
    }
    if (source.rights, source.administrators) != (rights, staff):
        note_rights(source=source, rights=rights, administrators=staff)


@transaction.atomic
def follow_move(*, source: Source, chat_id: str) -> bool:
    """The service gave the chat a new id. What was written before stayed in the old one, out of
    reach, and the new one may count its messages from the beginning again: an old number must
    never delete a new message. False: somebody has added the new one by hand."""
    before = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if before.chat_id == chat_id:
        return True
    if Source.objects.filter(kind=before.kind, server=before.server, chat_id=chat_id).exists():
        return False
    old = Message.objects.filter(source=source).exclude(external_id__contains="/")
    old.update(external_id=Concat(Value(f"{before.chat_id}/"), F("external_id")))
    late = Act.objects.filter(source=source, state=ActState.WAITING, kind=ActKind.DELETE)
    Message.objects.filter(decisions__acts__in=late).update(
        standing=Standing.STUCK, trouble="delete:moved"
    )
    Notice.objects.filter(source=source, state=NoticeState.SENT).update(
        state=NoticeState.REMOVED, result="moved", next_action_at=None
    )
    late.update(state=ActState.FAILED, result="moved", next_action_at=None, lease_until=None)
    was_open, was_counted = trial.is_open(before), evidence.holds(before)
    before.chat_id = chat_id
    if was_open:
        trial.prove(before)
    if was_counted:
        trial.count(before)
    before.save(update_fields=["chat_id", "proof", "evidence"])
    record("source.moved", target=source, by=Actor.machine("watch"))
    publish("wall")
    return True


@transaction.atomic
def note_contact(*, source_ids: list[int], at: datetime) -> None:
    """The service answered: no journal."""
    Source.objects.filter(pk__in=source_ids).lock().update(last_contact_at=at)


@transaction.atomic
def note_skew(*, source_ids: list[int], skew: int | None) -> None:
    """How far the service's clock is from ours; what is beyond the bound is blindness, said apart."""
    Source.objects.filter(pk__in=source_ids).lock().update(skew=skew)
