"""A worker: takes messages from the stream and does with them what the watch process does alone."""

import asyncio
import contextlib
import json
import logging
import random
import re
from collections.abc import Sequence

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connections
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from tereze.core.clock import now
from tereze.core.processes import Stop
from tereze.detection import assess
from tereze.watch.actions.acting import Permit, Result
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import Hands
from tereze.watch.handling import Handling
from tereze.watch.models import Source
from tereze.watch.process import watchable
from tereze.watch.received import Incoming
from tereze.watch.stream.cluster import DEAD_SUBJECT, UNREACHED, WORKERS, own_name
from tereze.watch.stream.packing import unpacked
from tereze.watch.stream.pulling import Pull
from tereze.watch.workshop import rulebook


log = logging.getLogger(__name__)
ALONE = (
    2  # deliveries after which a message is tried without others: one of them may be the culprit
)
LAST = 6  # deliveries after which a person must look
HEARTBEAT = 5.0
LONGEST_PAUSE = 30.0
Found = tuple[Source, Incoming]


class NotOursError(Exception):
    """Written with a key, by a version or for a source that this worker does not know. Another may."""


class WorkersHandling(Handling):
    def hands(self, about: Permit | Result) -> Hands:
        """Nobody reads here, so the connection to a service is opened by whoever acts, and kept."""
        source = about.act.source
        CONNECTORS[source.kind].keep(source)
        return super().hands(about)


class Worker:
    def __init__(self, client: Client, js: JetStreamContext, name: str = "") -> None:
        self.js, self.pull, self.name = js, Pull(client), key_of(name or own_name())
        self.handling = WorkersHandling()
        self.since, self.done, self.dead = now(), 0, 0

    async def run(self, stop: Stop) -> None:
        await self.get_ready()
        beating = asyncio.create_task(self.keep_beating())
        try:
            async with self.pull.running():
                while not stop:
                    try:
                        await self.work(await self.pull.next())
                    except UNREACHED as error:
                        log.warning("the stream: %s", type(error).__name__)
                        await asyncio.sleep(1)
            await self.handling.finish()
        finally:
            beating.cancel()

    async def get_ready(self) -> None:
        """What takes seconds is done now, not when the first advert comes."""
        await sync_to_async(assess)("")
        sources = await sync_to_async(lambda: list(watchable()))()
        await sync_to_async(rulebook.rules_of)({source.unit_id for source in sources})
        for source in sources:
            CONNECTORS[source.kind].keep(source)

    async def work(self, held: Sequence[Msg]) -> None:
        """First those that came for the first times, together. What killed a worker, or failed, with
        others comes again alone, in no order: the innocent among them get through sooner or later.
        """
        again = [one for one in held if one.metadata.num_delivered > ALONE]
        random.shuffle(again)
        await self.attempt([one for one in held if one.metadata.num_delivered <= ALONE])
        for one in again:
            if one.metadata.num_delivered > LAST:
                await self.bury(one, "too_often")
            else:
                await self.attempt([one])

    async def attempt(self, held: Sequence[Msg]) -> None:
        if not held:
            return
        try:
            await self.handle(held)
        except Exception as error:
            log.exception("%s messages of the stream could not be worked on", len(held))
            if len(held) > 1:
                for one in held:
                    await self.attempt([one])
                return
            if held[0].metadata.num_delivered >= LAST:
                await self.bury(held[0], type(error).__name__)
            else:
                await held[0].nak(delay=pause(held[0].metadata.num_delivered))
        else:
            for one in held:
                await one.ack()
            self.done += len(held)

    async def handle(self, held: Sequence[Msg]) -> None:
        """Stored and decided when this returns. A database that is away is waited for: meanwhile
        the messages stay in our hands."""
        failures = 0
        while True:
            try:
                await self.handling.take_in(await sync_to_async(opened)(held), {})
            except (OperationalError, InterfaceError) as error:
                log.warning("the database: %s", type(error).__name__)
                await sync_to_async(connections.close_all)()
                failures += 1
                await asyncio.sleep(min(LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)))
            else:
                return

    async def bury(self, message: Msg, why: str) -> None:
        """Out of the way of the others, and where a person sees it. First there, then not here."""
        headers = {"Tereze-Why": why, "Tereze-Worker": self.name}
        name = (message.headers or {}).get("Nats-Msg-Id")
        if name:
            headers["Nats-Msg-Id"] = f"{name}:{message.metadata.sequence.stream}"
        await self.js.publish(DEAD_SUBJECT, message.data, headers=headers)
        await message.term()
        self.dead += 1

    async def keep_beating(self) -> None:
        while True:
            with contextlib.suppress(*UNREACHED):
                bucket = await self.js.key_value(WORKERS)
                await bucket.put(self.name, json.dumps(self.facts()).encode())
            await asyncio.sleep(HEARTBEAT)

    def facts(self) -> dict[str, object]:
        return {
            "since": self.since.isoformat(),
            "at": now().isoformat(),
            "done": self.done,
            "dead": self.dead,
            "acting": len(self.handling.acting),
        }


def opened(held: Sequence[Msg]) -> list[Found]:
    found = [content(one) for one in held]
    sources = Source.objects.select_related("unit").in_bulk({pk for pk, _item in found})
    if missing := {pk for pk, _item in found} - set(sources):
        raise NotOursError(f"no source {sorted(missing)}")
    return [(sources[pk], item) for pk, item in found]


def content(message: Msg) -> tuple[int, Incoming]:
    try:
        return unpacked(message.data)
    except Exception as error:
        raise NotOursError(type(error).__name__) from error


def key_of(name: str) -> str:
    """What the cluster allows as a name."""
    return re.sub(r"[^\w-]", "-", name, flags=re.ASCII)


def pause(deliveries: int) -> float:
    return float(min(LONGEST_PAUSE, 2 ** (deliveries - 1)))
