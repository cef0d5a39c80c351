"""A webhook was switched off: a letter to the partner's people. Ours see it on their screens."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from tereze.core import due, outgoing
from tereze.disruption.models import Partner, Webhook


@due.handler(Webhook, lane="mail")
def tell_people(webhook: Webhook) -> None:
    if webhook.is_on:
        return
    outgoing.outside_transaction()
    to = people_of(webhook.partner)
    if not to:
        return
    with translation.override(webhook.partner.language):
        EmailMessage(
            subject=_("Вебхук выключен: %(partner)s") % {"partner": webhook.partner},
            body=render_to_string("disruption/webhook_off.txt", {"webhook": webhook}),
            to=to,
            headers={
                "Message-ID": f"<webhook-{webhook.pk}-{webhook.changed_at:%Y%m%d%H%M%S}"
                f"@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>') or 'localhost'}>",
                "Auto-Submitted": "auto-generated",
            },
        ).send()


def people_of(partner: Partner) -> list[str]:
    address = partner.contact_email or partner.email
    return [address] if address else []
