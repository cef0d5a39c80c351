"""Pictures in the rows: what is to be fetched, what is kept, what is sealed, and how it goes again."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction

from tereze.core import vault
from tereze.core.clock import now
from tereze.watch.models import FLAGGED, Act, Message, MessagePicture, Source
from tereze.watch.models.pictures import PictureState
from tereze.watch.models.sources import Pictures
from tereze.watch.received import Incoming
from tereze.watch.sealing import seal_picture, wrapped


PACE = timedelta(seconds=3)
ALBUM = timedelta(seconds=2)  # its messages come one after another, the caption in one of them


def rows_for(
    rows: Sequence[Message], items: Iterable[tuple[Source, Incoming]]
) -> list[MessagePicture]:
    """What is to be fetched and read of messages that have just been stored."""
    posted = {
        (source.pk, item.external_id, item.revision): item
        for source, item in items
        if item.pictures
    }
    found = [
        picture
        for row in rows
        if (item := posted.get((row.source_id, row.external_id, row.revision)))
        for picture in rows_of(row, item)
    ]
    return spread(found)


def spread(pictures: list[MessagePicture]) -> list[MessagePicture]:
    """What is handed over, and a long page, brings hundreds at once: those of chats come in between."""
    at = now()
    late = [one for one in pictures if comes_in_bulk(one.message.source)]
    for place, picture in enumerate(late):
        picture.next_action_at = at + place * PACE
    return pictures


def comes_in_bulk(source: Source) -> bool:
    return source.is_handed_over or source.is_web


def rows_of(message: Message, item: Incoming) -> list[MessagePicture]:
    if message.source.pictures == Pictures.LEAVE:
        return []
    at = now()
    return [
        MessagePicture(
            message=message,
            name=file.name,
            file=file.file,
            album=file.album,
            author=item.author.to_json() if item.author else None,
            next_action_at=at + ALBUM if file.album else at,
        )
        for file in item.pictures
    ]


def keep(picture: MessagePicture, data: bytes) -> bool:
    """The file in the vault, then the row that names it. False where the row went meanwhile."""
    kept = vault.store(wrapped(picture, "file", data)).sha256
    fields = {
        "kept": kept,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    waiting = MessagePicture.objects.filter(pk=picture.pk, state=PictureState.WAITING)
    if not waiting.update(state=PictureState.KEPT, **fields):
        picture.refresh_from_db()
        return bool(picture.kept)
    for name, value in {"state": PictureState.KEPT, **fields}.items():
        setattr(picture, name, value)
    return True


@transaction.atomic
def seal_missing(*, picture: MessagePicture, why: str = "") -> None:
    """Its own link in the chain, before anything is done to its message; `why` where the service
    does not give it: the copy says then that there is none."""
    row = MessagePicture.objects.select_related("message__source").get(pk=picture.pk)
    seal_picture(row, why="" if row.kept else why)


def unsealed(act: Act) -> list[MessagePicture]:
    found = MessagePicture.objects.filter(message__decisions=act.decision_id, seal=None)
    return list(found.order_by("pk"))


def wrong_in(message: Message) -> list[MessagePicture]:
    """Its pictures that were found wrong; of a message that says nothing, all that it shows."""
    found = list(MessagePicture.objects.filter(message=message).order_by("pk"))
    wrong = [one for one in found if one.first_id or is_flagged(one)]
    return wrong or (found if not message.own_text else [])


def is_flagged(picture: MessagePicture) -> bool:
    return (picture.assessment or {}).get("outcome") in FLAGGED


def forget_files(messages: Sequence[int]) -> None:
    """The files of these messages' pictures; the rows go with the messages. Files first: a crash
    in between leaves a row that is forgotten again, never a file that nobody remembers."""
    over = MessagePicture.objects.filter(message__in=messages, seal=None)
    for kept, shown in over.values_list("kept", "shown"):
        for name in filter(None, (kept, shown)):
            vault.remove(name)
