"""The receipt of what came by e-mail, in a letter. Once to an address that our mail server vouches
for; like every letter, at most one visible repeat after a crash."""

from email.utils import format_datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.core import outgoing
from tereze.core.clock import now
from tereze.watch.models import Submission
from tereze.watch.submissions.taking import receipt_of
from tereze.watch.submissions.words import problems_of


MOST_OFFERS = 2


def owes_letter(submission: Submission) -> bool:
    return (
        submission.channel == Submission.Channel.EMAIL
        and submission.told_at is None
        and submission.offered < MOST_OFFERS
        and bool(submission.contact.get("email"))
    )


def reply(submission: Submission) -> None:
    outgoing.outside_transaction()
    message = letter_to(submission)
    connection = get_connection()
    connection.open()  # an error here: nothing was offered yet
    message.connection = connection
    rows = Submission.objects.filter(pk=submission.pk)
    try:
        rows.update(offered=F("offered") + 1)
        message.send()
    finally:
        connection.close()
    rows.update(told_at=now())


def letter_to(submission: Submission) -> EmailMessage:
    zone = ZoneInfo(submission.unit.zone)
    with translation.override(submission.language), timezone.override(zone):
        context = {
            "submission": submission,
            "flagged": submission.findings.count(),
            "problems": problems_of(submission.problems),
            "link": settings.PUBLIC_URL
            + reverse("watch:whatsapp_receipt", args=[receipt_of(submission)]),
        }
        body = render_to_string("watch/submission_letter.txt", context)
        subject = _("Присланный чат %(number)s: принято") % {"number": submission.number}
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=subject,
        body=body,
        to=[submission.contact["email"]],
        headers={
            "Message-ID": f"<submission.{submission.public_id}@{domain}>",
            "Date": format_datetime(submission.at),
            "Auto-Submitted": "auto-replied",
        },
    )
