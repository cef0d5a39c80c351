"""The worker's part: read the mailbox, then understand what came, letter by letter."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze.accounts.models import Unit
from tereze.casework.actions import Part, store_parts
from tereze.core import due, outgoing, vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions import incoming
from tereze.disruption.channels.email import claiming, inbox, trust
from tereze.disruption.channels.email.parsing import Mail, UnreadableError, parse
from tereze.disruption.channels.email.recognising import bounced_letter, letter_of, may_answer
from tereze.disruption.channels.email.understanding import (
    Understood,
    kind_of,
    own_words,
    understand,
    why_returned,
)
from tereze.disruption.models import Incoming, Mailbox, Partner


log = logging.getLogger(__name__)
BY = Actor.machine("mail")
PAUSE = timedelta(seconds=60)
LEASE = timedelta(minutes=4)
LONGEST_RUN = 120.0  # seconds; well within the lease, and the next run goes on
LONGEST_TEXT = 8000


@due.every(30, name="mailbox")
def watch_mailbox() -> None:
    """A mailbox in the settings has a row, and the row is due."""
    if not inbox.is_configured():
        return
    unit = unit_of_mailbox()
    if unit is not None:
        row, _made = Mailbox.objects.get_or_create(name=inbox.name(), defaults={"unit": unit})
        Mailbox.objects.filter(pk=row.pk, next_action_at=None).update(next_action_at=now())


def unit_of_mailbox() -> Unit | None:
    """Whose unplaced letters are: the unit in the settings, else the first that has partners."""
    if slug := settings.IMAP["unit"]:
        return Unit.objects.filter(slug=slug).first()
    partner = Partner.objects.order_by("unit_id").select_related("unit").first()
    return partner.unit if partner else None


@due.handler(Mailbox, lane="mailbox", lease=LEASE)
def read_mailbox(mailbox: Mailbox) -> None:
    if mailbox.name != inbox.name() or not inbox.is_configured():
        return  # no longer in the settings
    outgoing.outside_transaction()
    rows = Mailbox.objects.filter(pk=mailbox.pk)
    try:
        more = read_new(mailbox)
    except inbox.MailboxError as error:
        log.warning("mailbox %s: %s", mailbox.name, error.why)
        rows.update(trouble=error.why, detail=error.detail, next_action_at=now() + PAUSE)
        return
    following = now() if more else now() + PAUSE
    rows.update(trouble="", detail="", read_at=now(), next_action_at=following)


def read_new(mailbox: Mailbox) -> bool:
    """So many letters a run. True when there are more."""
    with inbox.opened() as (connection, validity):
        after = mailbox.last_uid if validity == mailbox.uidvalidity else 0
        waiting = inbox.new_uids(connection, after)
        fetched_bytes, began = 0, time.monotonic()
        for number, uid in enumerate(waiting):
            late = time.monotonic() - began > LONGEST_RUN
            if late or number >= inbox.AT_ONCE or fetched_bytes > inbox.MOST_TOGETHER:
                return True
            letter = inbox.fetch(connection, uid)
            if letter is None:
                continue
            fetched_bytes += len(letter.content)
            keep(mailbox, validity, letter)
    return False


def keep(mailbox: Mailbox, validity: int, letter: inbox.Fetched) -> None:
    (stored,) = store_parts([Part("letter.eml", "message/rfc822", letter.content)])
    incoming.letter_arrived(
        mailbox=mailbox,
        uidvalidity=validity,
        uid=letter.uid,
        stored=stored,
        size=letter.size,
        cut=letter.cut,
        received_at=letter.received_at,
        by=BY,
    )


@due.handler(Incoming, lane="mail")
def understand_letter(row: Incoming) -> None:
    if row.state != Incoming.State.NEW:
        return
    try:
        raw = vault.read(row.sha256)
        mail = parse(raw)
    except UnreadableError as error:
        incoming.unreadable(row=row, why="unreadable", by=BY)
        raise due.GiveUp(f"unreadable: {error}") from error
    sort_out(row, mail, raw)


def sort_out(row: Incoming, mail: Mail, raw: bytes) -> None:
    kind = kind_of(mail)
    letter = bounced_letter(mail) if kind == Incoming.Kind.BOUNCE else letter_of(mail)
    if letter is None and kind == Incoming.Kind.ANSWER and claiming.is_claimed(row, mail, raw):
        incoming.belongs_elsewhere(row=row, by=BY)
        return
    found = understand(mail.text, letter.request.kind_of) if letter else Understood()
    is_answer = kind == Incoming.Kind.ANSWER
    with transaction.atomic():
        incoming.sort_in(
            row=row,
            kind=kind,
            content=content_of(mail, kind),
            letter=letter,
            trusted=letter is not None and may_answer(mail, letter, trust.passed(mail)),
            guess=found.answer if is_answer and not row.cut else "",
            words=found.words if letter else own_words(mail.text)[:LONGEST_TEXT],
            by=BY,
        )


def content_of(mail: Mail, kind: str) -> dict[str, object]:
    return {
        "sender": mail.sender,
        "name": mail.name,
        "subject": mail.subject,
        "text": mail.text[:LONGEST_TEXT],
        "files": mail.files[:20],
        "detail": why_returned(mail) if kind == Incoming.Kind.BOUNCE else "",
    }
