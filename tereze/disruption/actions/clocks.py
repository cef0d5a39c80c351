"""What happens when a partner's time has run out.

A first breach is told to the named people of both sides; a second one, or no answer within the time
agreed for that, to their chiefs.
"""

from datetime import datetime

from django.db import transaction

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.holding import release
from tereze.disruption.agreed import agreed, end_of
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.models import Alert, Letter, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.transitions import move
from tereze.live import publish


BY = Actor.machine("clock")


@transaction.atomic
def check_deadlines(*, request: Request, at: datetime | None = None, by: Actor = BY) -> None:
    """What a deadline means that has come: a hold ends, a breach is told."""
    at = at or now()
    request.refresh_from_db()
    if request.state == State.HELD and is_past(request.held_until, at):
        release(request=request, by=by)
        return
    if request.state in WITH_PARTNER:
        tell_breaches(request, at, by)
    Request.objects.filter(pk=request.pk).update(next_action_at=next_check(request, at))


def tell_breaches(request: Request, at: datetime, by: Actor) -> None:
    if is_past(request.act_by, at):
        breach = "act"
    elif is_past(request.acknowledge_by, at) and request.acknowledged_at is None:
        breach = "acknowledge"
    else:
        return
    if request.overdue_at is None:
        move(request, "overdue", by=by, note=breach, overdue_at=at)
        tell(request, Alert.Level.PERSON)
    elif request.escalated_at is None and is_past(chiefs_at(request), at):
        move(request, "escalated", by=by, note=breach, escalated_at=at)
        tell(request, Alert.Level.CHIEF)


def chiefs_at(request: Request) -> datetime | None:
    """When the chiefs are told: after the agreed time, or at the second deadline missed."""
    if request.overdue_at is None:
        return None
    schedule, minutes = agreed(request, request.overdue_at)
    second = request.act_by if is_later(request.act_by, request.overdue_at) else None
    moments = [end_of(request.overdue_at, minutes["escalate"], schedule), second]
    return min((moment for moment in moments if moment), default=None)


def next_check(request: Request, at: datetime) -> datetime | None:
    if request.state == State.HELD:
        return request.held_until
    if request.state not in WITH_PARTNER or request.escalated_at:
        return None
    if request.overdue_at is None:
        return request.next_deadline
    in_time_after_all = request.acknowledged_at is not None and is_later(request.act_by, at)
    return request.act_by if in_time_after_all else chiefs_at(request)


def tell(request: Request, level: str) -> None:
    """Our named person or chief sees it on every page; theirs get a letter, where there is an address."""
    partner = request.partner
    theirs = partner.contact_email or partner.email
    if level == Alert.Level.CHIEF:
        theirs = partner.contact_chief_email or theirs
    for user in ours(request, level):
        Alert.objects.create(user=user, request=request, level=level)
    publish("alerts")
    if theirs:
        write_letter(request, Letter.Purpose.ESCALATION, to=theirs)


@transaction.atomic
def seen_alerts(*, user: User, alerts: list[int]) -> None:
    """They have read these; what ran out since their page was drawn is still new."""
    Alert.objects.filter(user=user, pk__in=alerts, seen_at=None).update(seen_at=now())
    publish("alerts")


def ours(request: Request, level: str) -> list[User]:
    named = request.partner.our_chief if level == Alert.Level.CHIEF else request.partner.our_officer
    if named is not None and named.is_active:
        return [named]
    # nobody named: the chiefs of the group hear of it, rather than nobody
    return list(User.objects.working().filter(unit=request.unit, role=Role.CHIEF))


def is_past(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at


def is_later(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment > than
