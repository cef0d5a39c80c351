"""Duty at the wall: begun, handed over, taken; and what happens when nobody is there."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import calling, summoning
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Call, HandOver, InHand, Message, Shift, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.shifts import LONGEST, HandOverState
from tereze.watch.sheet import sheet_of


MACHINE = Actor.machine("watch")
TAKE_WITHIN = timedelta(minutes=15)  # then the chief is called
KEPT = timedelta(days=settings.WATCH_FLAGGED_DAYS)


class CannotHandOverError(Exception):
    """They are not on duty, or the one named cannot take it."""


def may_take(giver: User) -> list[User]:
    """Colleagues of the unit who can decide at the wall."""
    working = User.objects.working().filter(unit=giver.unit_id).exclude(pk=giver.pk)
    return [user for user in working.order_by("name") if user.can(Permission.WALL_HOLD)]


@transaction.atomic
def begin(*, by: User) -> Shift:
    """On duty from now on. Saying it twice changes nothing."""
    if not by.can(Permission.WALL_HOLD):
        raise PermissionError(Permission.WALL_HOLD)
    end_forgotten(officer=by)
    over = HandOver.objects.offered().filter(shift__officer=by).exclude(shift__ended_at=None)
    for offer in over.select_related("shift"):  # what they have in hand now is this shift's
        withdraw(shift=offer.shift, by=by)
    shift, made = Shift.objects.get_or_create(
        officer=by, ended_at=None, defaults={"unit_id": by.unit_id}
    )
    if made:
        record("shift.began", target=shift, by=by.actor, unit=by.unit.slug)
        somebody_is_there(by.unit_id)
        publish("wall")
    return shift


def end_forgotten(**which: Any) -> int:
    """Nobody is on duty for ever: the row says when their duty was over."""
    over = Shift.objects.filter(ended_at=None, began_at__lte=now() - LONGEST, **which)
    for shift in over.select_related("unit"):
        shift.ended_at = shift.began_at + LONGEST
        shift.save(update_fields=["ended_at"])
        HandOver.objects.offered().filter(shift=shift).update(next_action_at=now())
        record("shift.ran_out", target=shift, by=MACHINE, unit=shift.unit.slug)
    return len(over)


def lock(shift: int) -> Shift:
    """Offering, withdrawing and taking wait for each other: one of them is told that it is late."""
    return Shift.objects.select_for_update().get(pk=shift)


@transaction.atomic
def hand_over(*, shift: Shift, taker: User, notes: str, by: User) -> HandOver:
    """Offer it. The giver stays on duty until the other one has said that they take it."""
    row = lock(shift.pk)
    if row.officer_id != by.pk or row.ended_at or taker.pk not in {u.pk for u in may_take(by)}:
        raise CannotHandOverError
    withdraw(shift=row, by=by)
    close_calls(CallKind.HAND_OVER, by.unit_id, person=by)  # somebody else is named
    offer = HandOver.objects.create(
        shift=row,
        taker=taker,
        notes=notes,
        sheet=sheet_of(by.unit, since=row.began_at),
        next_action_at=now() + TAKE_WITHIN,
    )
    detail = {"to": taker.username}
    record("shift.offered", target=offer, by=by.actor, unit=by.unit.slug, detail=detail)
    publish("calls")
    publish("wall")
    return offer


@transaction.atomic
def withdraw(*, shift: Shift, by: User) -> None:
    lock(shift.pk)
    for offer in HandOver.objects.offered().filter(shift=shift):
        offer.state, offer.next_action_at = HandOverState.WITHDRAWN, None
        offer.save(update_fields=["state", "next_action_at"])
        record("shift.withdrawn", target=offer, by=by.actor, unit=by.unit.slug)
        publish("calls")


@transaction.atomic
def take_over(*, offer: HandOver, by: User) -> bool:
    """The taker confirms: the sheet as it stands now, what the giver had in hand changes hands."""
    lock(offer.shift_id)
    row = HandOver.objects.select_related("shift__unit", "shift__officer").get(pk=offer.pk)
    if row.state != HandOverState.OFFERED or row.taker_id != by.pk:
        return False
    giver = row.shift.officer
    row.state, row.taken_at, row.next_action_at = HandOverState.TAKEN, now(), None
    row.sheet = sheet_of(by.unit, since=row.shift.began_at)
    row.save()
    Shift.objects.filter(pk=row.shift_id, ended_at=None).update(ended_at=now())
    begin(by=by)
    items = InHand.objects.filter(officer=giver).update(officer=by)
    detail = {"from": giver.username, "items": items, "calls": pass_calls(giver, by)}
    record("shift.taken", target=row, by=by.actor, unit=row.shift.unit.slug, detail=detail)
    close_calls(CallKind.HAND_OVER, row.shift.unit_id)
    publish("calls")
    publish("wall")
    return True


@transaction.atomic
def decline(*, offer: HandOver, by: User) -> bool:
    """The taker cannot: the giver hears it at once and has time to name somebody else before their
    chief is called."""
    lock(offer.shift_id)
    row = HandOver.objects.select_related("shift__unit", "shift__officer").get(pk=offer.pk)
    if row.state != HandOverState.OFFERED or row.taker_id != by.pk:
        return False
    row.state, row.next_action_at = HandOverState.WITHDRAWN, None
    row.save(update_fields=["state", "next_action_at"])
    record("shift.declined", target=row, by=by.actor, unit=row.shift.unit.slug)
    if source := watched_live(row.shift.unit):
        calling.ring(CallKind.HAND_OVER, source, None, [row.shift.officer], to_chief=False)
    publish("calls")
    publish("wall")
    return True


def pass_calls(giver: User, taker: User) -> int:
    """Open calls follow the duty; where the taker is called for the same already, one is enough."""
    passed = 0
    theirs = Call.objects.open().filter(person=giver, to_chief=False)
    for call in theirs.select_for_update().order_by("pk"):  # one that is being taken stays taken
        same = Call.objects.open().filter(
            person=taker, kind=call.kind, source=call.source_id, appeal=call.appeal_id
        )
        if same.exists():
            call.taken_at, call.next_action_at = now(), None
        else:
            call.person = taker
            summoning.forget_ways(call)
        call.save(update_fields=["person", "taken_at", "next_action_at"])
        passed += 1
    return passed


@transaction.atomic
def take_in_hand(*, message: Message, by: User) -> InHand:
    """`by` sees to it from here on; whoever had it before no longer does."""
    row, _made = InHand.objects.update_or_create(
        message=message, defaults={"officer": by, "since": now()}
    )
    record("message.taken_in_hand", target=message, by=by.actor, unit=message.source.unit.slug)
    publish("wall")
    return row


@transaction.atomic
def nobody_took(*, offer: HandOver) -> None:
    """The one named did not come: their chief is called, and the giver is still on duty."""
    HandOver.objects.filter(pk=offer.pk).update(next_action_at=None, lease_until=None)
    unit = offer.shift.unit
    if offer.state == HandOverState.OFFERED and (source := watched_live(unit)):
        calling.ring(CallKind.HAND_OVER, source, None, calling.chiefs(source), to_chief=True)


def watched_live(unit: Unit) -> Source | None:
    """A chat that is being watched, best one with a person named for it; none if none is."""
    live = [kind for kind, connector in CONNECTORS.items() if connector.is_live]
    found: Source | None = (
        Source.objects.watchable(now())
        .filter(unit=unit, kind__in=live)
        .select_related("on_call", "unit")
        .order_by(F("on_call_id").asc(nulls_last=True), "pk")
        .first()
    )
    return found


def is_deserted(unit: Unit) -> Source | None:
    """Chats are watched and nobody is on duty; the chat about which somebody is called."""
    if Shift.objects.on_duty().filter(unit=unit).exists():
        return None
    return watched_live(unit)


def look_who_is_there() -> None:
    """Called every minute: where nobody is on duty, the named person is called until somebody is."""
    with transaction.atomic():
        end_forgotten()
    for unit in Unit.objects.filter(sources__isnull=False).distinct():
        if (source := is_deserted(unit)) and not asked_lately(unit):
            with transaction.atomic():
                calling.call(kind=CallKind.NOBODY, source=source)


def asked_lately(unit: Unit) -> bool:
    """Whoever said that they see to it has the time to do so."""
    calls = Call.objects.filter(kind=CallKind.NOBODY, source__unit=unit)
    return bool(calls.filter(taken_at__gte=now() - calling.COME_WITHIN).exists())


def somebody_is_there(unit_id: int) -> None:
    close_calls(CallKind.NOBODY, unit_id)


def close_calls(kind: str, unit_id: int, **which: Any) -> None:
    calls = Call.objects.open().filter(kind=kind, source__unit=unit_id, **which)
    if calls.update(taken_at=now(), next_action_at=None, lease_until=None):
        publish("calls")


@transaction.atomic
def forget() -> int:
    """Sheets quote messages: they go when those do. Who was on duty and when stays."""
    over = HandOver.objects.filter(at__lt=now() - KEPT).exclude(sheet=None)
    return int(over.update(sheet=None, notes=""))
