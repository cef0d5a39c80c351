"""A request as the partner's side sees it: in which status, and whose turn it is."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from tereze.detection.typology import GROUNDS
from tereze.disruption.models import Partner, Request, RequestStep, State
from tereze.disruption.models.request import WITH_PARTNER


# the words of the line: fewer than our own states, and they stay put
STATUSES = {
    "new": Q(state__in=[State.APPROVED, State.DELIVERED], answered_at=None),
    "acknowledged": Q(state=State.ACKNOWLEDGED),
    "reopened": Q(state=State.REOPENED) | Q(state=State.DELIVERED, answered_at__isnull=False),
    "answered": Q(state=State.ANSWERED),
    "not_verified": Q(state=State.COULD_NOT_LOOK),
    "verified": Q(state=State.VERIFIED),
    "withdrawn": Q(state=State.CLOSED, was_withdrawn=True),
    "closed": Q(state=State.CLOSED, was_withdrawn=False),
}
THEIR_TURN = Q(state__in=[State.APPROVED, *WITH_PARTNER])
OF_STATE = {
    State.APPROVED: "new",
    State.DELIVERED: "new",
    State.ACKNOWLEDGED: "acknowledged",
    State.REOPENED: "reopened",
    State.ANSWERED: "answered",
    State.COULD_NOT_LOOK: "not_verified",
    State.VERIFIED: "verified",
}
WAS_WITHDRAWN = Exists(RequestStep.objects.filter(request=OuterRef("pk"), event="withdrawn"))
# sent by API it is theirs from the signature on; by any other channel once it was delivered
VISIBLE = Q(delivered_at__isnull=False) | Q(channel=Partner.Channel.API, approved_at__isnull=False)


def is_visible(request: Request) -> bool:
    by_api = request.channel == Partner.Channel.API and request.approved_at is not None
    return request.delivered_at is not None or by_api


def status_of(request: Request) -> str:
    if request.state == State.CLOSED:
        known = getattr(request, "was_withdrawn", None)
        if known is None:
            known = request.steps.filter(event="withdrawn").exists()
        return "withdrawn" if known else "closed"
    if request.state == State.DELIVERED and request.answered_at is not None:
        return "reopened"
    return OF_STATE[State(request.state)]


def is_their_turn(request: Request) -> bool:
    return request.state in (State.APPROVED, *WITH_PARTNER)


def summary(request: Request) -> dict[str, Any]:
    """What a piece of news says of it; the rest is fetched."""
    return {
        "id": request.public_id,
        "number": request.number,
        "kind": request.kind,
        "status": status_of(request),
        "your_turn": is_their_turn(request),
        "address": request.address,
        "listing": request.listing,
        "answer": request.answer,
        "acknowledge_by": iso(request.acknowledge_by),
        "act_by": iso(request.act_by),
    }


def iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def ground_of(request: Request) -> dict[str, Any]:
    ground = GROUNDS.get(request.ground)
    if ground is None:
        return {"code": request.ground, "text": request.ground, "source": ""}
    language = get_language() or "ru"
    return {
        "code": request.ground,
        "text": ground.text.get(language) or ground.text["ru"],
        "source": f"{ground.source}, {ground.checked:%Y-%m-%d}",
    }
