"""Raids in the rows: who writes what others have just written, in pieces, or right after joining."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
LOOKED_AT = 40  # near-identical messages that are counted; more of them tell nothing new


@dataclass(frozen=True)
class Near:
    """A message with nearly the same text: where, by whom, and what it was judged."""

    pk: int
    source: int
    author: str
    outcome: str


Wanted = tuple[tuple[int, ...], str]  # marks and words of a text


def near(
    wanted: Sequence[Wanted], unit_id: int, *, outcomes: Iterable[str] = ()
) -> list[list[Near]]:
    """For each text the messages of the last half hour that say nearly the same, in all chats.

    One question for all of them, and nothing is decrypted but the closest to each: what shares
    as many marks with it says the same.
    """
    marks = {mark for own, _words in wanted for mark in own}
    if not marks:
        return [[] for _ in wanted]
    found = Print.objects.filter(
        mark__in=marks,
        message__received_at__gte=now() - WINDOW,
        message__source__unit=unit_id,
    )
    if outcomes:
        found = found.filter(message__outcome__in=outcomes)
    rows = found.order_by("-pk").values_list(
        "mark", "message", "message__source", "message__author_key", "message__outcome"
    )
    by_mark: dict[int, list[Near]] = {}
    for mark, pk, source, author, outcome in rows[: LOOKED_AT * MARKS * len(wanted)]:
        by_mark.setdefault(mark, []).append(Near(pk, source, author, outcome))
    return [alike_to(own, words, by_mark) for own, words in wanted]


def alike_to(own: Iterable[int], words: str, by_mark: dict[int, list[Near]]) -> list[Near]:
    shared = Counter(other for mark in own for other in by_mark.get(mark, ()))
    close = [other for other, number in shared.most_common() if number >= SHARED]
    if not close:
        return []
    closest = Message.objects.only("text").get(pk=close[0].pk)
    return close if are_alike(words, closest.own_text) else []


def parts_before(wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], list[Message]]:
    """What each (chat, author) wrote there just before, oldest first."""
    found = Message.objects.filter(
        source__in={source for source, _key in wanted},
        author_key__in={key for _source, key in wanted},
        received_at__gte=now() - PARTS_WITHIN,
        is_latest=True,
    )
    parts: dict[tuple[int, str], list[Message]] = {}
    for message in found.order_by("pk"):
        parts.setdefault((message.source_id, message.author_key), []).append(message)
    return {place: messages[-PARTS:] for place, messages in parts.items()}


def waves(sources: Iterable[int]) -> dict[int, datetime]:
    """In which of these chats a wave that nobody has closed is coming in, and since when."""
    found = Raid.objects.open().filter(source__in=set(sources), kind=RaidKind.JOINS)
    return {source: at - WAVE_WITHIN for source, at in found.values_list("source", "began_at")}


def came_with(since: datetime, source: Source, key: str) -> bool:
    arrived = Arrival.objects.filter(source=source, author_key=key, at__gte=since)
    return bool(key) and bool(arrived.exists())


def count(*, source: Source, alike: Sequence[Near]) -> None:
    """One more of the same text: a raid begins with the third chat or the fifth author."""
    places = {(one.source, one.author or str(one.pk)) for one in alike}
    if is_raid(places):
        note(source, sorted(one.pk for one in alike), places)


@transaction.atomic
def note(source: Source, keys: Sequence[int], places: set[tuple[int, str]]) -> None:
    numbers = {"chats": len({chat for chat, _ in places}), "people": len(places)}
    raid = Raid.objects.select_for_update().open().filter(first__in=keys).first()
    if raid is None:
        begin(RaidKind.TEXT, source, first_id=keys[0], **numbers)
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
