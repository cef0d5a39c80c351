"""One account, all its rooms: a long poll whose token is moved only after everything is stored."""

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tereze.core.clock import now
from tereze.watch.clocks import Clock, worst
from tereze.watch.connectors.base import (
    BusyError,
    House,
    NoRightsError,
    NotThereError,
    Place,
    RefusedError,
    ServiceError,
    UnreachableError,
)
from tereze.watch.connectors.matrix.bridges import ROOM_STATES, Bridges, listed
from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.reading import MEMBER, TEXTS, Reader, arrivals, stamp
from tereze.watch.connectors.matrix.rooms import Rooms
from tereze.watch.connectors.matrix.words import clean, mapping
from tereze.watch.models import Source
from tereze.watch.models.sources import AuthorAct, Mode
from tereze.watch.received import Incoming


log = logging.getLogger(__name__)
POLL = 25  # seconds the service holds the question
MARGIN = 10  # seconds it may be late
SLOW = 30.0  # seconds for a page of a room's past: the server may have to ask other servers
LIMIT = 100  # events of a room in one answer; what is between is fetched
CHECK = 300.0  # seconds between looks at our rights, besides every change that the room tells of
RETRY = 5.0  # the same, while the bridges could not be asked about
TOGETHER = 8  # rooms looked at at once
PATIENCE = 2  # failures in a row before the line counts as lost
LONGEST_PAUSE = 30.0
RIGHTS = (
    "m.room.power_levels",
    "m.room.encryption",
    "m.room.encrypted",
    "m.room.tombstone",
    "m.room.name",
)
REDACTION = "m.room.redaction"
NOTHING = {"not_types": ["*"]}


class Poller:
    def __init__(self, client: Client, sources: Sequence[Source], house: House) -> None:
        self.client, self.house = client, house
        self.sources = {source.chat_id: source for source in sources}
        self.rooms = Rooms(client)
        self.since = next((source.position for source in sources if source.position), "")
        self.reader = Reader(client)
        self.filter = ""
        self.stale = asyncio.Event()  # our rights may have changed
        self.failures = 0
        self.unseen: dict[int, str] = {}  # rooms we cannot see or act in, and why
        self.untold: Counter[int] = Counter()  # tries in a row to read a room's past
        self.strangers: set[str] = set()  # rooms that others claim to be ours
        self.following = asyncio.Lock()
        self.bridges = Bridges(client)
        self.knows_bridges = False  # before that nobody is told that we see
        self.messages = Clock()  # the server's, by what its own people write
        self.heard: datetime | None = None  # when the last whole answer came

    async def run(self) -> None:
        looking = asyncio.create_task(self.keep_looking())
        try:
            while True:
                await self.step()
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)  # it uses our client

    async def step(self) -> None:
        try:
            await self.begin()
            await self.turn()
        except BusyError as error:
            await asyncio.sleep(error.seconds)
        except NoRightsError as error:
            await self.lost("logged_out" if str(error) == "logged_out" else "network")
        except ServiceError as error:
            log.warning("matrix: %s", type(error).__name__)
            await self.lost("network")

    async def lost(self, reason: str) -> None:
        """Not heard: say so unless it was a hiccup, wait, and look at the rights anew."""
        self.failures += 1
        if self.failures >= PATIENCE or reason == "logged_out":
            await self.house.is_blind(list(self.sources.values()), reason)
        self.stale.set()
        await asyncio.sleep(min(LONGEST_PAUSE, 0.5 * 2 ** min(self.failures, 10)))

    async def begin(self) -> None:
        if self.filter:
            return
        own_id = self.reader.own_id = await self.rooms.own_id()
        if not self.knows_bridges:
            await self.look_at_bridges()
        wanted = {"types": [*TEXTS, *RIGHTS, *ROOM_STATES, REDACTION], "limit": LIMIT}
        members = {"types": [MEMBER], "lazy_load_members": True}
        body = {
            "room": {
                "rooms": [*self.sources, *self.bridges.rooms],
                "timeline": wanted,
                # who speaks, with every answer: their names are judged, and we may have restarted
                "state": {**members, "include_redundant_members": True},
                "ephemeral": NOTHING,
                "account_data": NOTHING,
            },
            "presence": NOTHING,
            "account_data": NOTHING,
        }
        # asked past the pace: who may not write for a while must still read
        made = await self.client.ask("POST", path("user", own_id, "filter"), body=body)
        # who administers a room must be known before the first message is judged
        await self.look_at([source for source in self.sources.values() if not source.rights])
        self.filter = clean(made.get("filter_id"))

    async def turn(self) -> None:
        new = [source for source in self.sources.values() if not source.position]
        answer = await self.next_answer(at_once=bool(new))
        since, following = self.since, clean(answer.get("next_batch"))
        if not following:
            raise UnreachableError("nonsense")
        rooms = mapping(answer.get("rooms"))
        joined = mapping(rooms.get("join"))
        for source in new:
            await self.patiently(source, self.catch_up(source))
        news = [
            (self.sources[room], await self.events(self.sources[room], mapping(told), since))
            for room, told in joined.items()
            if room in self.sources
        ]
        batch: list[tuple[Source, Incoming]] = []
        for source, events in news:
            if source not in new:
                batch += await self.read(source, events, live=True)
        self.listen(news, joined)
        if batch or following != since or new:
            await self.house.take_in(
                told(batch, self.client.told), dict.fromkeys(self.keys, following)
            )
        self.since, self.failures = following, 0
        for source in self.sources.values():
            source.position = following
        for source, events in news:  # in a room that was just switched on, all this is long past
            if source not in new and (came := arrivals(events, self.rooms.account)):
                await self.house.arrived(source, came)
        await self.after(news, mapping(rooms.get("leave")))

    async def after(self, news: list[tuple[Source, list[Any]]], left: dict[str, Any]) -> None:
        """What the events mean besides their words: removed by others, our rights changed."""
        for source, events in news:
            if removed := [one for event in events if (one := self.removed_by_others(event))]:
                await self.house.gone(source, removed)
        changed = [s for s, events in news if any(map(self.concerns_us, events))]
        changed += [self.sources[room] for room in left if room in self.sources]
        for source in changed:
            await self.check(source)
        await self.see([s for s in self.sources.values() if s.pk not in self.unseen])

    def listen(self, news: list[tuple[Source, list[Any]]], joined: dict[str, Any]) -> None:
        """To what bridges say of themselves, and to the clock of the server."""
        for room in self.bridges.rooms:
            for event in listed(mapping(joined.get(room)), "timeline"):
                self.bridges.hear(room, event)
        at = now()
        for source, events in news:
            for event in events:
                self.bridges.hear_state(source.chat_id, event)
                if source.position and source.chat_id not in self.bridges.bots:
                    self.hear_time(event, at)
        self.heard = at

    def hear_time(self, event: Any, at: datetime) -> None:
        """Other servers may claim what they like, and a bridge dates messages as its service does:
        only what our own server's people write tells of its clock."""
        row = mapping(event)
        home = self.rooms.account.partition(":")[2]
        written = stamp(row.get("origin_server_ts"))
        if written and row.get("type") in TEXTS and clean(row.get("sender")).endswith(f":{home}"):
            self.messages.hear(written, self.heard, at)

    async def see(self, sources: Sequence[Source]) -> None:
        """We see them, unless the clocks or a bridge say that what we see is not to be trusted."""
        if not self.knows_bridges or self.failures >= PATIENCE:
            return  # that a room can be looked at is no reading
        clock = worst(self.client.clock, self.messages)
        await self.house.tells_time(sources, clock.skew)
        for source in sources:
            if wrong := self.bridges.trouble(source.chat_id) or clock.trouble:
                await self.house.is_blind([source], wrong)
        fine = [s for s in sources if not (clock.trouble or self.bridges.trouble(s.chat_id))]
        if fine:
            await self.house.sees(fine)

    def removed_by_others(self, event: Any) -> str:
        row = mapping(event)
        if row.get("type") != REDACTION or row.get("sender") == self.rooms.account:
            return ""
        return clean(row.get("redacts")) or clean(mapping(row.get("content")).get("redacts"))

    @property
    def keys(self) -> list[int]:
        return [source.pk for source in self.sources.values()]

    async def next_answer(self, *, at_once: bool) -> dict[str, Any]:
        params: dict[str, Any] = {"filter": self.filter, "set_presence": "offline"}
        params["timeout"] = 0 if at_once else POLL * 1000
        if not self.since:  # everything about every room: slow on a large server
            return await self.client.get(path("sync"), seconds=60, **params)
        try:
            return await self.client.get(
                path("sync"), seconds=POLL + MARGIN, since=self.since, **params
            )
        except RefusedError:  # a server brought back from a copy knows our token no more
            log.warning("matrix: the place where we stopped is unknown to the server")
            self.since = ""
            for source in self.sources.values():
                source.position = ""
            raise UnreachableError("position") from None

    async def events(self, source: Source, news: dict[str, Any], since: str) -> list[Any]:
        """The room's news in order. Where the server left a gap, what lies in it is stored first."""
        timeline = mapping(news.get("timeline"))
        count = mapping(news.get("summary")).get("m.joined_member_count")
        if isinstance(count, int):
            self.rooms.counts[source.chat_id] = count
        self.learn_names(source.chat_id, mapping(news.get("state")).get("events"))
        if timeline.get("limited") and since and source.position:
            end = clean(timeline.get("prev_batch"))
            await self.patiently(source, self.fill_gap(source, since, end))
        events = timeline.get("events")
        return events if isinstance(events, list) else []

    async def patiently(self, source: Source, reading: Coroutine[Any, Any, None]) -> None:
        """A room of whose past the server tells nothing holds up the others for a few tries only."""
        try:
            await reading
        except BusyError:
            raise
        except ServiceError:
            self.untold[source.pk] += 1
            if self.untold[source.pk] <= PATIENCE:
                raise
            log.warning("matrix: what was said in source %s meanwhile stays unread", source.pk)
            await self.house.is_blind([source], "network")
        else:
            del self.untold[source.pk]

    async def fill_gap(self, source: Source, start: str, end: str) -> None:
        while start:
            page = await self.client.get(
                path("rooms", source.chat_id, "messages"),
                seconds=SLOW,
                **self.page_of({"dir": "f", "from": start, "to": end}),
            )
            events = page.get("chunk")
            self.learn_names(source.chat_id, page.get("state"))
            if isinstance(events, list) and events:
                await self.house.take_in(await self.read(source, events, live=True), {})
            following = clean(page.get("end"))
            start = following if following != start and events else ""

    async def catch_up(self, source: Source) -> None:
        """A room that was just switched on: what was said since, as far as one page goes."""
        try:
            page = await self.client.get(
                path("rooms", source.chat_id, "messages"),
                seconds=SLOW,
                **self.page_of({"dir": "b"}),
            )
        except (NoRightsError, NotThereError):
            return  # not ours to read: the look at our rights says so
        events = page.get("chunk")
        self.learn_names(source.chat_id, page.get("state"))
        if not isinstance(events, list):
            return
        batch = await self.read(source, reversed(events), live=False)
        begun = source.on_since or now()
        since = begun.replace(microsecond=0)
        await self.house.take_in([row for row in batch if row[1].sent_at >= since], {})

    def page_of(self, params: dict[str, str]) -> dict[str, Any]:
        wanted = json.dumps({"types": TEXTS, "lazy_load_members": True})
        return {**params, "limit": LIMIT, "filter": wanted}

    def learn_names(self, room: str, members: Any) -> None:
        for event in members if isinstance(members, list) else []:
            row = mapping(event)
            name = clean(mapping(row.get("content")).get("displayname"))
            self.reader.name(room, clean(row.get("state_key")), name)

    async def read(
        self, source: Source, events: Iterable[Any], *, live: bool
    ) -> list[tuple[Source, Incoming]]:
        found = [await self.reader.read(source.chat_id, event, live=live) for event in events]
        return [(source, item) for item in found if item is not None]

    def concerns_us(self, event: Any) -> bool:
        row = mapping(event)
        return row.get("type") in RIGHTS or row.get("state_key") == self.rooms.account

    async def keep_looking(self) -> None:
        """At our rights in every room, beside the reading: two hundred rooms take their time."""
        while True:
            if self.knows_bridges and (self.bridges.bots or not self.bridges.looked):
                await self.look_at_bridges()
            with contextlib.suppress(ServiceError):  # the reading says what it is
                await self.look_at(list(self.sources.values()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK if self.bridges.looked else RETRY):
                    await self.stale.wait()
            self.stale.clear()

    async def look_at_bridges(self) -> None:
        """A failure here is no loss of sight: it is asked again soon."""
        try:
            if await self.bridges.look(self.sources):
                self.filter = ""  # a bridge's bot has a room now in which we listen
            self.bridges.looked = True
        except ServiceError as error:
            log.warning("matrix: the bridges could not be asked about: %s", type(error).__name__)
        self.knows_bridges = True

    async def look_at(self, sources: Sequence[Source]) -> None:
        for start in range(0, len(sources), TOGETHER):
            await asyncio.gather(*map(self.check, sources[start : start + TOGETHER]))

    async def check(self, source: Source) -> None:
        """What we may do in this room now. Losing one room says nothing about the others."""
        try:
            place = await self.rooms.place(source.chat_id)
        except NoRightsError as error:
            if str(error) == "logged_out":
                raise
            reason = str(error)
        except (NotThereError, RefusedError):
            reason = "kicked"
        else:
            await self.house.knows(source, place)
            reason = await self.follow(source, place) or blind_reason(source, place)
        if reason:
            self.unseen[source.pk] = reason
            await self.house.is_blind([source], reason)
        else:
            self.unseen.pop(source.pk, None)
            await self.see([source])

    async def follow(self, source: Source, place: Place) -> str:
        """A room that was replaced by another goes on there, if we are let in and that room says the
        same: whoever may close a room could otherwise have us read any other one."""
        room = str(place.facts["replaced_by"])
        if not room:
            return ""
        try:
            async with self.following:  # a second look must not take us for members of old
                if room in self.strangers:
                    return "moved_elsewhere"
                if not await self.rooms.continues(room, source.chat_id):
                    self.strangers.add(room)
                    return "moved_elsewhere"
        except (NoRightsError, NotThereError, RefusedError):
            return "moved_away"
        return "" if await self.house.moved(source, room) else "moved_known"


def told(
    batch: list[tuple[Source, Incoming]], at: datetime | None
) -> list[tuple[Source, Incoming]]:
    """With what our own server said the time was; whoever wrote may be on another one."""
    return [(source, replace(item, told_at=at)) for source, item in batch]


def blind_reason(source: Source, place: Place) -> str:
    if place.facts["encrypted"]:
        return "encrypted"
    if source.mode not in {Mode.REVIEW, Mode.AUTOMATIC}:
        return ""
    if not place.can_delete:
        return "no_delete_right"
    if source.author_act == AuthorAct.RESTRICT and not place.can_restrict:
        return "no_restrict_right"
    if source.author_act == AuthorAct.BAN and not place.facts["can_ban"]:
        return "no_ban_right"
    return ""
