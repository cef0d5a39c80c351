"""A letter that did not arrive: the request is not with the partner, and its clock does not run."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze.accounts.permissions import Permission
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.delivery import DELIVERED, mark_delivered
from tereze.disruption.agreed import clocks_from
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.models import Letter, Lookout, Partner, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.transitions import move


LONGEST = 300
STOPPED: dict[str, Any] = {
    "acknowledge_by": None,
    "act_by": None,
    "overdue_at": None,
    "escalated_at": None,
    "next_action_at": None,
    "clock_started_at": None,
}


@transaction.atomic
def letter_returned(
    *, letter: Letter, why: str, by: Actor, evidence: Evidence | None = None
) -> bool:
    """False where it changes nothing: they answered meanwhile, or it was only a reminder."""
    fresh = Letter.objects.filter(pk=letter.pk, returned_at=None)
    if not fresh.update(returned_at=now(), returned_why=why[:LONGEST], next_action_at=None):
        return False
    request = Request.objects.select_for_update().get(pk=letter.request_id)
    event = returned_event(letter, request)
    if event is None:
        return False
    gone = {"delivered_at": None} if event == "undelivered" else {}
    move(
        request,
        event,
        by=by,
        note=f"returned: {why[:LONGEST]}",
        evidence=evidence,
        undelivered_at=now(),
        undelivered_why=why[:LONGEST],
        **gone,
        **STOPPED,
    )
    if event == "undelivered":
        Lookout.objects.filter(request=request).update(next_action_at=None)
    return True


def returned_event(letter: Letter, request: Request) -> str | None:
    if letter.purpose == Letter.Purpose.ESCALATION or request.state == State.ACKNOWLEDGED:
        return None
    newest = request.letters.exclude(purpose=Letter.Purpose.ESCALATION).last()
    if newest is None or newest.pk != letter.pk:
        return None  # a later letter took its place
    if letter.purpose == Letter.Purpose.REQUEST and request.state == State.DELIVERED:
        return "undelivered"
    return "returned" if request.state in {State.APPROVED, *WITH_PARTNER} else None


@transaction.atomic
def send_elsewhere(*, request: Request, channel: str, user: Any, email: str = "") -> None:
    """The same request by another way: another address, the portal, a file, or by hand."""
    if not user.can(Permission.REQUEST_APPROVE):
        raise PermissionDenied(Permission.REQUEST_APPROVE)
    first = request.state == State.APPROVED
    at_once = channel in {Partner.Channel.PORTAL, Partner.Channel.EMAIL}
    clocks = clocks_from(request, now()) if at_once and not first else {}
    waits = {} if at_once or first else {"undelivered_at": request.undelivered_at}
    move(
        request,
        "resent",
        by=user.actor,
        note=f"channel: {channel}",
        channel=channel,
        **{**DELIVERED, **waits, **clocks},
    )
    if channel == Partner.Channel.EMAIL:
        letter = write_letter(request, Letter.Purpose.REQUEST if first else Letter.Purpose.AGAIN)
        if email:
            Letter.objects.filter(pk=letter.pk).update(to=email)
    elif channel == Partner.Channel.PORTAL and first:
        mark_delivered(request=request, by=user.actor, channel=channel)
