"""One picture's way: fetched, kept, read in a process of its own, judged. Each step is in its row."""

import asyncio
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db.models import Q

from tereze.core import due, vault
from tereze.core.clock import now
from tereze.watch.actions import pictures, reading
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import BusyError, NotThereError, RefusedError, ServiceError
from tereze.watch.models import MessagePicture, Seal, Source
from tereze.watch.models.pictures import PictureState
from tereze.watch.models.sources import WEB
from tereze.watch.pictures import MOST_BYTES, Picture
from tereze.watch.pictures import read as read_bytes
from tereze.watch.sealing import unwrapped
from tereze.watch.submissions.pictures import content_of


FETCH = 60.0  # seconds
TRIES = 8  # about twenty minutes with growing pauses
LONGEST_TOLD_TO_WAIT = timedelta(days=1)
TRIES_FOR_EVIDENCE = 100  # about a day: its message was acted upon, and the seal says it is lacking
PASSING = {"timeout", "crashed", "tool_failed"}  # perhaps the machine was busy: once more


def read(picture: MessagePicture) -> list[int]:
    """The messages about which something is to be decided now."""
    if picture.read_at is not None:
        return []
    if picture.state == PictureState.WAITING:
        source = Source.objects.get(messages=picture.message_id)
        if source.is_web and chats_wait():
            put_off(picture, pictures.PACE)
            return []
        try:
            data = content_of(picture) if source.is_handed_over else fetch(source, picture.file)
        except (NotThereError, RefusedError) as error:
            return reading.note_unread(picture=picture, why=str(error))
        except BusyError as error:
            if now() - picture.message.received_at > LONGEST_TOLD_TO_WAIT:
                return reading.note_unread(picture=picture, why="network")
            put_off(picture, timedelta(seconds=error.seconds))
            return []
        except (ServiceError, TimeoutError):
            if picture.attempts >= (TRIES_FOR_EVIDENCE if is_evidence(picture) else TRIES):
                return reading.note_unread(picture=picture, why="network")
            raise
        if not pictures.keep(picture, data):
            return []
    found = understood(picture)
    if found.why_not in PASSING and not picture.attempts:
        raise NotYetError(found.why_not)
    return reading.note_read(picture=picture, found=found)


def chats_wait() -> bool:
    """Anybody's server may hold us up for as long as it likes; in a chat an advert stands meanwhile."""
    at = now()
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    waiting = MessagePicture.objects.filter(free, next_action_at__lte=at)
    return bool(waiting.exclude(message__source__kind__in=WEB).exists())


def is_evidence(picture: MessagePicture) -> bool:
    return Seal.objects.filter(picture=picture).exists()


class NotYetError(Exception):
    """It may be read at the second attempt."""


def fetch(source: Source, file: str) -> bytes:
    data: bytes = async_to_sync(fetched)(source, file)
    return data


async def fetched(source: Source, file: str) -> bytes:
    hands = CONNECTORS[source.kind].hands(source)
    try:
        async with asyncio.timeout(FETCH):
            return await hands.fetch(file, MOST_BYTES)
    finally:
        await hands.close()


def understood(picture: MessagePicture) -> Picture:
    try:
        return read_bytes(unwrapped(picture.kept))
    except vault.DamagedFileError:
        return Picture(why_not="damaged")


def put_off(picture: MessagePicture, wait: timedelta) -> None:
    MessagePicture.objects.filter(pk=picture.pk).update(
        next_action_at=now() + max(wait, due.pause(0))
    )
