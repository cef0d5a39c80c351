"""What is done with messages once they are here: judged, stored, decided, sealed, acted on.

One path for the watch process that reads the chats and for the workers of a stream
(`watch/stream`): whoever has the messages hands them to `take_in`.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from itertools import groupby
from typing import Any

from asgiref.sync import sync_to_async

from tereze.watch import order
from tereze.watch.actions import acting, deciding, incoming, neighbours
from tereze.watch.actions.acting import Permit, Result
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import Cursor, Hands
from tereze.watch.models import Source
from tereze.watch.received import Incoming


log = logging.getLogger(__name__)
GATHER = 0.05  # seconds in which results gather to be written together
TOGETHER = 20
AT_THE_END = 5.0  # seconds for what is already on its way; the rest is in the rows


def decided(keys: Sequence[int]) -> list[Permit]:
    return acting.permits(deciding.decide_all(keys))


class Handling:
    def __init__(self) -> None:
        self.acting: set[asyncio.Task[None]] = set()
        self.results: list[Result] = []

    async def take_in(
        self, batch: Sequence[tuple[Source, Incoming]], cursors: Mapping[int, Cursor]
    ) -> None:
        """Stored when this returns; decided and sealed too. The acts go on by themselves."""
        keys = await sync_to_async(incoming.take_in)(batch=batch, cursors=cursors)
        if keys:
            permits = await sync_to_async(decided)(keys)
            for _decision, group in groupby(permits, key=lambda permit: permit.act.decision_id):
                self.begin(self.carry_out(list(group)))
        await sync_to_async(neighbours.count_raids)(batch=batch)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.acting.add(task)
        task.add_done_callback(self.acting.discard)

    async def carry_out(self, permits: list[Permit]) -> None:
        """The acts of one decision, the deletion first, the looks when all is done.

        At once and in this process. If it fails here, the rows are still due for anybody.
        """
        results = []
        try:
            for permit in permits:
                async with self.reaching(permit) as hands:
                    results.append(await order.do(permit, hands))
            for number, result in enumerate(results):
                async with self.reaching(result) as hands:
                    results[number] = await order.look_after(result, hands)
        except acting.NotOursError as error:
            log.warning("%s was done by somebody else meanwhile", error)
        except Exception:
            log.exception("acts of decision %s failed", permits[0].act.decision_id)
        waiting = bool(self.results)
        self.results += results
        if results and not waiting:
            await self.write_down()

    @contextlib.asynccontextmanager
    async def reaching(self, about: Permit | Result) -> AsyncIterator[Hands]:
        """Where the reading has just ended, its connection with it, an act opens one of its own."""
        hands = self.hands(about)
        try:
            yield hands
        finally:
            await hands.close()

    def hands(self, about: Permit | Result) -> Hands:
        source = about.act.source
        return CONNECTORS[source.kind].hands(source)

    async def write_down(self) -> None:
        """Results that come close together are one transaction: what is new goes before them."""
        await asyncio.sleep(GATHER)
        while self.results:
            results, self.results = self.results[:TOGETHER], self.results[TOGETHER:]
            await sync_to_async(acting.note)(results=results)

    async def finish(self) -> None:
        if self.acting:
            await asyncio.wait(self.acting, timeout=AT_THE_END)
