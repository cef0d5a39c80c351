"""What a connector is: it reads (`watch`) and it has hands (`hands`).

`watch(sources, house)` reads one of its groups until it is cancelled: it hands over messages in batches and confirms
them to the service only after `house.take_in` returned, that is, after they are stored. It says
what it sees of its own health. Whatever it raises ends only itself; it is started again.

`hands(source)` acts in the chat. Every failure is one of the errors below, because what happens
next depends on nothing else:

    ServiceError
     ├── NotThereError      what the act is about does not exist (any more)
     ├── RefusedError       the service will not do it, however often it is asked
     ├── NoRightsError      we lost a right or the place; the source is blind
     ├── BusyError          later: the service says when
     └── UnreachableError   no answer, or a failure of the service's own
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tereze.watch.models import Source
from tereze.watch.received import Incoming


# How far a source was read: a number of Telegram, a word of Matrix.
Cursor = int | str


class ServiceError(Exception):
    pass


class NotThereError(ServiceError):
    pass


class RefusedError(ServiceError):
    pass


class NoRightsError(ServiceError):
    pass


class BusyError(ServiceError):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


class UnreachableError(ServiceError):
    pass


@dataclass(frozen=True)
class Target:
    """Whom and what an act is about."""

    message: str = ""
    author: str = ""
    sent: str = ""
    versions: tuple[str, ...] = ()  # what it was edited into, where each version has its own id

    @property
    def sent_at(self) -> datetime | None:
        return datetime.fromisoformat(self.sent) if self.sent else None


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the service says about a chat and our rights there."""

    title: str = ""
    can_delete: bool = False
    can_restrict: bool = False
    administrators: tuple[str, ...] = ()  # ids
    facts: dict[str, Any] = field(default_factory=dict)


class House(Protocol):
    """What the watch process offers to a connector."""

    async def take_in(
        self, batch: Sequence[tuple[Source, Incoming]], cursors: Mapping[int, Cursor]
    ) -> None: ...

    async def gone(self, source: Source, external_ids: Sequence[str]) -> None: ...

    async def sees(self, sources: Sequence[Source]) -> None: ...

    async def is_blind(self, sources: Sequence[Source], reason: str) -> None: ...

    async def tells_time(self, sources: Sequence[Source], skew: int | None) -> None:
        """By how many seconds the service's clock is ahead of ours; None: not known yet."""
        ...

    async def knows(self, source: Source, place: Place) -> None: ...

    async def arrived(self, source: Source, authors: Sequence[str]) -> None:
        """Who has just joined the chat, by id: many at once are a wave."""
        ...

    async def learned(self, source: Source, item: Incoming) -> bool:
        """The same message again, now with its author's profile. Whether that is an advert."""
        ...

    async def linked(self, bot_key: str, chat: str, code: str) -> bool:
        """Somebody wrote to the bot itself; whether it was an officer's code."""
        ...

    async def moved(self, source: Source, chat_id: str) -> bool:
        """The chat goes on under another id. False: that one is in the list on its own."""
        ...


class Hands(Protocol):
    """How acts are carried out. Looking answers True (confirmed), False (contradicted) or raises
    `NotThereError`; `can_look` names the kinds of which anything can be known afterwards."""

    async def delete(self, target: Target) -> None: ...

    async def restrict(self, target: Target, until: datetime | None) -> None: ...

    async def ban(self, target: Target, until: datetime | None) -> None: ...

    async def unrestrict(self, target: Target) -> None: ...

    async def unban(self, target: Target) -> None: ...

    async def post(self, text: str) -> str: ...

    async def look(self, kind: str, target: Target) -> bool: ...

    async def fetch(self, file: str, most: int) -> bytes:
        """A picture's file. `RefusedError` where it has more than so many bytes."""
        ...

    async def close(self) -> None: ...


class Connector(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def is_live(self) -> bool:
        """Whether it must be heard from all the time; if it is not, its sources are blind."""
        ...

    @property
    def has_one_status(self) -> bool:
        """Whether a ban takes the place of a restriction, and lifting either lifts both."""
        ...

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        """Which sources are read together, by a name that stays."""
        ...

    async def watch(self, sources: Sequence[Source], house: House) -> None: ...

    def hands(self, source: Source) -> Hands: ...

    def keep(self, source: Source) -> None:
        """Open its connection in this loop, for hands that are used without reading."""
        ...
