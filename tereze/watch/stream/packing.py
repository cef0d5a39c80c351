"""A message on its way: encrypted, for the cluster keeps it on its disks; named, so that it comes once."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tereze.core.encryption import decrypt, encrypt, keyed_hash
from tereze.watch.models import Source
from tereze.watch.received import Author, File, Incoming


VERSION = 1


def name_of(source: Source, item: Incoming) -> str:
    """The key under which the database, too, takes it once; nobody reads from it who wrote what."""
    text = f"{source.pk}/{item.external_id}/{item.revision}"
    return keyed_hash(text, purpose="watch.stream")


def packed(source: Source, item: Incoming) -> bytes:
    body = {"v": VERSION, "source": source.pk, "item": asdict(item)}
    return encrypt(json.dumps(body, ensure_ascii=False, default=datetime.isoformat).encode())


def unpacked(data: bytes) -> tuple[int, Incoming]:
    """The source's number and the message. Raises where it is none of ours."""
    body = json.loads(decrypt(data))
    if body["v"] != VERSION:
        raise ValueError(f"version {body['v']}")
    return int(body["source"]), item_of(body["item"])


def item_of(told: dict[str, Any]) -> Incoming:
    return Incoming(
        **{
            **told,
            "sent_at": datetime.fromisoformat(told["sent_at"]),
            "edited_at": instant(told["edited_at"]),
            "told_at": instant(told["told_at"]),
            "author": Author(**told["author"]) if told["author"] else None,
            "pictures": tuple(File(**one) for one in told["pictures"]),
            "album": tuple(told["album"]),
        }
    )


def instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
