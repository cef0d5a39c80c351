"""All sources of one host, one after the other, each when it is due."""

import asyncio
import logging
from collections.abc import Sequence

from asgiref.sync import sync_to_async

from tereze.core.clock import now
from tereze.watch.actions import web
from tereze.watch.clocks import COARSE
from tereze.watch.connectors.base import House
from tereze.watch.connectors.feeds.manners import TroubleError
from tereze.watch.connectors.feeds.visiting import Visit
from tereze.watch.models import Source, WebPlace


log = logging.getLogger(__name__)
TICK = 1.0  # seconds between looks at what is due
TELL = 5.0  # seconds between words to the house that we are here
PATIENCE = 2  # failures in a row before a hiccup counts as blindness
HICCUPS = {"network", "server_error", "limited", "robots_unreachable"}
SKEWED = 600.0  # seconds by which their clock may differ from ours


class Poller:
    def __init__(self, sources: Sequence[Source], house: House) -> None:
        self.sources, self.house = sources, house
        self.skewed: dict[int, int] = {}  # looks in a row at which their clock was far off

    async def run(self) -> None:
        telling = asyncio.create_task(self.keep_telling())
        try:
            while True:
                for place in await sync_to_async(web.due)(self.sources, now()):
                    source = next(one for one in self.sources if one.pk == place.source_id)
                    await self.look(source, place)
                await asyncio.sleep(TICK)
        finally:
            telling.cancel()

    async def look(self, source: Source, place: WebPlace) -> None:
        source.position = place.source.position  # somebody may have begun it anew
        visit, trouble, wait = Visit(source, place, self.house), "", 0.0
        try:
            await visit.run()
        except TroubleError as error:
            trouble, wait = error.reason, error.wait
            log.warning("source %s: %s", source.pk, trouble)
        if not trouble:
            await self.house.tells_time([source], round(visit.skew / COARSE) * COARSE)
        trouble = trouble or self.doubt(visit)
        place = await sync_to_async(web.note_look)(place=place, trouble=trouble, wait=wait)
        await self.tell([place])

    def doubt(self, visit: Visit) -> str:
        """It was read, and something about it makes us doubt that we see what is there."""
        source = visit.source
        far = abs(visit.skew) > SKEWED
        self.skewed[source.pk] = self.skewed.get(source.pk, 0) + 1 if far else 0
        if self.skewed[source.pk] >= PATIENCE:
            return "clock_ahead" if visit.skew > 0 else "clock_behind"
        if visit.goes_on:
            return "too_long"
        return "quiet" if visit.state.silence(now()) else ""

    async def keep_telling(self) -> None:
        """That the process is alive is told as often as by any other connector."""
        while True:
            await self.tell(await sync_to_async(web.places)(self.sources))
            await asyncio.sleep(TELL)

    async def tell(self, places: Sequence[WebPlace]) -> None:
        by_key = {source.pk: source for source in self.sources}
        for place in places:
            if place.looked_at is None:
                continue
            source = by_key[place.source_id]
            if place.trouble and (place.trouble not in HICCUPS or place.failures >= PATIENCE):
                await self.house.is_blind([source], place.trouble)
            else:
                await self.house.sees([source])
