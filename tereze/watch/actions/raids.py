"""Raids in the rows: who writes what others have just written, in pieces, or right after joining."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.models import Arrival, Message, Print, Raid, Source
from tereze.watch.models.raids import RaidKind
from tereze.watch.raids import (
    ARRIVALS_KEPT,
    MARKS,
    PARTS,
    PARTS_WITHIN,
    SHARED,
    WAVE_WITHIN,
    WINDOW,
    are_alike,
    is_raid,
    is_wave,
)


MACHINE = Actor.machine("watch")
LOOKED_AT = 300  # near-identical messages that are compared; more of them tell nothing new


def near(marks: Iterable[int], text: str, unit_id: int) -> list[Message]:
    """Messages of the last half hour with nearly the same text, in every chat of the unit."""
    found = Print.objects.filter(
        mark__in=list(marks),
        message__received_at__gte=now() - WINDOW,
        message__source__unit=unit_id,
    )
    shared = Counter(found.order_by("-pk").values_list("message", flat=True)[: LOOKED_AT * MARKS])
    keys = [pk for pk, number in shared.items() if number >= SHARED]
    alike: list[Message] = list(
        Message.objects.filter(pk__in=keys[:LOOKED_AT], exempt="").select_related("source")
    )
    words: dict[str, bool] = {}
    for message in alike:
        own = message.own_text
        if own not in words:
            words[own] = are_alike(text, own)
    return [message for message in alike if words[message.own_text]]


def parts_before(source: Source, author_key: str) -> list[Message]:
    """What the same author wrote in this chat just before, oldest first."""
    if not author_key:
        return []
    found = Message.objects.filter(
        source=source,
        author_key=author_key,
        received_at__gte=now() - PARTS_WITHIN,
        is_latest=True,
    )
    return list(reversed(found.order_by("-pk")[:PARTS]))


def came_with_a_wave(source: Source, author_key: str) -> bool:
    """They joined while a wave that nobody has closed was coming in."""
    wave = Raid.objects.open().filter(source=source, kind=RaidKind.JOINS).first()
    if wave is None or not author_key:
        return False
    arrived = Arrival.objects.filter(source=source, author_key=author_key)
    return bool(arrived.filter(at__gte=wave.began_at - WAVE_WITHIN).exists())


@transaction.atomic
def count(*, message: Message, alike: Sequence[Message]) -> None:
    """One more of the same text: a raid begins with the third chat or the fifth author."""
    every = [*alike, message]
    places = {(one.source_id, one.author_key or str(one.pk)) for one in every}
    if not is_raid(places):
        return
    numbers = {"chats": len({chat for chat, _ in places}), "people": len(places)}
    open_ones = Raid.objects.select_for_update().open().filter(kind=RaidKind.TEXT)
    raid = open_ones.filter(first__in=[one.pk for one in every]).first()
    if raid is None:
        begin(RaidKind.TEXT, message.source, first=min(every, key=lambda one: one.pk), **numbers)
        return
    for name, number in numbers.items():
        setattr(raid, name, max(number, getattr(raid, name)))
    raid.last_at = now()
    raid.save(update_fields=[*numbers, "last_at"])
    publish("wall")


def begin(kind: str, source: Source, **facts: Any) -> Raid:
    place = source if kind == RaidKind.JOINS else None
    raid = Raid.objects.create(unit_id=source.unit_id, kind=kind, source=place, **facts)
    detail = {"kind": kind, "chats": raid.chats, "people": raid.people}
    record("raid.began", target=raid, by=MACHINE, unit=source.unit.slug, detail=detail)
    publish("wall")
    return raid


@transaction.atomic
def arrived(*, source: Source, author_keys: Sequence[str]) -> None:
    """People joined the chat: kept for a day to know a wave from a usual day."""
    Arrival.objects.bulk_create(Arrival(source=source, author_key=key) for key in author_keys)
    at = now()
    within = Arrival.objects.filter(source=source)
    lately = within.filter(at__gte=at - WAVE_WITHIN).count()
    if not is_wave(lately, within.filter(at__gte=at - ARRIVALS_KEPT).count()):
        return
    wave = (
        Raid.objects.select_for_update().open().filter(source=source, kind=RaidKind.JOINS).first()
    )
    if wave is None:
        begin(RaidKind.JOINS, source, people=lately)
    else:
        wave.people, wave.last_at = max(wave.people, lately), at
        wave.save(update_fields=["people", "last_at"])
        publish("wall")


@transaction.atomic
def close(*, raid: Raid, by: User) -> None:
    """Somebody has seen to it: it no longer stands before the eyes."""
    row = Raid.objects.select_for_update(of=("self",)).select_related("unit").get(pk=raid.pk)
    if row.closed_at is None:
        row.closed_at, row.closed_by = now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        record("raid.closed", target=row, by=by.actor, unit=row.unit.slug)
        publish("wall")


def forget() -> None:
    """What was needed to recognise a raid goes when it can no longer tell one."""
    at = now()
    Print.objects.filter(message__received_at__lt=at - WINDOW).delete()
    Arrival.objects.filter(at__lt=at - ARRIVALS_KEPT).delete()
    over = Raid.objects.open().filter(last_at__lt=at - ARRIVALS_KEPT)
    over.update(closed_at=at)
