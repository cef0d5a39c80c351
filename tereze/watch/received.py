"""What a connector hands over: one text, in the house's own shape."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tereze.core.encryption import keyed_hash
from tereze.watch.models import Source


@dataclass(frozen=True, kw_only=True)
class Author:
    id: str
    name: str = ""
    username: str = ""
    kind: str = "person"  # person | channel | chat: a chat speaking is an anonymous administrator


@dataclass(frozen=True, kw_only=True)
class Incoming:
    external_id: str
    sent_at: datetime
    author: Author | None = None
    text: str = ""
    caption: str = ""
    quoted: str = ""
    is_foreign: bool = False  # the quoted words stand in another chat: who quotes brings them here
    media: str = ""
    profile: str = ""  # what the author's account says about itself: judged beside, not stored
    version_id: str = ""  # where the service names each version
    edited_at: datetime | None = None
    album: tuple[str, ...] = ()  # ids of everything published as one: one decision, all of it goes
    is_passing: bool = False  # no publication (a reaction, a request to join): kept only if flagged
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def own_text(self) -> str:
        return self.text or self.caption

    @property
    def parts(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "text": self.text,
            "caption": self.caption,
            "quoted": self.quoted,
            "media": self.media,
        }
        return {**found, "album": list(self.album)} if self.album else found

    @property
    def revision(self) -> str:
        """When it was edited and into what: delivered twice, it is still one version."""
        if self.version_id:
            return self.version_id
        words = "\0".join((self.text, self.caption, self.quoted, self.media, *self.album))
        digest = hashlib.sha256(words.encode()).hexdigest()[:12]
        return f"{int(self.edited_at.timestamp()) if self.edited_at else 0}:{digest}"


def author_key(source: Source, author: Author) -> str:
    """Finds an author again inside this chat and nowhere else."""
    return keyed_hash(f"{source.pk}:{author.id}", purpose="watch.author.here")


def author_trail(source: Source, author_id: str) -> str:
    """Finds a flagged author again in every chat of the service."""
    return keyed_hash(f"{source.kind}:{author_id}", purpose="watch.author.everywhere")


def exemption(source: Source, author: Author | None) -> str:
    """Why the machine leaves this author to people; empty for everybody else."""
    if author is None:
        return ""
    if author.kind == "chat" or author_key(source, author) in source.administrators:
        return "administrator"
    names = {author.id, author.username.lower().removeprefix("@")} - {""}
    lists = {
        "akimat": source.exempt_akimat,
        "police": source.exempt_police,
        "verified": source.exempt,
    }
    return next((why for why, listed in lists.items() if names & set(listed)), "")
