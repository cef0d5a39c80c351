"""Seals: called inside the decision's transaction, so that no act can be due without its copy."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from tereze.core import vault
from tereze.core.clock import now
from tereze.watch.models import Message, MessagePicture, Seal, SealHead


def content_of(message: Message) -> dict[str, Any]:
    source = message.source
    return {
        "source": {"kind": source.kind, "chat": source.chat_id, "title": source.title},
        "message": message.external_id,
        "version": message.version,
        "sent_at": message.sent_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "author": message.author,
        "text": message.text,
        "assessment": message.assessment,
    }


def canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(seal: Seal) -> str:
    """The chain's link, under a key that is not in the database."""
    key = hmac.digest(settings.DATA_KEYS[-1], b"seal", "sha256")
    text = f"{seal.position}\n{seal.previous}\n{seal.content_hash}\n{seal.at.isoformat()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def content_of_picture(picture: MessagePicture, why: str) -> dict[str, Any]:
    """The file itself lies in the vault under `kept`; without one, `why` there is none."""
    message = picture.message
    return {
        "source": {"kind": message.source.kind, "chat": message.source.chat_id},
        "message": message.external_id,
        "version": message.version,
        "picture": {
            "name": picture.name,
            "file": picture.file,
            "kept": picture.kept,
            "sha256": picture.sha256,
            "size": picture.size,
            "why_not": why,
        },
    }


def seal(message: Message) -> Seal:
    """Copy the message as it stands now, with the pictures that we have of it. Once per version;
    asking again gives the same seal."""
    head = locked_head()
    before = Seal.objects.filter(message=message).first()
    if before is not None:
        return before
    made = append(head, content_of(message), message=message)
    for picture in MessagePicture.objects.filter(message=message, seal=None).exclude(kept=""):
        picture.message = message
        seal_picture(picture)
    return made


def seal_picture(picture: MessagePicture, *, why: str = "") -> Seal:
    """One link, and a second one where the first says that there was no file and now there is."""
    head = locked_head()
    before = Seal.objects.filter(picture=picture).first()
    if before is None:
        return append(head, content_of_picture(picture, why), picture=picture)
    if before.content["picture"]["kept"] or not picture.kept:
        return before
    late = Seal.objects.filter(late=picture).first()
    return late or append(head, content_of_picture(picture, ""), late=picture)


def locked_head() -> SealHead:
    """Asked for before looking what is sealed: of two at once the later sees the other's seal."""
    head, _ = SealHead.objects.select_for_update().get_or_create(pk=1)
    return head


def append(head: SealHead, content: dict[str, Any], **of: Message | MessagePicture) -> Seal:
    made = Seal(
        **of,
        position=head.position + 1,
        previous=head.digest,
        content=content,
        content_hash=hashlib.sha256(canonical(content)).hexdigest(),
        at=now(),
    )
    made.digest = link(made)
    made.save(force_insert=True)
    head.position, head.digest = made.position, made.digest
    head.save()
    return made


@dataclass(frozen=True)
class Chain:
    seals: int
    broken_at: int | None = None
    why: str = ""


def verify() -> Chain:
    """Open every copy, compare it with its hash, and walk the chain."""
    position, previous = 0, ""
    for found in Seal.objects.order_by("position").iterator(chunk_size=200):
        position += 1
        if found.position != position:
            return Chain(position - 1, position, "a seal is missing")
        if hashlib.sha256(canonical(found.content)).hexdigest() != found.content_hash:
            return Chain(position - 1, position, "the copy was altered")
        if not picture_is_whole(found.content.get("picture")):
            return Chain(position - 1, position, "a picture is missing or was altered")
        if found.previous != previous or found.digest != link(found):
            return Chain(position - 1, position, "the seal was altered")
        previous = found.digest
    head = SealHead.objects.filter(pk=1).first()
    if head is not None and (head.position, head.digest) != (position, previous):
        return Chain(position, position + 1, "seals are missing at the end")
    return Chain(position)


def picture_is_whole(told: dict[str, Any] | None) -> bool:
    if not told or not told["kept"]:
        return True
    try:
        file = unwrapped(told["kept"])
    except vault.DamagedFileError:
        return False
    return hashlib.sha256(file).hexdigest() == str(told["sha256"])


def wrapped(picture: MessagePicture, what: str, data: bytes) -> bytes:
    """Under a name of its own: the same picture may be evidence elsewhere, with another term."""
    return f"{what} {picture.public_id}\n".encode() + data


def unwrapped(name: str) -> bytes:
    return vault.read(name).partition(b"\n")[2]
