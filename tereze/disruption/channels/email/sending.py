"""The worker's part: one letter over SMTP, outside any transaction.

SMTP has no idempotency key. Before a letter is handed to the mail server its row says so; when the
server's answer is lost (we died, or the line did), it is offered once more under the same
Message-ID, and after a second loss a person is asked: one visible repeat is the most there can be.
"""

import smtplib

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.delivery import mark_delivered
from tereze.disruption.actions.returned import letter_returned
from tereze.disruption.channels.email.composing import compose
from tereze.disruption.models import Letter, State


BY = Actor.machine("mail")
MOST_OFFERS = 2


@due.handler(Letter, lane="mail")
def send(letter: Letter) -> None:
    if letter.sent_at is None:
        if letter.offered >= MOST_OFFERS:
            given_up(letter, "unknown")
        outgoing.outside_transaction()
        hand_in(letter, compose(letter))
    finish(letter)


def hand_in(letter: Letter, message: EmailMessage) -> None:
    """To our mail server. What it clearly refused was not sent; anything else may have been."""
    connection = get_connection()
    connection.open()  # an error here: nothing was offered yet
    message.connection = connection
    try:
        Letter.objects.filter(pk=letter.pk).update(offered=F("offered") + 1)
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        Letter.objects.filter(pk=letter.pk).update(offered=F("offered") - 1)
        if is_final(error):
            given_up(letter, said(error))
        raise
    finally:
        connection.close()


def said(error: smtplib.SMTPException) -> str:
    """The server's own words, with its code."""
    code: int
    reason: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reason = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, reason = error.smtp_code, error.smtp_error
    else:
        return str(error)
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return f"{code} {' '.join(text.split())}"[:300]


def is_final(error: smtplib.SMTPException) -> bool:
    """5xx: the server will not take this letter however often it is offered."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def given_up(letter: Letter, why: str) -> None:
    """Before a person: undelivered, and why."""
    letter_returned(letter=letter, why=why, by=BY)
    raise due.GiveUp(f"SMTP: {why}")


@transaction.atomic
def finish(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk, sent_at=None).update(sent_at=now())
    request = letter.request
    request.refresh_from_db()
    if letter.purpose == Letter.Purpose.REQUEST and request.state == State.APPROVED:
        mark_delivered(request=request, by=BY, note=letter.to)
