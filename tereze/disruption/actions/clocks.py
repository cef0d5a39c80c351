"""When a partner's time has run out."""

from datetime import datetime

from django.db import transaction

from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.holding import release
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.models import Letter, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.transitions import move


BY = Actor.machine("clock")


@transaction.atomic
def check_deadlines(*, request: Request, at: datetime | None = None, by: Actor = BY) -> None:
    """Overdue goes to the named people; past the time to act, to their chief as well."""
    at = at or now()
    request.refresh_from_db()
    following = None
    if request.state == State.HELD:
        following = request.held_until
        if is_past(following, at):
            release(request=request, by=by)
            return
    elif request.state not in WITH_PARTNER:
        pass
    elif is_past(request.act_by, at):
        escalate(request, at, by)
    elif is_past(request.acknowledge_by, at) and request.acknowledged_at is None:
        following = request.act_by
        if request.overdue_at is None:
            move(request, "overdue", by=by, note="acknowledge", overdue_at=at)
    else:
        following = request.next_deadline
    Request.objects.filter(pk=request.pk).update(next_action_at=following)


def escalate(request: Request, at: datetime, by: Actor) -> None:
    if request.escalated_at is not None:
        return
    overdue_at = request.overdue_at or at
    move(request, "escalated", by=by, note="act", overdue_at=overdue_at, escalated_at=at)
    if request.partner.email:
        write_letter(request, Letter.Purpose.ESCALATION)


def is_past(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at
