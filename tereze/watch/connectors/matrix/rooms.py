"""Looking at a room: what it is, who has which rights there, and whether we can read it."""

from typing import Any

from tereze.watch.connectors.base import NoRightsError, NotThereError, Place
from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.errors import ForbiddenError
from tereze.watch.connectors.matrix.rights import Levels, levels
from tereze.watch.connectors.matrix.words import clean, mapping


# words of which one must stand in the account's name: police, in three languages, or ours
OFFICIAL = ("полиц", "polic", "kiberpol", "киберпол", "tereze")


class Rooms:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.account = ""
        self.counts: dict[str, int] = {}  # members of each room; kept up by what sync tells

    async def members(self, room: str) -> int:
        """Asked once for each room: in a large one the answer is long."""
        if room not in self.counts:
            found = await self.client.get(path("rooms", room, "joined_members"))
            self.counts[room] = len(mapping(found.get("joined")))
        return self.counts[room]

    async def own_id(self) -> str:
        if not self.account:
            found = await self.client.get(path("account", "whoami"))
            self.account = clean(found.get("user_id"))
        return self.account

    async def is_official(self) -> bool:
        """Whether the account's own name says who reads along. Nobody is watched undercover."""
        own_id = await self.own_id()
        profile = await self.client.get(path("profile", own_id))
        said = f"{own_id.partition(':')[0]} {clean(profile.get('displayname'))}".casefold()
        return any(word in said for word in OFFICIAL)

    async def state(self, room: str, kind: str, key: str = "") -> dict[str, Any]:
        """One state event's content; empty where the room has none."""
        try:
            return await self.client.get(path("rooms", room, "state", kind, key))
        except NotThereError:
            return {}

    async def membership(self, room: str, user: str) -> str:
        return clean((await self.state(room, "m.room.member", user)).get("membership"))

    async def levels(self, room: str) -> Levels:
        create = await self.beginning(room)
        power = await self.state(room, "m.room.power_levels")
        return levels(power, mapping(create.get("content")), clean(create.get("sender")))

    async def beginning(self, room: str) -> dict[str, Any]:
        known = self.client.beginnings
        if room not in known:
            address = path("rooms", room, "state", "m.room.create", "")
            known[room] = await self.client.get(address, format="event")
        return known[room]

    async def continues(self, room: str, old: str) -> bool:
        """Whether it was made to replace the old one. Only who is inside can tell: we go in, and out
        again where it was not."""
        try:
            was_in = await self.membership(room, await self.own_id()) == "join"
        except ForbiddenError:
            was_in = False
        if not was_in:
            through = await self.closed_by(old)
            await self.client.post(path("join", room), {}, server_name=through, via=through)
        made = mapping((await self.beginning(room)).get("content"))
        found = clean(mapping(made.get("predecessor")).get("room_id")) == old
        if not (found or was_in):
            await self.client.post(path("rooms", room, "leave"), {})
        return found

    async def closed_by(self, room: str) -> list[str]:
        """The server of whoever closed it: the name of a room since version 12 says no server, and ours
        may have nobody in the new one yet."""
        address = path("rooms", room, "state", "m.room.tombstone", "")
        sender = clean((await self.client.get(address, format="event")).get("sender"))
        return [server] if (server := sender.partition(":")[2]) else []

    async def place(self, room: str) -> Place:
        """What we may do there. `NoRightsError` where we are not, or no longer."""
        own_id = await self.own_id()
        try:
            membership = await self.membership(room, own_id)
        except ForbiddenError:
            membership = ""
        if membership != "join":
            raise NoRightsError("kicked")
        if not await self.is_official():
            raise NoRightsError("undercover")
        found = await self.levels(room)
        return Place(
            title=clean((await self.state(room, "m.room.name")).get("name"))[:200],
            can_delete=found.may(own_id, "redact"),
            can_restrict=found.may_edit(own_id),
            administrators=tuple(user for user in found.staff if user != own_id),
            facts={
                "can_ban": found.may(own_id, "ban"),
                "can_speak": not found.is_muted(own_id),
                "encrypted": bool(await self.state(room, "m.room.encryption")),
                "replaced_by": clean(
                    (await self.state(room, "m.room.tombstone")).get("replacement_room")
                ),
                "account": own_id,
                "members": await self.members(room),
            },
        )
