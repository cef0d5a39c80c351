"""Keeping a page up on purpose: an operation would be harmed by its removal."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze.accounts.permissions import Permission
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.models import Request
from tereze.disruption.transitions import move


LONGEST = timedelta(days=30)  # then somebody has to decide anew


class EndMissingError(ValueError):
    """A hold without an end in the near future."""


@transaction.atomic
def hold(*, request: Request, user: Any, why: str, until: datetime) -> None:
    """Sealed and ready, but not sent until then. The officer, the reason and the end are kept."""
    if not user.can(Permission.REQUEST_APPROVE):
        raise PermissionDenied(Permission.REQUEST_APPROVE)
    if not now() < until <= now() + LONGEST:
        raise EndMissingError(until.isoformat())
    move(
        request,
        "held",
        by=user.actor,
        note=why,
        held_until=until,
        held_by=user.name,
        held_why=why,
        next_action_at=until,
    )


@transaction.atomic
def release(*, request: Request, by: Actor) -> None:
    """Its end has come, or an officer ends it: it waits for a signature again."""
    move(request, "released", by=by, note=request.held_why, next_action_at=None)
