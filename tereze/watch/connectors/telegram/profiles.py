"""What new authors say of themselves: asked beside the reading, slowly, and hardly remembered.

The service shows a bot the description of a member's account where the member lets it. Pictures
are not asked for. Of an author whose account says nothing wrong only a keyed hash stays, for a day,
so that nobody is asked about twice.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from dataclasses import replace

from aiogram import Bot

from tereze.watch.connectors.base import BusyError, House, ServiceError
from tereze.watch.connectors.telegram.errors import answered
from tereze.watch.models import Source
from tereze.watch.received import Author, Incoming, author_trail


log = logging.getLogger(__name__)
APART = 0.2  # seconds between questions: five of the thirty calls a second that a bot may make
WAITING = 500  # authors; in a flood the later ones are not asked about
REMEMBERED = 20_000
FOR = 24 * 3600.0  # seconds


class Profiles:
    def __init__(self, bot: Bot, house: House) -> None:
        self.bot, self.house = bot, house
        self.known: OrderedDict[str, tuple[float, str]] = OrderedDict()  # until when, what it says
        self.waiting: deque[tuple[Source, Incoming, Author]] = deque()
        self.fresh = asyncio.Event()

    def of(self, source: Source, author: Author | None) -> str:
        """What is remembered of an account that is an advert; empty for everybody else."""
        return self.known.get(key(source, author), (0.0, ""))[1] if author else ""

    def ask(self, source: Source, item: Incoming) -> None:
        """Whoever is seen for the first time today is asked about when there is time."""
        if (
            item.author is None
            or item.author.kind != "person"
            or self.is_known(source, item.author)
        ):
            return
        if len(self.waiting) < WAITING:
            self.remember(source, item.author, "")
            self.waiting.append((source, item, item.author))
            self.fresh.set()

    def is_known(self, source: Source, author: Author) -> bool:
        until, _words = self.known.get(key(source, author), (0.0, ""))
        return until > asyncio.get_running_loop().time()

    def remember(self, source: Source, author: Author, words: str) -> None:
        name = key(source, author)
        self.known[name] = (asyncio.get_running_loop().time() + FOR, words)
        self.known.move_to_end(name)
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)

    async def run(self) -> None:
        while True:
            await self.fresh.wait()
            self.fresh.clear()
            while self.waiting:
                await self.look_at(*self.waiting.popleft())
                await asyncio.sleep(APART)

    async def look_at(self, source: Source, item: Incoming, author: Author) -> None:
        try:
            words = await self.describe(author)
            if words and await self.house.learned(source, replace(item, profile=words)):
                self.remember(source, author, words)
        except BusyError as error:
            await asyncio.sleep(error.seconds)
        except ServiceError as error:
            log.info("telegram: an account could not be looked at: %s", type(error).__name__)

    async def describe(self, author: Author) -> str:
        """Name and description; only the name where the service shows no more."""
        try:
            chat = await answered(self.bot.get_chat(int(author.id)))
        except BusyError:
            raise
        except ServiceError:
            return author.name
        return "\n".join(part for part in (chat.full_name or author.name, chat.bio) if part)[:2000]


def key(source: Source, author: Author) -> str:
    return author_trail(source, author.id)
