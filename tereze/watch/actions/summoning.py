"""Whoever is called hears of it away from the desk: by letter, and by the bot if they linked it.

What is sent says that and why somebody is called, and where to go. It names no chat, no author and
no text: letters and bots pass through the hands of others. Neither way has an idempotency key; what
was offered to a server that then did not answer is not offered again, because the next person is
called anyway. So each is seen at most once.
"""

import smtplib
from datetime import datetime, timedelta
from email.utils import format_datetime

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core import outgoing
from tereze.core.clock import now
from tereze.core.ids import new_token, token_hash
from tereze.live import publish
from tereze.watch.connectors.base import (
    BusyError,
    NoRightsError,
    NotThereError,
    RefusedError,
    ServiceError,
)
from tereze.watch.models import Call, Reach, Source, Summons
from tereze.watch.models.reach import ENDED_BY_ITSELF, SummonsState, Way


CODE_FOR = timedelta(minutes=15)
SAID_FOR = timedelta(minutes=settings.WATCH_CALL_MINUTES)  # then the next person is called anyway
FOR_NOTHING = timedelta(minutes=30)  # a word that could not be sent for so long comes too late


def summon(call: Call) -> None:
    """Inside the transaction that makes the call: by every way that this person has."""
    reach = Reach.objects.filter(officer=call.person_id).first()
    if reach is None:
        return
    ways = {Way.EMAIL: reach.email, Way.TELEGRAM: reach.telegram}
    for way in (way for way, address in ways.items() if address):
        due_now = {"at": now(), "next_action_at": now()}
        Summons.objects.get_or_create(call=call, way=way, defaults=due_now)


def forget_ways(call: Call) -> None:
    """It passes to somebody who is here and takes it: nothing more is sent about it."""
    waiting = Summons.objects.filter(call=call, state=SummonsState.WAITING)
    waiting.update(state=SummonsState.FAILED, why="not_needed", next_action_at=None)


def send(row: Summons) -> None:
    """The worker's part. Whoever took the call meanwhile need not be told any more."""
    reach = Reach.objects.filter(officer=row.call.person_id).first()
    if row.state != SummonsState.WAITING:
        return
    if row.call.taken_at is not None or reach is None:
        finish(row, SummonsState.FAILED, "not_needed")
    elif row.offered:  # we died, or the line did, after it was offered
        finish(row, SummonsState.UNKNOWN, "no_answer")
    elif now() - row.at > FOR_NOTHING:
        finish(row, SummonsState.FAILED, "network")
    elif said := said_lately(row):
        finish(row, SummonsState.SENT, at=said.sent_at)
    elif row.way == Way.EMAIL:
        by_letter(row, reach)
    else:
        by_bot(row, reach)


def said_lately(row: Summons) -> Summons | None:
    """The same words to the same person, who has not come yet. They name no chat: when two hundred
    are blind at once, one letter says it, and the desk says the rest. The same where the call ended
    by itself: a line that comes and goes writes no letter each time."""
    return (
        Summons.objects.filter(
            Q(call__taken_at=None) | Q(why=ENDED_BY_ITSELF),
            way=row.way,
            state=SummonsState.SENT,
            sent_at__gt=now() - SAID_FOR,
            call__person=row.call.person_id,
            call__kind=row.call.kind,
        )
        .order_by("sent_at")
        .last()
    )


def offer(row: Summons) -> None:
    Summons.objects.filter(pk=row.pk).update(offered=F("offered") + 1)


def take_back_offer(row: Summons) -> None:
    """It was clearly refused, so nobody has seen it."""
    Summons.objects.filter(pk=row.pk).update(offered=F("offered") - 1)


def by_letter(row: Summons, reach: Reach) -> None:
    outgoing.outside_transaction()
    message = letter(row, reach.email)
    connection = get_connection()
    connection.open()  # an error here: nothing was offered yet, and it is tried again
    message.connection = connection
    offer(row)
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        take_back_offer(row)
        if is_final(error):
            finish(row, SummonsState.FAILED, "refused")
            return
        raise
    except (smtplib.SMTPException, OSError):
        finish(row, SummonsState.UNKNOWN, "no_answer")
        return
    finally:
        connection.close()
    finish(row, SummonsState.SENT)


def is_final(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def letter(row: Summons, to: str) -> EmailMessage:
    subject, body = words_of(row.call)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        headers={
            "Message-ID": f"<call.{row.public_id}@{domain}>",
            "Date": format_datetime(row.at),
            "Auto-Submitted": "auto-generated",
            "Importance": "high",
        },
    )


def words_of(call: Call) -> tuple[str, str]:
    """What and where; nothing about anybody."""
    with translation.override(call.person.language):
        subject = _("Tereze: вас вызывают к стене")
        lines = [
            f"{call.get_kind_display()[:1].upper()}{call.get_kind_display()[1:]}.",
            _(
                "Откройте стол и нажмите «Беру на себя», иначе через %(minutes)s мин. вызовут другого."
            )
            % {"minutes": settings.WATCH_CALL_MINUTES},
            settings.PUBLIC_URL + reverse("watch:wall"),
        ]
    return subject, "\n\n".join(lines)


def by_bot(row: Summons, reach: Reach) -> None:
    # aiogram takes seconds to import: only whoever sends pays for it
    from tereze.watch.connectors.telegram import officers

    source = bot_of(row.call.person, reach)
    if source is None:
        finish(row, SummonsState.FAILED, "no_bot")
        return
    offer(row)
    try:
        async_to_sync(officers.say)(source, reach.telegram, "\n\n".join(words_of(row.call)))
    except (NotThereError, RefusedError, NoRightsError):
        finish(row, SummonsState.FAILED, "refused")
    except BusyError as error:
        take_back_offer(row)
        Summons.objects.filter(pk=row.pk).update(
            next_action_at=now() + timedelta(seconds=error.seconds)
        )
    except ServiceError:
        finish(row, SummonsState.UNKNOWN, "no_answer")
    else:
        finish(row, SummonsState.SENT)


def bot_of(person: User, reach: Reach) -> Source | None:
    """A chat whose bot they linked: its token is the one to speak with."""
    found: Source | None = (
        Source.objects.filter(kind="telegram", bot_key=reach.bot_key, unit=person.unit_id)
        .exclude(token="")
        .first()
        if reach.bot_key
        else None
    )
    return found


def finish(row: Summons, state: SummonsState, why: str = "", *, at: datetime | None = None) -> None:
    Summons.objects.filter(pk=row.pk).update(
        state=state,
        why=why,
        sent_at=(at or now()) if state in {SummonsState.SENT, SummonsState.UNKNOWN} else None,
        next_action_at=None,
        lease_until=None,
    )
    publish("calls")
    publish("wall")


# How somebody is reached: typed and linked by themselves


@transaction.atomic
def set_email(*, officer: User, email: str) -> None:
    row, _made = Reach.objects.get_or_create(officer=officer)
    row.email = email
    row.save(update_fields=["email"])
    record("call.reach_changed", target=officer, by=officer.actor, unit=officer.unit.slug)


@transaction.atomic
def new_code(*, officer: User) -> str:
    """To be sent to the bot in a private chat; good once and for a quarter of an hour."""
    code = new_token()
    row, _made = Reach.objects.get_or_create(officer=officer)
    row.code_hash, row.code_until = token_hash(code), now() + CODE_FOR
    row.save(update_fields=["code_hash", "code_until"])
    return code


@transaction.atomic
def link(*, bot_key: str, chat: str, code: str) -> bool:
    """Somebody wrote a code to the bot. It is theirs who was shown it, in the bot's own unit."""
    row = (
        Reach.objects.select_for_update(of=("self",))
        .select_related("officer__unit")
        .filter(code_hash=token_hash(code), code_until__gt=now(), officer__is_active=True)
        .first()
    )
    ours = Source.objects.filter(kind="telegram", bot_key=bot_key)
    if row is None or not ours.filter(unit=row.officer.unit_id).exists():
        return False
    row.telegram, row.bot_key, row.code_hash, row.code_until = chat, bot_key, "", None
    row.save()
    by = row.officer
    record("call.reach_changed", target=by, by=by.actor, unit=by.unit.slug)
    return True


@transaction.atomic
def unlink(*, officer: User) -> None:
    row, _made = Reach.objects.get_or_create(officer=officer)
    row.telegram, row.bot_key, row.code_hash, row.code_until = "", "", "", None
    row.save()
    record("call.reach_changed", target=officer, by=officer.actor, unit=officer.unit.slug)
