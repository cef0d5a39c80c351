"""What a bridge's bot says of itself: a bridge that lost its log-in goes on existing, and its rooms
fall silent without any error.

A bridged room names its bridge's bot (`m.bridge`, MSC2346; `uk.half-shot.bridge` before it). The bot
tells its user in a management room when something is wrong. mautrix bridges put the state into that
message as data (`fi.mau.bridge_state`, read first) and as words: "State update for NAME:
`BAD_CREDENTIALS` (`wa-logged-out`): You were logged out from another device. …". Older bridges say
only the words. Our account has to be in the management room; then it is found by itself.
"""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.words import clean, mapping


ROOM_STATES = ("m.bridge", "uk.half-shot.bridge")
MEMBER = "m.room.member"
TOLD = "fi.mau.bridge_state"
LATEST = 20  # of the bot's words in its room, when we begin
SECONDS = 15.0
LOGGED_OUT, LOST, PHONE, GONE = "bridge_logged_out", "bridge_lost", "bridge_phone", "bridge_gone"
# what each state means for us; those that are not here pass by themselves
STATES = {
    "CONNECTED": "",
    "BAD_CREDENTIALS": LOGGED_OUT,
    "LOGGED_OUT": LOGGED_OUT,
    "UNKNOWN_ERROR": LOST,
    "TRANSIENT_DISCONNECT": LOST,  # told only when it was not resolved within minutes
    "BRIDGE_UNREACHABLE": LOST,
}
UPDATE = re.compile(r"State update for (?P<login>.*?): `?(?P<state>[A-Z_]+)`?")
# words of bridges that send no data; the first that fits decides
WORDS = (
    (re.compile(r"phone (hasn't|has not) been seen|open (the app|whatsapp) (soon|on your)", re.IGNORECASE), PHONE),
    (
        re.compile(
            r"logged out|re-?log ?in|log ?in again|bad credentials|not logged in|session (has )?expired"
            r"|(challenge|consent|checkpoint) required|unlinked|temporar(il)?y ban",
            re.IGNORECASE,
        ),
        LOGGED_OUT,
    ),
    (re.compile(r"disconnected|not connected|connect(ion|ing)\b.*\b(lost|failed|refused)|not responding", re.IGNORECASE), LOST),
    (re.compile(r"(successfully )?logged in|(re)?connected", re.IGNORECASE), ""),
)  # fmt: skip


@dataclass
class Bridges:
    client: Client
    bots: dict[str, str] = field(default_factory=dict)  # bridged room: the bridge's bot
    rooms: dict[str, str] = field(
        default_factory=dict
    )  # management room: the bot that speaks there
    said: dict[str, dict[str, str]] = field(default_factory=dict)  # bot: {log-in: what is wrong}
    gone: set[str] = field(default_factory=set)  # bridged rooms that their bot has left
    looked: bool = False

    async def look(self, watched: Iterable[str]) -> bool:
        """Which rooms are bridged, and what their bots said last. Whether there are other rooms to
        listen to than before."""
        before = dict(self.rooms)
        rooms = await self.snapshot(
            {"state": {"types": [*ROOM_STATES]}, "timeline": {"not_types": ["*"]}}
        )
        for room in watched:
            for event in listed(mapping(rooms.get(room)), "state"):
                self.hear_state(room, event)
        if self.bots:
            await self.listen(set(watched))
        return self.rooms != before

    async def listen(self, watched: set[str]) -> None:
        words = {"types": ["m.room.message"], "senders": sorted(set(self.bots.values()))}
        found = await self.snapshot({
            "state": {"types": [*ROOM_STATES]}, "timeline": {**words, "limit": LATEST}
        })  # fmt: skip
        for room in set(found) - watched:
            news = mapping(found[room])
            events = listed(news, "timeline")
            if events and not listed(news, "state"):  # a portal names its bridge, this does not
                self.rooms[room] = clean(mapping(events[-1]).get("sender"))
                for event in events:
                    self.hear(room, event)

    async def snapshot(self, wanted: dict[str, Any]) -> dict[str, Any]:
        nothing = {"not_types": ["*"]}
        # Synapse answers a question it was asked before from what it said up to two minutes ago: after
        # a restart that was before the bot spoke. So no two questions are alike.
        unlike = {"not_rooms": [f"!{secrets.token_hex(8)}:localhost"]}
        room = {**wanted, **unlike, "ephemeral": nothing, "account_data": nothing}
        choice = {"room": room, "presence": nothing, "account_data": nothing}
        found = await self.client.get(
            path("sync"), seconds=SECONDS, filter=json.dumps(choice), timeout=0,
            set_presence="offline",
        )  # fmt: skip
        return mapping(mapping(found.get("rooms")).get("join"))

    def hear_state(self, room: str, event: Any) -> bool:
        """Whether it concerned a bridge: it names its bot, or its bot left."""
        row = mapping(event)
        content = mapping(row.get("content"))
        if row.get("type") in ROOM_STATES:
            if bot := clean(content.get("bridgebot")):
                self.bots[room] = bot
                self.gone.discard(room)
            elif room in self.bots:
                self.gone.add(room)  # emptied: the room is bridged no more
            return True
        is_bot = row.get("type") == MEMBER and row.get("state_key") == self.bots.get(room)
        if is_bot:
            away = content.get("membership") != "join"
            (self.gone.add if away else self.gone.discard)(room)
        return is_bot

    def hear(self, room: str, event: Any) -> bool:
        """A word of the bot in its management room. Nobody else is believed there."""
        row = mapping(event)
        bot = self.rooms.get(room, "")
        if not bot or row.get("sender") != bot:
            return False
        word = understood(mapping(row.get("content")))
        if word is None:
            return False
        login, wrong, left = word
        states = self.said.setdefault(bot, {})
        states[login] = wrong
        if left and any(not other for name, other in states.items() if name != login):
            del states[login]  # one of several was logged out on purpose; the others go on
        return True

    def trouble(self, room: str) -> str:
        if room in self.gone:
            return GONE
        wrong = [why for why in self.said.get(self.bots.get(room, ""), {}).values() if why]
        return max(wrong, key=(PHONE, LOST, LOGGED_OUT).index, default="")


def understood(content: dict[str, Any]) -> tuple[str, str, bool] | None:
    """(which log-in, what is wrong with it, whether it was left) of one message of the bot."""
    data, body = mapping(content.get(TOLD)), clean(content.get("body"))
    state, login = clean(data.get("state_event")), clean(data.get("remote_id"))
    if not state and (update := UPDATE.search(body)):
        state, login = update["state"], update["login"]
    if state:
        if clean(data.get("error")) == "wa-phone-offline" or "wa-phone-offline" in body:
            return login, PHONE, False
        return (login, STATES[state], state == "LOGGED_OUT") if state in STATES else None
    found = next((wrong for words, wrong in WORDS if words.search(body)), None)
    return None if found is None else ("", found, False)


def listed(news: dict[str, Any], part: str) -> list[Any]:
    found = mapping(news.get(part)).get("events")
    return found if isinstance(found, list) else []
