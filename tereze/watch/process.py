"""The watch process: reads every source, decides and acts at once, and looks after itself."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, connections

from tereze.core import due
from tereze.core.clock import now
from tereze.core.processes import Stop
from tereze.watch.actions import acting, incoming, profiles, raids, sources, summoning
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import Cursor, Place
from tereze.watch.handling import Handling
from tereze.watch.models import Source
from tereze.watch.models.sources import Health, SourceQuerySet
from tereze.watch.received import Author, Incoming, author_key
from tereze.watch.work import LANE


if TYPE_CHECKING:
    from tereze.watch.stream.publishing import Outlet


log = logging.getLogger(__name__)
IDLE = 0.15  # seconds between looks at what is due
REFRESH = 1.0  # seconds between looks at which sources are on
CONTACT = 5.0  # seconds between notes that the service answered
LONGEST_PAUSE = 30.0
# what, when changed, makes a group of sources begin anew
IDENTITY = ("pk", "chat_id", "bot_key", "mode", "by_webhook")
# what is taken over while reading; the health too, for others may have noted silence meanwhile
CHANGING = (
    "threshold",
    "author_act",
    "pictures",
    "exempt",
    "exempt_akimat",
    "exempt_police",
    "retention_days",
    "administrators",
    "notice_at",
    "health",
    "health_reason",
)


@dataclass
class Reading:
    """One group of sources being read."""

    sources: list[Source]
    task: "asyncio.Task[None]"

    @property
    def identity(self) -> list[tuple[Any, ...]]:
        return identity(self.sources)


def identity(sources: Sequence[Source]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(source, name) for name in IDENTITY) for source in sources]


def watchable() -> SourceQuerySet:
    return Source.objects.watchable(now()).select_related("unit").order_by("pk")


class Watchable:
    """What may be read at this moment. Asked every second, and the rows of a city's chats are made
    anew only where one differs: making them takes longer than judging what was written meanwhile."""

    def __init__(self) -> None:
        self.known: list[Source] = []
        self.told: list[tuple[Any, ...]] = []

    def look(self) -> list[Source]:
        found = watchable()
        with connection.cursor() as cursor:  # as stored, nothing converted
            cursor.execute(*found.values_list(*IDENTITY, *CHANGING).query.sql_with_params())
            told = cursor.fetchall()
        if told != self.told:
            self.known, self.told = list(found), told
        return self.known


class Watcher(Handling):
    def __init__(self, stream: "Outlet | None" = None) -> None:
        super().__init__()
        self.stream = stream
        self.looking: asyncio.Task[None] | None = None
        self.watchable = Watchable()
        self.readings: dict[str, Reading] = {}
        self.leaving: set[asyncio.Task[None]] = set()  # readings that were stopped
        self.contacts: dict[int, float] = {}  # when it was last written that a source answered

    async def run(self, stop: Stop) -> None:
        if self.stream is not None:
            self.looking = asyncio.create_task(self.stream.keep_looking())
        while not stop:
            try:
                self.arrange(await sync_to_async(self.watchable.look)())
                await self.say_what_the_stream_lacks()
            except DatabaseError:
                log.exception("the list of sources could not be read")
                await sync_to_async(connections.close_all)()  # a new one may find the server again
            await asyncio.sleep(REFRESH)
        await self.close()

    async def close(self) -> None:
        for name in list(self.readings):
            self.leave(name)
        await asyncio.gather(*self.leaving, return_exceptions=True)
        if self.looking is not None:
            self.looking.cancel()
        await self.finish()

    async def say_what_the_stream_lacks(self) -> None:
        """Read, but not decided: nobody watches these chats, whatever their services answer."""
        if self.stream is not None and (trouble := self.stream.trouble):
            for reading in self.readings.values():
                await self.is_blind(reading.sources, trouble)

    def arrange(self, found: list[Source]) -> None:
        """Begin what is new, begin anew what has changed, stop what is gone."""
        groups: dict[str, list[Source]] = {}
        for kind, connector in CONNECTORS.items():
            of_kind = [source for source in found if source.kind == kind]
            for name, group in connector.groups(of_kind).items():
                groups[f"{kind}:{name}"] = group
        for name in [name for name, reading in self.readings.items() if self.stale(name, groups)]:
            self.leave(name)
        for name, group in groups.items():
            if name in self.readings:
                refresh(self.readings[name].sources, group)
            else:
                self.readings[name] = Reading(group, asyncio.create_task(self.keep(group)))

    def leave(self, name: str) -> None:
        task = self.readings.pop(name).task
        task.cancel()
        self.leaving.add(task)
        task.add_done_callback(self.leaving.discard)

    def stale(self, name: str, groups: dict[str, list[Source]]) -> bool:
        return name not in groups or self.readings[name].identity != identity(groups[name])

    async def keep(self, group: list[Source]) -> None:
        """Whatever ends the reading of one group ends nothing else, and it begins again."""
        failures = 0
        while True:
            begun = time.monotonic()
            try:
                await CONNECTORS[group[0].kind].watch(group, self)
            except Exception as error:
                log.exception("reading of %s ended", [source.pk for source in group])
                with contextlib.suppress(DatabaseError):
                    await self.is_blind(group, f"error:{type(error).__name__}")
            failures = 0 if time.monotonic() - begun > 60 else failures + 1
            await asyncio.sleep(min(LONGEST_PAUSE, 0.5 * 2**failures))

    # what connectors may ask of the house

    async def take_in(
        self, batch: Sequence[tuple[Source, Incoming]], cursors: Mapping[int, Cursor]
    ) -> None:
        """What this returns for is safe: stored, or acknowledged by the stream."""
        if self.stream is None:
            await super().take_in(batch, cursors)
        else:
            await self.stream.take_in(batch, cursors)

    async def gone(self, source: Source, external_ids: Sequence[str]) -> None:
        await sync_to_async(incoming.note_gone)(source=source, external_ids=external_ids)

    async def sees(self, sources_seen: Sequence[Source]) -> None:
        if self.stream is None or not self.stream.trouble:
            await self.note(sources_seen, Health.OK, "")

    async def is_blind(self, sources_blind: Sequence[Source], reason: str) -> None:
        await self.note(sources_blind, Health.BLIND, reason)

    async def note(self, group: Sequence[Source], health: str, reason: str) -> None:
        changed = [s for s in group if (s.health, s.health_reason) != (health, reason)]
        if changed:
            keys = [source.pk for source in changed]
            await sync_to_async(sources.note_health)(source_ids=keys, health=health, reason=reason)
        for source in changed:
            source.health, source.health_reason = health, reason
        if health == Health.OK:
            await self.note_contact(group)

    async def note_contact(self, group: Sequence[Source]) -> None:
        at = time.monotonic()
        silent = [s.pk for s in group if at - self.contacts.get(s.pk, -CONTACT) >= CONTACT]
        if silent:
            await sync_to_async(sources.note_contact)(source_ids=silent, at=now())
            self.contacts |= dict.fromkeys(silent, at)

    async def tells_time(self, sources_seen: Sequence[Source], skew: int | None) -> None:
        changed = [source for source in sources_seen if skew is not None and source.skew != skew]
        if changed:
            keys = [source.pk for source in changed]
            await sync_to_async(sources.note_skew)(source_ids=keys, skew=skew)
        for source in changed:
            source.skew = skew

    async def knows(self, source: Source, place: Place) -> None:
        await sync_to_async(sources.note_place)(source=source, place=place)

    async def arrived(self, source: Source, authors: Sequence[str]) -> None:
        keys = [author_key(source, Author(id=one)) for one in authors]
        await sync_to_async(raids.arrived)(source=source, author_keys=keys)

    async def learned(self, source: Source, item: Incoming) -> bool:
        if not item.is_passing:
            return await sync_to_async(profiles.note_profile)(source=source, item=item)
        if await sync_to_async(profiles.is_fresh)(source=source, item=item):
            await self.take_in([(source, item)], {})
        return False

    async def linked(self, bot_key: str, chat: str, code: str) -> bool:
        return await sync_to_async(summoning.link)(bot_key=bot_key, chat=chat, code=code)

    async def moved(self, source: Source, chat_id: str) -> bool:
        return await sync_to_async(sources.follow_move)(source=source, chat_id=chat_id)


def help_out(stop: Stop) -> None:
    """Acts left by a crash, officers' acts and notices: the same work any worker does.

    Its connection stays open: opening one costs more than a look at what is due.
    """
    tasks = [task for task in due.HANDLERS if task.lane == LANE]
    while not stop:
        try:
            acting.bring_forward()
            busy = sum(due.run_one(task) for task in tasks)
        except DatabaseError:
            log.exception("due work could not be read")
            connections.close_all()
            busy = 0
        if not busy:
            stop.wait(IDLE)


def refresh(old: list[Source], new: list[Source]) -> None:
    """The same sources, with what was changed about them meanwhile."""
    for mine, fresh in zip(old, new, strict=True):
        for field in CHANGING:
            setattr(mine, field, getattr(fresh, field))
