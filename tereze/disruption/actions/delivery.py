"""The request is with the partner: clocks and our own looks begin."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tereze.casework.actions import hand_over
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.agreed import clocks_from
from tereze.disruption.models import Lookout, Request, State
from tereze.disruption.transitions import move


DELIVERED: dict[str, Any] = {"undelivered_at": None, "undelivered_why": ""}
LOOK_WHILE_OPEN = timedelta(minutes=30)  # a platform may remove without a word


@transaction.atomic
def mark_delivered(
    *,
    request: Request,
    by: Actor,
    note: str = "",
    at: datetime | None = None,
    channel: str = "",
) -> None:
    """It reached the partner. `at` is earlier than now when an officer sent it by hand before."""
    at = at or now()
    move(
        request,
        "delivered",
        by=by,
        note=note,
        at=at,
        evidence=request.evidence,
        delivered_at=at,
        channel=channel or request.channel or request.partner.channel,
        **DELIVERED,
        **clocks_from(request, at),
    )
    if request.evidence is not None:
        hand_over(evidence=request.evidence, to=request.partner.name, by=by)
    if request.kind_of.looked_at:
        Lookout.objects.update_or_create(
            request=request,
            defaults={"since": at, "looks": 0, "next_action_at": now() + LOOK_WHILE_OPEN},
        )


@transaction.atomic
def sent_by_hand(*, request: Request, how: str, at: datetime, by: Actor) -> None:
    """An officer says when and where they handed it over, for the first time or once more."""
    if request.undelivered_at is not None and request.state != State.APPROVED:
        clocks = clocks_from(request, min(at, now()))
        move(request, "resent", by=by, note=how[:500], at=min(at, now()), **DELIVERED, **clocks)
    elif request.state == State.REOPENED:
        move(request, "sent_again", by=by, note=how[:500], at=min(at, now()))
    else:
        mark_delivered(request=request, by=by, note=how[:500], at=min(at, now()))
