"""The watch process's end: what was read is handed to the stream, and confirmed only when it has it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import nats.errors
from asgiref.sync import sync_to_async
from nats.js import JetStreamContext

from tereze.watch.actions import incoming
from tereze.watch.connectors.base import Cursor
from tereze.watch.handling import Handling
from tereze.watch.models import Source
from tereze.watch.received import Incoming
from tereze.watch.stream.cluster import STREAM, SUBJECT, UNREACHED, connected, prepared
from tereze.watch.stream.packing import name_of, packed


log = logging.getLogger(__name__)
ANSWER = 5.0  # seconds for an acknowledgement
LONGEST_PAUSE = 2.0
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

    @property
    def is_stalled(self) -> bool:
        since = self.stalled_since
        return since is not None and time.monotonic() - since > STALLED

    async def take_in(self, batch: Batch, cursors: Mapping[int, Cursor]) -> None:
        """Returns when all of it is in the stream, however long that takes: until then the service
        is told nothing, and has it still."""
        for start in range(0, len(batch), AT_ONCE):
            await self.publish(batch[start : start + AT_ONCE])
        if cursors:
            await sync_to_async(incoming.move_on)(cursors=cursors)

    async def publish(self, batch: Batch) -> None:
        missing, failures = list(batch), 0
        while missing:
            sent = await asyncio.gather(*(self.send(*one) for one in missing))
            missing = [one for one, is_in in zip(missing, sent, strict=True) if not is_in]
            if missing:
                failures += 1
                self.stalled_since = self.stalled_since or time.monotonic()
                await asyncio.sleep(min(LONGEST_PAUSE, 0.1 * 2**failures))
        self.stalled_since = None

    async def send(self, source: Source, item: Incoming) -> bool:
        """Sent again under the same name when no answer came: the stream keeps it once."""
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
            log.warning("the stream did not take a message: %s", type(error).__name__)
            return False
        return True
