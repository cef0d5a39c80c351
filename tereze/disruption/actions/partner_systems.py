"""What connects a partner's own systems: keys, the webhook, and news sent again."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze import live
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import new_token, token_hash
from tereze.disruption.models import Partner, PartnerKey, Webhook, WebhookEvent
from tereze.disruption.webhooks import outbox
from tereze.disruption.webhooks.sending import switch_off
from tereze.disruption.webhooks.signing import new_secret


KEY_PREFIX = "trzp_"
OLD_SECRET_LIVES = timedelta(days=1)


class WebhookOffError(Exception):
    """There is no working webhook to send this to."""


@transaction.atomic
def issue_partner_key(*, partner: Partner, label: str, by: Actor) -> tuple[PartnerKey, str]:
    """A key for one of their systems. The second value is shown once and never again."""
    secret = KEY_PREFIX + new_token() + new_token()
    key = PartnerKey.objects.create(
        partner=partner,
        label=label.strip()[:100],
        key_hash=token_hash(secret),
        hint=secret[: len(KEY_PREFIX) + 6],
        created_by=by.name,
    )
    record("partner_key.issued", target=partner, by=by, detail={"key": key.hint})
    return key, secret


@transaction.atomic
def close_partner_key(*, key: PartnerKey, by: Actor) -> None:
    if PartnerKey.objects.filter(pk=key.pk, closed_at=None).update(closed_at=now()):
        record("partner_key.closed", target=key.partner, by=by, detail={"key": key.hint})


@transaction.atomic
def set_webhook(*, partner: Partner, url: str, by: Actor) -> Webhook:
    """A new address, or a working one again. The secret stays: it is shown on their page."""
    webhook, is_new = Webhook.objects.get_or_create(
        partner=partner, defaults={"url": url, "secret": new_secret()}
    )
    Webhook.objects.filter(pk=webhook.pk).update(
        url=url, is_on=True, off_at=None, off_why="", changed_at=now(), next_action_at=None
    )
    webhook.refresh_from_db()
    kind = "webhook.set" if is_new else "webhook.changed"
    record(kind, target=partner, by=by, detail={"url": url})
    tell_of_undelivered(partner)
    return webhook


def tell_of_undelivered(partner: Partner) -> None:
    """Requests nobody has fetched yet are news for the new address."""
    if partner.channel != Partner.Channel.API:
        return
    at = now()
    WebhookEvent.objects.filter(
        partner=partner,
        type=outbox.CREATED,
        state=WebhookEvent.State.KEPT,
        request__state="approved",
    ).update(state=WebhookEvent.State.WAITING, since=at, tries=0, next_action_at=at)


@transaction.atomic
def stop_webhook(*, webhook: Webhook, by: Actor) -> None:
    switch_off(webhook, "by_hand", by=by)
    Webhook.objects.filter(pk=webhook.pk).update(next_action_at=None)  # whoever did it knows


@transaction.atomic
def change_secret(*, webhook: Webhook, by: Actor) -> Webhook:
    """The old one signs as well for a day, so that their side can change over in peace."""
    Webhook.objects.filter(pk=webhook.pk).update(
        previous_secret=webhook.secret,
        previous_until=now() + OLD_SECRET_LIVES,
        secret=new_secret(),
    )
    webhook.refresh_from_db()
    record("webhook.secret_changed", target=webhook.partner, by=by)
    return webhook


@transaction.atomic
def replay(*, event: WebhookEvent, by: Actor) -> None:
    """Once more, with the same id and the same bytes."""
    require_webhook(event.partner)
    at = now()
    WebhookEvent.objects.filter(pk=event.pk).update(
        state=WebhookEvent.State.WAITING, since=at, tries=0, next_action_at=at
    )
    record("webhook.replayed", target=event.partner, by=by, detail={"event": event.public_id})
    live.publish(f"portal:{event.partner.public_id}")


@transaction.atomic
def ping(*, partner: Partner, by: Actor) -> WebhookEvent:
    require_webhook(partner)
    record("webhook.pinged", target=partner, by=by)
    return outbox.tell(partner, outbox.PING, None, {"from": settings.PUBLIC_URL})


def require_webhook(partner: Partner) -> None:
    if not Webhook.objects.filter(partner=partner, is_on=True).exists():
        raise WebhookOffError(partner.slug)
