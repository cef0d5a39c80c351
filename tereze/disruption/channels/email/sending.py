"""The worker's part: one letter over SMTP, outside any transaction."""

import smtplib
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.delivery import mark_delivered
from tereze.disruption.channels.email.letters import message_id, token_of
from tereze.disruption.models import Letter, State


BY = Actor.machine("mail")
LARGEST = 5 * 1024 * 1024  # of one attached picture; the link shows the rest
PICTURES = {"page.png", "screenshot.png", "screenshot.jpg"}


@due.handler(Letter, lane="mail")
def send(letter: Letter) -> None:
    if letter.sent_at is None:
        outgoing.outside_transaction()
        deliver(compose(letter))
    finish(letter)


def deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        if is_final(error):
            raise due.GiveUp(f"SMTP: {error}") from error
        raise


def is_final(error: smtplib.SMTPException) -> bool:
    """5xx: the server will not take this letter however often it is offered."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


@transaction.atomic
def finish(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk, sent_at=None).update(sent_at=now())
    request = letter.request
    request.refresh_from_db()
    if letter.purpose == Letter.Purpose.REQUEST and request.state == State.APPROVED:
        mark_delivered(request=request, by=BY, note=letter.to)


def subject_of(letter: Letter) -> str:
    texts = {
        Letter.Purpose.REQUEST: _("Уведомление № %(number)s: %(what)s"),
        Letter.Purpose.AGAIN: _("Снова доступно: уведомление № %(number)s: %(what)s"),
        Letter.Purpose.ESCALATION: _("Срок истёк: уведомление № %(number)s: %(what)s"),
    }
    request = letter.request
    values = {"number": request.number, "what": (request.listing or request.address)[:120]}
    return " ".join((texts[Letter.Purpose(letter.purpose)] % values).split())


def compose(letter: Letter) -> EmailMessage:
    request = letter.request
    link = settings.PUBLIC_URL + reverse("disruption:answer", args=[token_of(letter)])
    files = request.evidence.outgoing_files() if request.evidence else []
    with translation.override(request.partner.language):
        subject = subject_of(letter)
        context = {"notice": request, "link": link, "letter": letter, "files": files}
        body = render_to_string("disruption/letter.txt", context)
    message = EmailMessage(
        subject=subject,
        body=body,
        to=[letter.to],
        headers={
            "Message-ID": message_id(letter),
            "Date": format_datetime(letter.created_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    for file in files:
        if file.name in PICTURES and file.size <= LARGEST:
            message.attach(file.name, file.content(), file.media_type)
    return message
