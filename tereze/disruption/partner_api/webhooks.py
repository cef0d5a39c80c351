"""The news of a partner, and what its system may do about them."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from tereze.disruption import actions
from tereze.disruption.models import Webhook, WebhookEvent
from tereze.disruption.partner_api.auth import key_of
from tereze.disruption.partner_api.paging import page_of
from tereze.disruption.partner_api.problems import Problem
from tereze.disruption.partner_api.requests import PROBLEMS, Cursor, Limit, Since, closed
from tereze.disruption.partner_api.schemas import EventOut, EventPage, ProblemOut, WebhookOut


router = Router()
WRITES: Any = {202: EventOut, 409: ProblemOut, **PROBLEMS}


@router.get(
    "/webhooks", response={200: WebhookOut, **PROBLEMS}, operation_id="get_webhook",
    summary="Your webhook and how it does",
)  # fmt: skip
def get_webhook(request: HttpRequest) -> Any:
    webhook = Webhook.objects.filter(partner=key_of(request).partner).first()
    return {
        "url": webhook.url if webhook else None,
        "is_on": bool(webhook and webhook.is_on),
        "off_since": webhook.off_at if webhook else None,
        "off_why": webhook.off_why if webhook else "",
        "last_accepted_at": webhook.last_ok_at if webhook else None,
    }


@router.get(
    "/webhooks/events", response={200: EventPage, **PROBLEMS}, operation_id="list_events",
    summary="All news, delivered or not, oldest first",
)  # fmt: skip
@closed
def list_events(
    request: HttpRequest,
    since: Since = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """The same news your webhook gets; a system without a webhook may read them here."""
    rows = WebhookEvent.objects.filter(partner=key_of(request).partner).select_related("request")
    if since is not None:
        rows = rows.filter(at__gte=since)
    found, following = page_of(rows, "at", cursor, limit, of="events")
    return {"items": [event_of(row) for row in found], "next_cursor": following}


@router.post(
    "/webhooks/events/{event_id}/replay", response=WRITES, operation_id="replay_event",
    summary="Send one piece of news again, with the same id and bytes",
)  # fmt: skip
def replay(request: HttpRequest, event_id: str) -> Any:
    key = key_of(request)
    event = WebhookEvent.objects.filter(partner=key.partner, public_id=event_id).first()
    if event is None:
        raise Problem("not_found")
    try:
        actions.replay(event=event, by=key.actor)
    except actions.WebhookOffError as error:
        raise Problem("webhook_off") from error
    event.refresh_from_db()
    return Status(202, event_of(event))


@router.post(
    "/webhooks/ping", response=WRITES, operation_id="ping_webhook",
    summary="Have a `ping` sent to your webhook",
)  # fmt: skip
def ping(request: HttpRequest) -> Any:
    key = key_of(request)
    try:
        event = actions.ping(partner=key.partner, by=key.actor)
    except actions.WebhookOffError as error:
        raise Problem("webhook_off") from error
    return Status(202, event_of(event))


def event_of(event: WebhookEvent) -> dict[str, Any]:
    return {
        "id": event.public_id,
        "type": event.type,
        "at": event.at,
        "request_id": event.request.public_id if event.request else None,
        "state": event.state,
        "tries": event.tries,
        "next_try_at": event.next_action_at,
        "payload": json.loads(event.body),
    }
