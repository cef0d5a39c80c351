"""What a later copy of a chat shows of publications somebody was asked to delete: that is the only way
to look again at WhatsApp. «Сообщение удалено» in the place of one is as good as a look; a publication
that stands there after it was said to be gone contradicts.

A copy proves what was handed over: whoever reads the request sees out of which submission we know.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tereze.watch.actions import looked
from tereze.watch.models import Act, Source, Submission
from tereze.watch.models.decisions import ActKind, ActState, Look
from tereze.watch.models.messages import Message
from tereze.watch.received import Incoming
from tereze.watch.submissions.export import Line
from tereze.watch.submissions.unpacking import Unpacked


MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Copy:
    """What one submission shows of its chat."""

    shown: frozenset[str]  # messages that stand in it
    deleted: dict[str, set[str]]  # minute → numbers of those whose message is gone; "" unknown
    last_at: datetime | None

    def lacks(self, message: Message, zone: ZoneInfo) -> bool:
        senders = self.deleted.get(message.sent_at.astimezone(zone).strftime(MINUTE), set())
        known = number_of(str((message.author or {}).get("id", "")))
        return any(not known or not sender or sender == known for sender in senders)


def copy_of(unpacked: Unpacked, items: Iterable[Incoming], zone: ZoneInfo) -> Copy:
    deleted: dict[str, set[str]] = {}
    for line in deleted_lines(unpacked):
        deleted.setdefault(line.at.strftime(MINUTE), set()).add(line.phone)
    _first, last = unpacked.span()
    return Copy(
        shown=frozenset(item.external_id for item in items),
        deleted=deleted,
        last_at=last.replace(tzinfo=zone) if last else None,
    )


def deleted_lines(unpacked: Unpacked) -> Iterator[Line]:
    return (line for chat in unpacked.chats for line in chat.lines if line.deleted)


def number_of(author: str) -> str:
    """Names differ from phone to phone; numbers do not."""
    return author if author.startswith("+") else ""


def look_again(
    *, submission: Submission, source: Source, unpacked: Unpacked, items: Sequence[Incoming]
) -> None:
    """Called in the transaction that ends the reading: once a submission."""
    zone = ZoneInfo(submission.unit.zone)
    copy = copy_of(unpacked, items, zone)
    gone, standing = [], []
    for act in asked_in(source):
        message = act.decision.message
        if message.external_id in copy.shown:
            if is_later(copy, act):
                standing.append(act)
        elif act.look != Look.NOT_FOUND and copy.lacks(message, zone):
            gone.append(act)
    looked.are_gone(gone, submission)
    looked.still_stand(standing, submission)


def asked_in(source: Source) -> Iterable[Act]:
    found: Iterable[Act] = (
        Act.objects.filter(source=source, kind=ActKind.ASK, decision__undone_at=None)
        .exclude(state=ActState.CANCELLED)
        .select_related("decision__message", "decision__asked")
        .order_by("pk")
    )
    return found


def is_later(copy: Copy, act: Act) -> bool:
    """Something was written in the chat after we had been told that it is gone."""
    if act.done_at is None or copy.last_at is None:
        return False
    return act.state in {ActState.DONE, ActState.GONE} and copy.last_at > act.done_at
