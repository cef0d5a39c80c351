"""Calling a named person, and their chief when nobody comes."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission, Role
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import summoning
from tereze.watch.models import Appeal, Call, Shift, Source
from tereze.watch.models.calls import CallKind


MACHINE = Actor.machine("watch")
COME_WITHIN = timedelta(minutes=settings.WATCH_CALL_MINUTES)


def call(
    *,
    kind: str,
    source: Source,
    appeal: Appeal | None = None,
    among: list[User] | None = None,
) -> None:
    """Called inside the transaction of what it is about; who was called already is not again.

    The one named for the chat, else the chiefs (of a blind chat whoever is on duty); of those only whoever is `among` the able, and if
    none of them is, all the able: somebody must hear it.
    """
    named = source.on_call
    people = [named] if named is not None and named.is_active else []
    if not people and kind == CallKind.BLIND:
        people = on_duty(source)[:1]
    people = people or chiefs(source) or on_duty(source) or may_be_called(source.unit_id)
    if among is not None:
        able = {user.pk for user in among}
        people = [user for user in people if user.pk in able] or among or chiefs(source)
    ring(kind, source, appeal, people, to_chief=False)


def ring(
    kind: str, source: Source, appeal: Appeal | None, people: list[User], *, to_chief: bool
) -> None:
    due = None if to_chief else now() + COME_WITHIN
    for person in people:
        row, made = Call.objects.get_or_create(
            kind=kind,
            source=source,
            appeal=appeal,
            person=person,
            taken_at=None,
            defaults={"to_chief": to_chief, "next_action_at": due},
        )
        if made:
            summoning.summon(row)
            detail = {"kind": kind, "person": person.username, "to_chief": to_chief}
            record("call.made", target=source, by=MACHINE, unit=source.unit.slug, detail=detail)
    publish("calls")


def chiefs(source: Source) -> list[User]:
    working = User.objects.working().filter(unit=source.unit_id)
    return list(working.filter(role=Role.CHIEF))


@transaction.atomic
def nobody_came(*, call: Call) -> None:
    """The time to come is over: the next one on duty is called, and when there is none left, the
    chiefs. Whoever was called before still may come."""
    row = (
        Call.objects.select_for_update(of=("self",)).select_related("source__unit").get(pk=call.pk)
    )
    Call.objects.filter(pk=row.pk).update(next_action_at=None, lease_until=None)
    if row.taken_at is not None:
        return
    following = next_on_duty(row)
    if following is not None:
        ring(row.kind, row.source, row.appeal, [following], to_chief=False)
        return
    others = [chief for chief in chiefs(row.source) if chief.pk != row.person_id]
    ring(row.kind, row.source, row.appeal, others, to_chief=True)


def next_on_duty(call: Call) -> User | None:
    """Of those on duty who were not called for this, whoever has been there longest. An appeal goes
    to those who may answer it, and a shift to whoever was asked to take it."""
    if call.appeal_id is not None or call.kind in {CallKind.NOBODY, CallKind.HAND_OVER}:
        return None
    same = Call.objects.open().filter(kind=call.kind, source=call.source_id, appeal=None)
    called = set(same.values_list("person", flat=True))
    return next((user for user in on_duty(call.source) if user.pk not in called), None)


def on_duty(source: Source) -> list[User]:
    """Whoever has been there longest comes first; chiefs are called last and all together."""
    duty = Shift.objects.on_duty().filter(unit=source.unit_id)
    shifts = duty.exclude(officer__role=Role.CHIEF).select_related("officer").order_by("began_at")
    return [shift.officer for shift in shifts]


@transaction.atomic
def take(*, call: Call, by: User) -> None:
    """They have it in hand; nobody else need come for the same."""
    row = (
        Call.objects.select_for_update(of=("self",)).select_related("source__unit").get(pk=call.pk)
    )
    if row.person_id != by.pk or row.taken_at is not None:
        return
    same = Call.objects.open().filter(kind=row.kind, source=row.source_id, appeal=row.appeal_id)
    same.update(taken_at=now(), next_action_at=None, lease_until=None)
    record("call.taken", target=row.source, by=by.actor, unit=row.source.unit.slug)
    publish("calls")


def may_be_called(unit_id: int) -> list[User]:
    """Who can be named for a chat: people of the unit who can act at the wall."""
    working = User.objects.working().filter(unit=unit_id).order_by("name")
    return [user for user in working if user.can(Permission.WALL_BAN)]
