"""Policy rooms: whom others banned, and whom we did.

A rule names accounts by a glob, and one careless glob would name a city. What is too broad is
refused, each with its reason; nothing here ever acts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.words import clean, mapping


KIND = "m.policy.rule.user"
KINDS = {KIND, "m.room.rule.user", "org.matrix.mjolnir.rule.user"}  # older lists
BAN = {"m.ban", "org.matrix.mjolnir.ban"}
LOCAL_LETTERS, SERVER_LETTERS = 5, 5  # what a glob must spell out
MOST = 50_000  # rules of one list


@dataclass(frozen=True)
class Rule:
    entity: str
    reason: str
    refused: str = ""

    def to_json(self) -> dict[str, str]:
        return {"entity": self.entity, "reason": self.reason, "refused": self.refused}


def refusal(entity: str, ours: Iterable[str] = ()) -> str:
    """Why a rule is not taken over; nothing if it is narrow enough.

    >>> [refusal(glob) for glob in ("*", "@*:evil.example", "@spam-bot-*:evil.example")]
    ['no_account', 'local_too_broad', '']
    """
    local, colon, server = entity.removeprefix("@").partition(":")
    if not entity.startswith("@") or not colon or not local or not server or len(entity) > 255:
        return "no_account"
    if is_glob(local) and literal(local) < LOCAL_LETTERS:
        return "local_too_broad"
    if is_glob(server) and (literal(server) < SERVER_LETTERS or is_glob(server.rpartition(".")[2])):
        return "server_too_broad"
    if any(matches(entity, user) for user in ours):
        return "hits_us"
    return ""


def is_glob(text: str) -> bool:
    return "*" in text or "?" in text


def literal(text: str) -> int:
    return sum(letter.isalnum() for letter in text)


def matches(glob: str, user: str) -> bool:
    pattern = "".join(
        {"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in squeezed(glob)
    )
    return re.fullmatch(pattern, user, re.IGNORECASE) is not None


def squeezed(glob: str) -> str:
    """Stars in a row mean one star; written out they would cost a regular expression for ever."""
    return re.sub(r"\*+", "*", glob)


def rules(state: Any, ours: Iterable[str] = ()) -> list[Rule]:
    """The bans of a policy room, from its whole state."""
    found: dict[str, Rule] = {}
    own = list(ours)
    for event in state if isinstance(state, list) else []:
        row = mapping(event)
        content = mapping(row.get("content"))
        entity = clean(content.get("entity"))
        if row.get("type") not in KINDS or not entity or content.get("recommendation") not in BAN:
            continue
        found[entity] = Rule(entity, clean(content.get("reason"))[:500], refusal(entity, own))
        if len(found) >= MOST:
            break
    return list(found.values())


async def read(client: Client, room: str) -> list[Any]:
    answer = await client.ask("GET", path("rooms", room, "state"), listed=True)
    return list(answer["list"])


async def publish(client: Client, room: str, wanted: Mapping[str, str]) -> int:
    """Make the room hold exactly these bans (account → reason); how many rules were changed."""
    stands: dict[str, tuple[str, str]] = {}
    for event in await read(client, room):
        row = mapping(event)
        content = mapping(row.get("content"))
        if row.get("type") == KIND and content.get("entity"):
            key = clean(row.get("state_key"))
            stands[key] = (clean(content["entity"]), clean(content.get("reason")))
    changed = 0
    for user, reason in wanted.items():
        if stands.pop(key_of(user), None) != (user, reason):
            content = {"entity": user, "reason": reason, "recommendation": "m.ban"}
            await client.put(path("rooms", room, "state", KIND, key_of(user)), content)
            changed += 1
    for key in stands:  # taken back: an empty rule is none
        await client.put(path("rooms", room, "state", KIND, key), {})
        changed += 1
    return changed


def key_of(user: str) -> str:
    return f"rule:{user}"
