"""A room's events in the house's own shape.

An edit counts only for its own author's event, a quotation only if the room holds the quoted words:
both are claims of whoever sent the event, and either could hide an advert or hit a stranger.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tereze.core.clock import now
from tereze.watch.connectors.base import NotThereError, ServiceError
from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.words import (
    MEDIA,
    POLL_ENDS,
    POLLS,
    clean,
    extensible,
    file_words,
    identifier,
    letters,
    mapping,
    pictures,
    place_words,
    poll_words,
    shown,
    split_reply,
)
from tereze.watch.received import Author, Incoming


log = logging.getLogger(__name__)
MEMBER = "m.room.member"
TITLES = {"m.room.name": "name", "m.room.topic": "topic"}
TEXTS = ("m.room.message", "m.sticker", "m.reaction", MEMBER, *POLLS, *POLL_ENDS, *TITLES)
REMEMBERED = 5_000  # events and names, each
LATE = timedelta(hours=1)  # a clock further off than this is not believed
SHORTEST_TOLD = 12  # letters of a name or reaction; below this it says nothing


@dataclass
class Seen:
    sender: str
    words: str  # of all versions
    replies_to: str


class Reader:
    def __init__(self, client: Client) -> None:
        self.client, self.own_id = client, ""
        self.seen: OrderedDict[tuple[str, str], Seen] = OrderedDict()
        self.names: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def read(self, room: str, event: Any, *, live: bool) -> Incoming | None:
        """`live`: it came after we were there, so it was written about now, whatever it claims."""
        event = mapping(event)
        content = mapping(event.get("content"))
        sender, event_id = clean(event.get("sender")), identifier(event.get("event_id"))
        if not content or not event_id or sender in {"", self.own_id}:
            return None  # without content it is redacted; what is our own is not judged
        kind = event.get("type")
        if kind == MEMBER:
            return self.renamed(room, event, content, live=live)
        if kind not in TEXTS:
            return None
        at = moment(event.get("origin_server_ts"), live=live)
        relation = mapping(content.get("m.relates_to"))
        original, fallback = event_id, content
        if relation.get("rel_type") == "m.replace":
            content = mapping(content.get("m.new_content")) or content
            original = await self.edited(room, relation, sender) or event_id
        reply = replies_to(relation)
        if original != event_id and not reply:
            reply = self.seen[room, original].replies_to
        text, caption, media = said(str(kind), content, is_reply=bool(reply))
        if content is not fallback:
            text = beside(text, caption, said(str(kind), fallback, is_reply=bool(reply))[0], reply)
        quoted = ""
        if reply:
            text, quoted = await self.apart(room, reply, text)
        self.remember(room, original, sender, text or caption, reply)
        if not (text or caption or media):
            return None
        name = self.names.get((room, sender), "")
        return Incoming(
            external_id=original,
            version_id=event_id,
            sent_at=at,
            edited_at=at if original != event_id else None,
            author=Author(id=sender, name=name, username=sender.removeprefix("@")),
            text=text,
            caption=caption,
            quoted=quoted,
            media=media,
            pictures=pictures(str(kind), content),
            profile=name,
            is_passing=kind in TITLES,
        )

    def renamed(
        self, room: str, event: dict[str, Any], content: dict[str, Any], *, live: bool
    ) -> Incoming | None:
        """A name is shown with every message, a reason with the coming or going. What is long enough
        to offer something is judged as what its owner wrote. Redacting the event takes it away."""
        user, name = clean(event.get("state_key")), clean(content.get("displayname"))
        if user != event.get("sender"):
            return None
        told = [clean(content.get("reason"))]
        if content.get("membership") == "join":
            told += [name] if name != previous_name(event) else []
            self.name(room, user, name)
        words = "\n".join(part for part in told if len(letters(part)) >= SHORTEST_TOLD)
        if not words:
            return None
        return Incoming(
            external_id=clean(event["event_id"]),
            version_id=clean(event["event_id"]),
            sent_at=moment(event.get("origin_server_ts"), live=live),
            author=Author(id=user, name=name, username=user.removeprefix("@")),
            text=words,
            media="profile",
        )

    def name(self, room: str, user: str, name: str) -> None:
        self.names[room, user] = name
        self.names.move_to_end((room, user))
        while len(self.names) > REMEMBERED:
            self.names.popitem(last=False)

    def remember(self, room: str, event: str, sender: str, words: str, reply: str) -> None:
        before = self.seen.pop((room, event), None)
        told = f"{before.words}\n{words}"[-100_000:] if before else words
        self.seen[room, event] = Seen(sender, told, reply)
        while len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)

    async def known(self, room: str, event: str) -> Seen | None:
        """An earlier event; nothing if the room has none, `ServiceError` if it cannot be told."""
        if (room, event) not in self.seen:
            try:
                found = await self.client.get(path("rooms", room, "event", event))
            except NotThereError:
                return None
            content = mapping(found.get("content"))
            reply = replies_to(mapping(content.get("m.relates_to")))
            text, caption, _media = said(str(found.get("type")), content, is_reply=bool(reply))
            words = split_reply(text)[1] if reply else text
            self.remember(room, event, clean(found.get("sender")), words or caption, reply)
        return self.seen[room, event]

    async def edited(self, room: str, relation: dict[str, Any], sender: str) -> str:
        """The event that this one replaces, if it is its author's own."""
        original = identifier(relation.get("event_id"))
        try:
            found = await self.known(room, original) if original else None
        except ServiceError:
            return ""
        return original if found and found.sender == sender else ""

    async def apart(self, room: str, reply: str, text: str) -> tuple[str, str]:
        """Own words and quoted ones. What is quoted is read in the room; where the quotation above
        the reply says something else, it is the author's own invention."""
        claimed, own = split_reply(text)
        try:
            found = await self.known(room, reply)
        except ServiceError:
            return own, claimed
        words = found.words if found else ""
        if letters(claimed) in letters(words):
            return own, words
        return f"{claimed}\n{own}", words


def said(kind: str, content: dict[str, Any], *, is_reply: bool) -> tuple[str, str, str]:
    """Text, caption and kind of attachment."""
    body = clean(content.get("body"))
    if kind in POLLS or kind in POLL_ENDS:
        return poll_words(content) or "\n".join(extensible(content)), "", "poll"
    if kind in TITLES:
        shapes = [clean(content.get(TITLES[kind])), *extensible(mapping(content.get("m.topic")))]
        return "\n".join(dict.fromkeys(filter(None, shapes))), "", "title"
    if kind == "m.reaction":
        key = clean(mapping(content.get("m.relates_to")).get("key"))
        return (key, "", "reaction") if len(letters(key)) >= SHORTEST_TOLD else ("", "", "")
    if kind == "m.sticker":
        return "", body, "sticker"
    media = MEDIA.get(str(content.get("msgtype")), "")
    if not media:
        return shown(body, content, is_reply=is_reply), "", ""
    name = clean(content.get("filename"))
    if media == "location":
        parts = [shown(body, content, is_reply=is_reply), place_words(content)]
    elif name and name != body:
        parts = [shown(body, content, is_reply=is_reply), named(name, media)]
    else:
        parts = [shown("", content, is_reply=is_reply), named(body, media)]
    return "", "\n".join(part for part in parts if part), media


def named(name: str, media: str) -> str:
    """The name of a file, unless a program gave it."""
    words = file_words(name)
    is_told = sum(letter.isalpha() for letter in words) >= SHORTEST_TOLD
    return words if media == "document" or is_told else ""


def beside(text: str, caption: str, fallback: str, reply: str) -> str:
    """An edit holds its words twice: who knows no edits is shown the other ones."""
    other = split_reply(fallback)[1] if reply else fallback
    return text if letters(other) in letters(text or caption) else f"{text}\n{other}".strip()


def replies_to(relation: dict[str, Any]) -> str:
    if relation.get("rel_type") == "m.thread" and relation.get("is_falling_back"):
        return ""  # only for clients that know no threads: nothing is quoted
    return clean(mapping(relation.get("m.in_reply_to")).get("event_id"))


def previous_name(event: dict[str, Any]) -> str:
    before = mapping(mapping(event.get("unsigned")).get("prev_content"))
    return clean(before.get("displayname")) if before.get("membership") == "join" else ""


def arrivals(events: Iterable[Any], own_id: str) -> list[str]:
    """Who has just come in; a new name or picture is told by the same event."""
    found = []
    for event in events:
        row = mapping(event)
        before = mapping(mapping(row.get("unsigned")).get("prev_content"))
        joined = mapping(row.get("content")).get("membership") == "join"
        if row.get("type") == MEMBER and joined and before.get("membership") != "join":
            found.append(clean(row.get("state_key")))
    return [user for user in found if user not in {"", own_id}]


def moment(claim: Any, *, live: bool) -> datetime:
    """The sender's server says when; one that is far off would hide a message from its term."""
    at, claimed = now(), stamp(claim)
    if claimed is None:
        return at
    if claimed > at or (live and claimed < at - LATE):
        return at
    return claimed


def stamp(claim: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(claim) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
