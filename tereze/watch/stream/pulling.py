"""Messages pulled as they come, and kept in hand until they are done with.

The client's own `fetch` waits for a whole batch on servers before 2.10; here whoever asks for a
hundred gets the three that are there, at once. A worker that stands still gives no signs, and after
a while its messages go to another.
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client
from nats.aio.msg import Msg

from tereze.watch.stream.cluster import ACK_WAIT, CONSUMER, STREAM, UNREACHED


BATCH = 100  # in hand at most: what a worker that dies keeps from the others until its time is up
STANDS = 5.0  # seconds for which the server keeps a request
LOOK = 1.0  # seconds without a message after which the caller looks after itself
SIGN = ACK_WAIT / 4
REQUEST = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{CONSUMER}"


class Pull:
    def __init__(self, client: Client) -> None:
        self.client, self.inbox = client, client.new_inbox()
        self.open = 0  # messages asked for that have not come
        self.until = 0.0
        self.waiting: deque[Msg] = deque()
        self.in_hand: list[Msg] = []  # those waiting too
        self.came = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.client.subscribe(self.inbox, cb=self.receive)
        signs = asyncio.create_task(self.give_signs())
        try:
            yield
        finally:
            signs.cancel()

    async def next(self) -> list[Msg]:
        """All that is there; nothing after a second without any."""
        if not self.waiting:
            self.came.clear()
            if self.open <= 0 or time.monotonic() >= self.until:
                await self.ask()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self.came.wait()
        found, self.waiting = list(self.waiting), deque()
        return found

    async def ask(self) -> None:
        wanted = {"batch": BATCH, "expires": int(STANDS * 1e9)}
        await self.client.publish(REQUEST, json.dumps(wanted).encode(), reply=self.inbox)
        self.open, self.until = BATCH, time.monotonic() + STANDS

    async def receive(self, message: Msg) -> None:
        if is_word_of_the_server(message):
            self.open = 0
            return
        self.open -= 1
        self.waiting.append(message)
        self.in_hand.append(message)
        self.came.set()

    async def give_signs(self) -> None:
        while True:
            await asyncio.sleep(SIGN)
            self.in_hand = [one for one in self.in_hand if not one.is_acked]
            for one in self.in_hand:
                with contextlib.suppress(*UNREACHED):
                    await one.in_progress()


def is_word_of_the_server(message: Msg) -> bool:
    """It ends the request: its time is over, or the consumer has another leader."""
    return bool(message.headers and "Status" in message.headers and not message.data)
