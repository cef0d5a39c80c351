"""The watch process's end: what was read is handed to the stream, and confirmed only when it has it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import nats.errors
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from nats.js import JetStreamContext

from tereze.watch.actions import incoming
from tereze.watch.actions.streaming import note_stream
from tereze.watch.connectors.base import Cursor
from tereze.watch.handling import Handling
from tereze.watch.models import Source
from tereze.watch.received import Incoming
from tereze.watch.stream.cluster import STREAM, SUBJECT, UNREACHED, connected, prepared
from tereze.watch.stream.packing import name_of, packed
from tereze.watch.stream.state import State, look


log = logging.getLogger(__name__)
ANSWER = 5.0  # seconds for an acknowledgement
LONGEST_PAUSE = 2.0
LOOK = 5.0  # seconds between looks at how far behind the workers are
AT_ONCE = 500  # on their way at the same time
STALLED = 10.0  # seconds without an acknowledgement: an election of a new leader is shorter
Batch = Sequence[tuple[Source, Incoming]]


@asynccontextmanager
async def outlet() -> "AsyncIterator[Outlet]":
    async with connected() as client:
        yield Outlet(await prepared(client), Handling())


class Outlet:
    def __init__(self, js: JetStreamContext, handling: Handling) -> None:
        self.js, self.handling = js, handling
        self.stalled_since: float | None = None
        self.unseen_since: float | None = None
        self.seen = State()

    @property
    def trouble(self) -> str:
        """Why nobody can rely on this reading, as the health of the sources has it."""
        since = [at for at in (self.stalled_since, self.unseen_since) if at is not None]
        if since and time.monotonic() - min(since) > STALLED:
            return "stream"
        return "stream_late" if self.seen.is_late else ""

    async def keep_looking(self) -> None:
        """For the wall and for whoever is called: they do not speak to the cluster themselves."""
        while True:
            facts: dict[str, Any] = {}
            try:
                self.seen = await look(self.js)
            except Exception as error:  # whatever is wrong with the look, it must not be the last
                log.warning("the stream could not be looked at: %s", type(error).__name__)
                self.unseen_since = self.unseen_since or time.monotonic()
            else:
                self.unseen_since = None
                facts = facts_of(self.seen)
            with contextlib.suppress(DatabaseError):
                await sync_to_async(note_stream)(trouble=self.trouble, **facts)
            await asyncio.sleep(LOOK)

    async def take_in(self, batch: Batch, cursors: Mapping[int, Cursor]) -> None:
        """Returns when all of it is in the stream, however long that takes: until then the service
        is told nothing, and has it still."""
        for start in range(0, len(batch), AT_ONCE):
            await self.publish(batch[start : start + AT_ONCE])
        if cursors:
            await sync_to_async(incoming.move_on)(cursors=cursors)

    async def publish(self, batch: Batch) -> None:
        missing, failures = list(batch), 0
        try:
            while True:
                sent = await asyncio.gather(*(self.send(*one) for one in missing))
                wrong = [why for why in sent if why]
                missing = [one for one, why in zip(missing, sent, strict=True) if why]
                if not missing:
                    return
                log.warning("the stream did not take %s messages: %s", len(wrong), wrong[0])
                failures += 1
                self.stalled_since = self.stalled_since or time.monotonic()
                await asyncio.sleep(min(LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)))
        finally:
            self.stalled_since = None

    async def send(self, source: Source, item: Incoming) -> str:
        """Why it is not known to be in the stream, if so; then it is sent again under the same name,
        and the stream keeps it once."""
        try:
            await self.js.publish(
                SUBJECT,
                packed(source, item),
                timeout=ANSWER,
                stream=STREAM,
                headers={"Nats-Msg-Id": name_of(source, item)},
            )
        except nats.errors.MaxPayloadError:
            log.warning("a message of source %s is too large for the stream", source.pk)
            await self.handling.take_in([(source, item)], {})
        except UNREACHED as error:
            return type(error).__name__
        return ""


def facts_of(seen: State) -> dict[str, Any]:
    return {
        "waiting": seen.pending + seen.ack_pending,
        "oldest": seen.oldest,
        "workers": len(seen.there),
        "dead": seen.dead,
    }
