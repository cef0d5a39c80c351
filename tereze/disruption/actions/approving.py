"""Signing, taking back, and closing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze.accounts.permissions import Permission
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.numbering import next_number
from tereze.disruption import needs
from tereze.disruption.channels import CHANNELS
from tereze.disruption.models import Capture, Lookout, Request
from tereze.disruption.transitions import move


@transaction.atomic
def approve(*, request: Request, user: Any) -> None:
    """Sign it: outgoing number, name and post of who signs; then it is on its way.

    Raises NeedsMissingError while what its ground asks for is not there.
    """
    if not user.can(Permission.REQUEST_APPROVE):
        raise PermissionDenied(Permission.REQUEST_APPROVE)
    needs.take_numbers(request)
    if lacking := needs.missing(request):
        raise needs.NeedsMissingError(lacking)
    move(
        request,
        "approved",
        by=user.actor,
        evidence=request.evidence,
        approved_at=now(),
        number=next_number(request.unit.slug, "outgoing", zone=request.unit.zone),
        signed_by=user,
        signatory=user.name,
        signatory_post=user.post,
        channel=request.partner.channel,
        kui_number=request.kui_number,
        erdr_number=request.erdr_number,
    )
    CHANNELS[request.partner.channel].dispatch(request, user.actor)


@transaction.atomic
def set_needs(*, request: Request, by: Actor, **numbers: str) -> None:
    """An officer types what the ground asks for, as it stands on the paper."""
    typed: dict[str, Any] = {name: text.strip() for name, text in numbers.items()}
    move(request, "numbers_set", by=by, **typed)


@transaction.atomic
def withdraw(*, request: Request, why: str, by: Actor) -> None:
    """We no longer ask. What was not sent yet stays unsent."""
    move(request, "withdrawn", by=by, note=why, closed_at=now(), next_action_at=None)
    Capture.objects.filter(request=request).update(next_action_at=None)
    request.letters.filter(sent_at=None).update(next_action_at=None)
    stop_looking(request)


@transaction.atomic
def close(*, request: Request, why: str, by: Actor) -> None:
    """An officer is done with it: refused and accepted, preserved, or looked at in person."""
    move(request, "closed", by=by, note=why, closed_at=now(), next_action_at=None)
    stop_looking(request)


def stop_looking(request: Request) -> None:
    Lookout.objects.filter(request=request).update(next_action_at=None)
