"""The chat on the wall to which a submission belongs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count

from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import public_id
from tereze.watch.actions import sources as actions
from tereze.watch.models import Message, Source, Submission
from tereze.watch.models.administrators import title_key
from tereze.watch.models.sources import HANDED_OVER, Mode
from tereze.watch.received import Incoming


MACHINE = Actor.machine("watch")
LONG = 20  # letters: what two chats hardly share to the minute
ENOUGH = 3
SHARE = 0.5  # of the long messages
ASKED_ABOUT = 500  # of the newest
OPEN = timedelta(days=7)  # after the last submission the chat leaves the wall's columns


def source_for(submission: Submission, title: str, items: Sequence[Incoming]) -> Source | None:
    """By the messages it shares with one known, else by its name, else a new one."""
    if not items:
        return None
    title = submission.title or title
    known = with_the_same_name(submission, title) or with_the_same_messages(submission, items)
    return opened(known, submission) if known else made(submission, title)


def with_the_same_name(submission: Submission, title: str) -> Source | None:
    if not title_key(title):
        return None
    found: Source | None = ours(submission).filter(chat_id=chat_id_of(submission, title)).first()
    return found


def chat_id_of(submission: Submission, title: str) -> str:
    return f"{submission.unit.slug}/{title_key(title) or public_id()}"


def ours(submission: Submission) -> Any:
    return Source.objects.filter(kind=HANDED_OVER, unit=submission.unit)


def with_the_same_messages(submission: Submission, items: Sequence[Incoming]) -> Source | None:
    """The chat may have another name on this phone, or none in a pasted text."""
    long = [item.external_id for item in items if len(item.own_text) >= LONG][-ASKED_ABOUT:]
    if not long:
        return None
    found = Message.objects.filter(source__in=ours(submission), external_id__in=long, version=1)
    counted = found.values("source").annotate(number=Count("pk")).order_by("-number").first()
    if counted is None or counted["number"] < min(ENOUGH, len(long)):
        return None
    if counted["number"] < SHARE * len(long):
        return None
    return Source.objects.select_related("unit").get(pk=counted["source"])


def opened(source: Source, submission: Submission) -> Source:
    """What is handed over is looked at for a week; then nothing more is expected from it."""
    changed = actions.change_source(source=source, by=MACHINE, mode=Mode.REVIEW, until=now() + OPEN)
    changed.unit = submission.unit
    return changed


def made(submission: Submission, title: str) -> Source:
    """With its own recorded basis: nobody watches this chat, a participant gave us a copy."""
    at = now()
    words = (
        f"Переписка передана участником чата {submission.at:%Y-%m-%d %H:%M} UTC, "
        f"номер {submission.number}. За чатом никто не наблюдает."
    )
    return actions.add_source(
        unit=submission.unit,
        kind=HANDED_OVER,
        chat_id=chat_id_of(submission, title),
        title=title or f"WhatsApp {submission.number}",
        by=MACHINE,
        language="ru" if submission.language == "ru" else "kk",
        legal_basis="Сообщение участника чата о правонарушении; за чатом никто не наблюдает",
        consent_by="участник чата, передавший переписку",
        consent_at=at,
        consent_file=vault.store(words.encode()).sha256,
        consent_file_name="handed-over.txt",
        notice_at=at,
        notice_text="Не требуется: чат не наблюдается, прислана копия переписки.",
        until=at + OPEN,
        mode=Mode.REVIEW,
    )
