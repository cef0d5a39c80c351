"""The life of a request: one table, and the one function that moves along it.

A step that is not in the table cannot happen: the move is a conditional update on the states it may
start from, so two people (or a person and the machine) cannot both take the same request further.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tereze import live
from tereze.audit.models import record
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.models import Request, RequestStep, State
from tereze.disruption.webhooks import outbox


class UnlawfulStepError(Exception):
    """The request is not in a state from which this can happen."""


@dataclass(frozen=True)
class Transition:
    before: frozenset[str]
    after: str  # empty: the state stays


def step(*before: State, to: State | None = None) -> Transition:
    return Transition(frozenset(str(state) for state in before), str(to) if to else "")


S = State
WITH_PARTNER = (S.DELIVERED, S.ACKNOWLEDGED, S.REOPENED)
ANY = tuple(State)
TRANSITIONS: dict[str, Transition] = {
    "captured": step(S.DRAFTED, to=S.CAPTURED),
    "recaptured": step(S.CAPTURED),
    "needs_capture": step(S.DRAFTED),
    "merged": step(*(state for state in ANY if state is not S.CLOSED)),
    "recognised": step(*(state for state in ANY if state is not S.CLOSED)),
    "held": step(S.CAPTURED, to=S.HELD),
    "released": step(S.HELD, to=S.CAPTURED),
    "approved": step(S.CAPTURED, to=S.APPROVED),
    "delivered": step(S.APPROVED, to=S.DELIVERED),
    "sent_again": step(S.REOPENED, to=S.DELIVERED),
    "acknowledged": step(S.DELIVERED, S.REOPENED, to=S.ACKNOWLEDGED),
    "answered": step(*WITH_PARTNER, to=S.ANSWERED),
    "supplied": step(S.ANSWERED, to=S.DELIVERED),
    "overdue": step(*WITH_PARTNER),
    "escalated": step(*WITH_PARTNER),
    "seen_gone": step(*WITH_PARTNER, S.ANSWERED, S.COULD_NOT_LOOK, to=S.VERIFIED),
    "still_there": step(S.ANSWERED, S.COULD_NOT_LOOK, to=S.DELIVERED),
    "could_not_look": step(S.ANSWERED, to=S.COULD_NOT_LOOK),
    "came_back": step(S.VERIFIED, to=S.REOPENED),
    "closed": step(S.VERIFIED, S.ANSWERED, S.COULD_NOT_LOOK, to=S.CLOSED),
    "withdrawn": step(S.DRAFTED, S.CAPTURED, S.HELD, S.APPROVED, *WITH_PARTNER, to=S.CLOSED),
    # an appeal was right: whatever became of it, it ends here
    "overturned": step(
        *WITH_PARTNER, S.ANSWERED, S.COULD_NOT_LOOK, S.VERIFIED, S.CLOSED, to=S.CLOSED
    ),
    "numbers_set": step(S.DRAFTED, S.CAPTURED, S.HELD),
    "enclosed": step(*(state for state in ANY if state is not S.CLOSED)),
    "signature_checked": step(*ANY),
    "drafted": step(S.DRAFTED),
    "capture_asked": step(S.DRAFTED),
    # letters: what came, and what came back undelivered
    "letter_came": step(*ANY),
    "undelivered": step(S.DELIVERED, to=S.APPROVED),
    "returned": step(S.APPROVED, *WITH_PARTNER),
    "resent": step(S.APPROVED, *WITH_PARTNER),
    "look_asked": step(*WITH_PARTNER, S.ANSWERED, S.COULD_NOT_LOOK, S.VERIFIED),
}


def lawful(event: str, state: str) -> bool:
    return state in TRANSITIONS[event].before


@transaction.atomic
def move(
    request: Request,
    event: str,
    *,
    by: Actor,
    note: str = "",
    evidence: Evidence | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> RequestStep:
    """Take one step: the row, the step with its proof, the journal, the news. Or raise."""
    transition = TRANSITIONS[event]
    before = request.state
    after = transition.after or before
    row = Request.objects.filter(pk=request.pk, state=before, state__in=transition.before)
    if not row.update(state=after, **fields):
        raise UnlawfulStepError(f"{event}: {request} is {before}")
    for name, value in {"state": after, **fields}.items():
        setattr(request, name, value)
    taken = RequestStep.objects.create(
        request=request,
        at=at or now(),
        event=event,
        state_before=before,
        state_after=after,
        actor_kind=by.kind,
        actor_name=by.name,
        note=note,
        evidence=evidence,
    )
    record(
        f"request.{event}",
        target=request,
        by=by,
        detail={
            "before": before,
            "after": after,
            **({"evidence": evidence.public_id} if evidence else {}),
        },
    )
    outbox.tell_step(request, event)
    live.publish("requests")
    live.publish(f"request:{request.public_id}")
    if request.delivered_at:
        live.publish(f"portal:{request.partner.public_id}")
    return taken
