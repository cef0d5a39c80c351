"""The worker's part: one piece of news over HTTP, outside any transaction.

What is repeated after a crash is the same news: same `webhook-id`, same bytes. A partner that keeps
the ids it has seen sees each once.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from tereze import live
from tereze.audit.models import record
from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.delivery import mark_delivered
from tereze.disruption.models import Request, State, Webhook, WebhookEvent, WebhookTry
from tereze.disruption.webhooks import outbox, signing


BY = Actor.machine("webhook")
SECONDS = 15.0
LONGEST_ANSWER = 2000
KEPT_OF_ANSWER = 300
GONE = 410
# after the first attempt; the last is nearly three days later (docs/partners/developer.md)
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400, 86400)
)
ROUND = timedelta(days=4)  # older news is not tried again by itself
# while an address does not answer at all, its other news waits: it must not hold up anybody else's
QUIET = timedelta(minutes=10)
SLOW = timedelta(seconds=1)


@due.handler(WebhookEvent, lane="webhooks", lease=timedelta(minutes=1))
def send(event: WebhookEvent) -> None:
    webhook = Webhook.objects.filter(partner=event.partner_id, is_on=True).first()
    if webhook is None or is_idle(event):
        WebhookEvent.objects.filter(pk=event.pk).update(
            state=WebhookEvent.State.KEPT, next_action_at=None
        )
        return
    outgoing.outside_transaction()
    tried = attempt(event, webhook)
    give_way(event, timedelta(milliseconds=tried.milliseconds))
    if tried.status is not None and 200 <= tried.status < 300:
        accepted(event, webhook, tried)
    else:
        refused(event, webhook, tried)


def is_idle(event: WebhookEvent) -> bool:
    """A request taken back before anybody was told of it is no news any more."""
    request = event.request
    return (
        event.type == outbox.CREATED
        and event.tries == 0
        and request is not None
        and request.state == State.CLOSED
    )


def attempt(event: WebhookEvent, webhook: Webhook) -> WebhookTry:
    at = now()
    headers = signing.headers(
        event.public_id, int(at.timestamp()), event.body, keys_of(webhook, at)
    )
    tried = WebhookTry(event=event, at=at)
    started = time.monotonic()
    try:
        answer = outgoing.post(
            webhook.url,
            event.body.encode(),
            guard=outgoing.guard(),
            headers=headers,
            seconds=SECONDS,
            limit=LONGEST_ANSWER,
        )
    except outgoing.FetchError as error:
        tried.error = error.reason
    else:
        tried.status = answer.status
        text = answer.body.decode("utf-8", "replace").replace("\x00", "")
        tried.said = text[:KEPT_OF_ANSWER]
    tried.milliseconds = round((time.monotonic() - started) * 1000)
    return tried


def keys_of(webhook: Webhook, at: datetime) -> list[str]:
    old = webhook.previous_until is not None and at < webhook.previous_until
    return [webhook.secret, *([webhook.previous_secret] if old else [])]


@transaction.atomic
def accepted(event: WebhookEvent, webhook: Webhook, tried: WebhookTry) -> None:
    tried.save()
    at = now()
    WebhookEvent.objects.filter(pk=event.pk).update(
        state=WebhookEvent.State.DELIVERED, delivered_at=at, next_action_at=None
    )
    Webhook.objects.filter(pk=webhook.pk).update(last_ok_at=at)
    if event.type == outbox.CREATED and event.request_id is not None:
        request = Request.objects.select_related("partner__unit", "unit", "evidence").get(
            pk=event.request_id
        )
        if request.state == State.APPROVED:
            mark_delivered(request=request, by=BY, note=event.public_id)
    publish(event)


@transaction.atomic
def refused(event: WebhookEvent, webhook: Webhook, tried: WebhookTry) -> None:
    tried.save()
    at = now()
    tries = event.tries + 1
    over = tries > len(PAUSES) or at - event.since > ROUND
    following = None if over else at + PAUSES[tries - 1]
    WebhookEvent.objects.filter(pk=event.pk).update(
        tries=tries,
        state=WebhookEvent.State.FAILED if over else WebhookEvent.State.WAITING,
        next_action_at=following,
    )
    if tried.status == GONE:
        switch_off(webhook, "gone", by=BY)
    elif over and (webhook.last_ok_at is None or webhook.last_ok_at < event.since):
        switch_off(webhook, "failing", by=BY)
    elif tried.status is None and following is not None:
        others(event, before=following).update(next_action_at=min(following, at + QUIET))
    publish(event)


def give_way(event: WebhookEvent, took: timedelta) -> None:
    """A slow address loses its place by as much as it took: news for anybody else goes between."""
    if took > SLOW:
        others(event, before=now()).update(next_action_at=F("next_action_at") + took)


def others(event: WebhookEvent, *, before: datetime) -> "QuerySet[WebhookEvent]":
    """The same partner's news that is due before this."""
    waiting = WebhookEvent.objects.filter(
        partner=event.partner_id, state=WebhookEvent.State.WAITING, next_action_at__lt=before
    )
    return waiting.exclude(pk=event.pk)


def switch_off(webhook: Webhook, why: str, *, by: Actor) -> None:
    """Nothing more is sent; the requests stand in their list, and people on both sides are told."""
    at = now()
    Webhook.objects.filter(pk=webhook.pk).update(
        is_on=False, off_at=at, off_why=why, next_action_at=at
    )
    WebhookEvent.objects.filter(
        partner=webhook.partner_id, state=WebhookEvent.State.WAITING
    ).update(state=WebhookEvent.State.KEPT, next_action_at=None)
    record(
        "webhook.switched_off",
        target=webhook.partner,
        by=by,
        detail={"why": why, "url": webhook.url},
    )


def publish(event: WebhookEvent) -> None:
    live.publish(f"portal:{event.partner.public_id}")
    live.publish("requests")
