"""Who may do what in a room: its power levels, read as servers read them."""

import math
from dataclasses import dataclass, field
from typing import Any


EDIT = "m.room.power_levels"


@dataclass(frozen=True)
class Levels:
    content: dict[str, Any]
    creators: frozenset[str] = field(default_factory=frozenset)  # since room version 12: above all

    @property
    def users(self) -> dict[str, Any]:
        found = self.content.get("users")
        return found if isinstance(found, dict) else {}

    def of(self, user: str) -> float:
        if user in self.creators:
            return math.inf
        return number(self.users.get(user), self.named("users_default", 0))

    def named(self, name: str, default: int) -> float:
        return number(self.content.get(name), default)

    def to_send(self, kind: str, *, state: bool = False) -> float:
        events = self.content.get("events")
        general = self.named("state_default", 50) if state else self.named("events_default", 0)
        return number(events.get(kind), general) if isinstance(events, dict) else general

    def may(self, user: str, what: str) -> bool:
        """`what`: redact | ban | kick."""
        redaction = what != "redact" or self.of(user) >= self.to_send("m.room.redaction")
        return redaction and self.of(user) >= self.named(what, 50)

    def may_edit(self, user: str) -> bool:
        return self.of(user) >= self.to_send(EDIT, state=True)

    @property
    def speaking(self) -> float:
        return self.to_send("m.room.message")

    def is_muted(self, user: str) -> bool:
        return self.of(user) < self.speaking

    def is_staff(self, user: str) -> bool:
        """Somebody whom the room itself trusts to remove what others wrote."""
        return any(self.may(user, what) for what in ("redact", "ban", "kick"))

    @property
    def staff(self) -> list[str]:
        return [user for user in [*self.creators, *self.users] if self.is_staff(user)]

    def muting(self, user: str) -> dict[str, Any]:
        """The levels in which this person may read and not write."""
        return {**self.content, "users": {**self.users, user: int(self.speaking) - 1}}

    def unmuting(self, user: str) -> dict[str, Any]:
        others = {name: level for name, level in self.users.items() if name != user}
        return {**self.content, "users": others}


def levels(content: dict[str, Any], create: dict[str, Any], creator: str) -> Levels:
    """From the two state events. A room without levels belongs to whoever made it."""
    version = str(create.get("room_version", "1"))
    more = create.get("additional_creators")
    if version.isdigit() and int(version) >= 12:
        others = [one for one in more if isinstance(one, str)] if isinstance(more, list) else []
        return Levels(content, frozenset([creator, *others]))
    return Levels(content or {"users": {creator: 100}})


def number(value: Any, default: float) -> float:
    """Old rooms hold levels as words ("50")."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, str) else default
    except ValueError:
        return default
