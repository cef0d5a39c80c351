"""Acting in a Matrix room, and looking afterwards: here every act can be looked at.

A redaction empties the event for everybody; it cannot be taken back. Bans and mutes have no end of
their own, so the house ends them.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from tereze.watch.connectors.base import NoRightsError, NotThereError, RefusedError, Target
from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.errors import ForbiddenError
from tereze.watch.connectors.matrix.rights import Levels
from tereze.watch.connectors.matrix.rooms import Rooms
from tereze.watch.models.decisions import ActKind


# levels are read, changed and written as a whole: one at a time in a room
LOCKS: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]]" = WeakKeyDictionary()


def lock_of(room: str) -> asyncio.Lock:
    locks = LOCKS.setdefault(asyncio.get_running_loop(), {})
    return locks.setdefault(room, asyncio.Lock())


class MatrixHands:
    def __init__(self, client: Client, room: str, *, owns_client: bool) -> None:
        self.client, self.room, self.owns_client = client, room, owns_client
        self.rooms = Rooms(client)

    async def close(self) -> None:
        if self.owns_client:
            await self.client.close()

    async def delete(self, target: Target) -> None:
        """The edits first: once their original is gone, the server no longer connects them."""
        async with self.explained("redact", target):
            for event in [*target.versions, target.message]:
                await self.client.put(self.at("redact", event, once(event)), {})

    async def restrict(self, target: Target, until: datetime | None) -> None:
        async with self.explained("mute", target), lock_of(self.room):
            levels = await self.rooms.levels(self.room)
            if target.author in levels.users and not levels.is_muted(target.author):
                raise RefusedError("author_has_rights")  # they would be lost with the undoing
            await self.put_levels(levels.muting(target.author))

    async def unrestrict(self, target: Target) -> None:
        async with self.explained("mute", target), lock_of(self.room):
            levels = await self.rooms.levels(self.room)
            if not levels.is_muted(target.author):
                raise NotThereError("not_found")
            await self.put_levels(levels.unmuting(target.author))

    async def put_levels(self, content: dict[str, Any]) -> None:
        await self.client.put(self.at("state", "m.room.power_levels"), content)

    async def ban(self, target: Target, until: datetime | None) -> None:
        async with self.explained("ban", target):
            await self.client.post(self.at("ban"), {"user_id": target.author})

    async def unban(self, target: Target) -> None:
        async with self.explained("ban", target):
            if await self.rooms.membership(self.room, target.author) != "ban":
                raise NotThereError("not_found")
            await self.client.post(self.at("unban"), {"user_id": target.author})

    async def post(self, text: str) -> str:
        """The same text under the same transaction: sent again after a crash it appears once."""
        content = {"msgtype": "m.notice", "body": text}
        async with self.explained("post", Target()):
            address = self.at("send", "m.room.message", once(text))
            return str((await self.client.put(address, content)).get("event_id", ""))

    async def fetch(self, file: str, most: int) -> bytes:
        return await self.client.file(file, most)

    async def look(self, kind: str, target: Target) -> bool:
        if kind == ActKind.DELETE:
            return await self.is_gone(target)
        if kind == ActKind.REPOST:
            return not await self.is_redacted(target.message)
        if kind in {ActKind.RESTRICT, ActKind.UNRESTRICT}:
            levels = await self.rooms.levels(self.room)
            return levels.is_muted(target.author) == (kind == ActKind.RESTRICT)
        banned = await self.rooms.membership(self.room, target.author) == "ban"
        return banned == (kind == ActKind.BAN)

    async def is_gone(self, target: Target) -> bool:
        for event in [*target.versions, target.message]:
            if not await self.is_redacted(event):
                return False
        return True

    async def is_redacted(self, event: str) -> bool:
        found = await self.client.get(self.at("event", event))
        unsigned = found.get("unsigned")
        return isinstance(unsigned, dict) and "redacted_because" in unsigned

    def at(self, *parts: str) -> str:
        return path("rooms", self.room, *parts)

    @asynccontextmanager
    async def explained(self, what: str, target: Target) -> AsyncIterator[None]:
        """A refusal says nothing about its reason: our rights and theirs are looked at."""
        try:
            yield
        except ForbiddenError as error:
            own_id = await self.rooms.own_id()
            if await self.rooms.membership(self.room, own_id) != "join":
                raise NoRightsError("kicked") from error
            raise reason(await self.rooms.levels(self.room), own_id, what, target) from error


def reason(levels: Levels, own_id: str, what: str, target: Target) -> Exception:
    may = {
        "redact": levels.may(own_id, "redact"),
        "ban": levels.may(own_id, "ban"),
        "mute": levels.may_edit(own_id),
        "post": not levels.is_muted(own_id),
    }
    lacking = {
        "redact": "no_delete_right",
        "ban": "no_ban_right",
        "mute": "no_restrict_right",
        "post": "no_rights",
    }
    if not may[what]:
        return NoRightsError(lacking[what])
    if levels.of(target.author) >= levels.of(own_id):
        return RefusedError("author_is_administrator")
    return RefusedError("M_FORBIDDEN")


def once(words: str) -> str:
    """A transaction id: whatever is asked twice under it happens once."""
    return "tereze-" + hashlib.sha256(words.encode()).hexdigest()[:40]
