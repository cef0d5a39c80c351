"""Pictures that residents attach to a report are read here, beside those of the chats: off the request,
each in a process of its own, with the same bounds and by the rules in force in the unit."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice

from tereze.core import due, vault
from tereze.intake.actions import pictures
from tereze.intake.models import AttachmentPicture
from tereze.watch import picturing
from tereze.watch.actions.reading import says_the_same
from tereze.watch.models import FLAGGED, MessagePicture
from tereze.watch.pictures import Picture, alike
from tereze.watch.pictures import read as read_bytes


MOST_ALIKE = 5
Place = tuple[str, str]  # (kind, key) of what shows the same picture


@due.handler(AttachmentPicture, lane="pictures", lease=timedelta(minutes=3))
def read_reported(picture: AttachmentPicture) -> None:
    if picture.state != AttachmentPicture.State.WAITING:
        return
    found = understood(picture)
    if found.why_not in picturing.PASSING and not picture.attempts:
        raise picturing.NotYetError(found.why_not)
    pictures.note_read(
        picture=picture,
        text=found.text,
        codes=found.codes,
        photo_hash=found.photo_hash,
        why=found.why_not,
        alike=list(islice(shown_elsewhere(picture, found), MOST_ALIKE)),
    )


def understood(picture: AttachmentPicture) -> Picture:
    try:
        return read_bytes(vault.read(picture.attachment.sha256))
    except vault.DamagedFileError:
        return Picture(why_not="damaged")


def shown_elsewhere(picture: AttachmentPicture, found: Picture) -> Iterator[Place]:
    """The same picture in other reports, and in what was flagged on the wall, newest first."""
    if not found.photo_hash:
        return iter(())
    return chain(in_reports(picture, found), on_the_wall(picture, found))


def in_reports(picture: AttachmentPicture, found: Picture) -> Iterator[Place]:
    report = picture.attachment.report
    others = AttachmentPicture.objects.filter(attachment__report__unit=report.unit_id)
    others = others.exclude(attachment__report=report).exclude(photo_hash="").order_by("-pk")
    hashes = others.values_list("pk", "photo_hash").iterator(chunk_size=5000)
    for pk, photo_hash in hashes:
        if alike(photo_hash, found.photo_hash):
            same = AttachmentPicture.objects.select_related("attachment__report").get(pk=pk)
            if says_the_same(same.whole, found.words):
                yield "report", same.attachment.report.public_id


def on_the_wall(picture: AttachmentPicture, found: Picture) -> Iterator[Place]:
    unit = picture.attachment.report.unit_id
    others = MessagePicture.objects.filter(
        message__source__unit=unit, message__outcome__in=FLAGGED
    ).exclude(photo_hash="")
    hashes = others.order_by("-pk").values_list("pk", "photo_hash").iterator(chunk_size=5000)
    for pk, photo_hash in hashes:
        if alike(photo_hash, found.photo_hash):
            same = MessagePicture.objects.select_related("message").get(pk=pk)
            if says_the_same(same.text, found.words):
                yield "message", same.message.public_id
