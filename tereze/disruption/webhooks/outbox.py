"""The intent: a row for each piece of news, in the transaction in which it happens.

It is written for partners that have a system of their own, whether or not an address is set: the
same rows are the list their system can read back (`GET /webhooks/events`).
"""

import json
from typing import Any

from tereze.core.clock import now
from tereze.disruption.documents import is_visible, summary
from tereze.disruption.models import Partner, PartnerKey, Request, Webhook, WebhookEvent, Word


CREATED = "request.created"
PING = "ping"
OF_STEP = {
    "delivered": CREATED,
    "acknowledged": "request.acknowledged",
    "answered": "request.answered",
    "supplied": "request.supplied",
    "overdue": "request.overdue",
    "escalated": "request.escalated",
    "still_there": "request.still_there",
    "came_back": "request.reopened",
    "seen_gone": "request.verified",
    "withdrawn": "request.withdrawn",
    "closed": "request.closed",
    "overturned": "request.overturned",
}
TYPES = (*dict.fromkeys(OF_STEP.values()), "word.created", PING)


def tell_step(request: Request, event: str) -> None:
    """Called for every step of a request; most partners have no system that wants to know."""
    type_ = OF_STEP.get(event)
    if type_ is None or not is_visible(request) or not has_system(request.partner):
        return
    if event == "delivered" and request.channel == Partner.Channel.API:
        return  # it was this very news, or its fetching, that delivered it
    tell(request.partner, type_, request, {"request": summary(request)})


def tell_word(word: Word) -> None:
    """The thread has a new word of ours. Its text is not in the news: it is encrypted at rest."""
    request = word.request
    if word.from_partner or not is_visible(request) or not has_system(request.partner):
        return
    data = {
        "request": summary(request),
        "word": {"id": word.public_id, "kind": word.kind},
    }
    tell(request.partner, "word.created", request, data)


def has_system(partner: Partner) -> bool:
    return (
        partner.channel == Partner.Channel.API
        or PartnerKey.objects.filter(partner=partner, closed_at=None).exists()
        or Webhook.objects.filter(partner=partner).exists()
    )


def tell(
    partner: Partner, type_: str, request: Request | None, data: dict[str, Any]
) -> WebhookEvent:
    at = now()
    is_on = Webhook.objects.filter(partner=partner, is_on=True).exists()
    return WebhookEvent.objects.create(
        partner=partner,
        request=request,
        type=type_,
        body=json.dumps(
            {"type": type_, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False
        ),
        at=at,
        since=at,
        state=WebhookEvent.State.WAITING if is_on else WebhookEvent.State.KEPT,
        next_action_at=at if is_on else None,
    )
