from datetime import datetime
from typing import Any

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.live import publish
from tereze.prevention.models import Event
from tereze.prevention.models.event import EventState


@transaction.atomic
def plan_event(*, planned: dict[str, Any], by: User) -> Event:
    event = Event.objects.create(unit=by.unit, created_by=by, **planned)
    record("event.planned", target=event, by=by.actor, detail={"kind": event.kind})
    publish("events")
    return event


@transaction.atomic
def hold_event(
    *,
    event: Event,
    held_at: datetime,
    people: int,
    material: str,
    copies: int,
    note: str,
    by: User,
) -> None:
    event.state = EventState.HELD
    event.held_at, event.people = held_at, people
    event.material, event.copies, event.note = material, copies, note
    event.save()
    record("event.held", target=event, by=by.actor, detail={"people": people})
    publish("events")


@transaction.atomic
def cancel_event(*, event: Event, why: str, by: User) -> None:
    event.state, event.note = EventState.CANCELLED, why
    event.save(update_fields=["state", "note"])
    record("event.cancelled", target=event, by=by.actor)
    publish("events")
