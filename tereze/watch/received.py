"""What a connector hands over: one text, in the house's own shape."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tereze.core.encryption import keyed_hash
from tereze.watch.models import Source
from tereze.watch.raids import marks_of


@dataclass(frozen=True, kw_only=True)
class Author:
    id: str
    name: str = ""
    username: str = ""
    kind: str = "person"  # person | channel | chat: a chat speaking is an anonymous administrator

    def to_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class File:
    """A picture where the service keeps it."""

    name: str  # the same for the same file, whoever sends it
    file: str  # by which the service gives it to us
    album: str = ""  # pictures posted together, of which one has the caption


def is_picture(media_type: str | None) -> bool:
    """What the sender calls a picture; whether it is one, its first bytes tell later."""
    return (media_type or "").lower().startswith("image/")


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
    pictures: tuple[File, ...] = ()
    profile: str = ""  # what the author's account says about itself: judged beside, not stored
    link: str = ""  # where it stands, on the open web
    version_id: str = ""  # where the service names each version
    edited_at: datetime | None = None
    told_at: datetime | None = None  # what the service itself said the time was, when it gave this
    album: tuple[str, ...] = ()  # ids of everything published as one: one decision, all of it goes
    is_passing: bool = False  # no publication (a reaction, a request to join): kept only if flagged
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def own_text(self) -> str:
        return self.text or self.caption

    @cached_property
    def marks(self) -> tuple[int, ...]:
        """By which near-identical texts are found."""
        return marks_of(self.own_text)

    @property
    def parts(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "text": self.text,
            "caption": self.caption,
            "quoted": self.quoted,
            "media": self.media,
            **self.shown,
        }
        if self.link:
            found["link"] = self.link
        return {**found, "album": list(self.album)} if self.album else found

    @property
    def shown(self) -> dict[str, str]:
        """A picture put in the place of another is another version, though no word has changed."""
        names = " ".join(file.name for file in self.pictures)
        return {"pictures": names} if names else {}

    @property
    def revision(self) -> str:
        """When it was edited and into what: delivered twice, it is still one version."""
        if self.version_id:
            return self.version_id
        beside = (*self.shown.values(), *self.album)
        words = "\0".join((self.text, self.caption, self.quoted, self.media, *beside))
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
