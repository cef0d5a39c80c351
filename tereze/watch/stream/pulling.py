"""Messages pulled as they come. The client's own `fetch` waits for a whole batch on servers before
2.10; here whoever asks for a hundred gets the three that are there, at once."""

import json
import time
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from tereze.watch.stream.cluster import CONSUMER, STREAM


BATCH = 100  # in hand at most: what a worker that dies keeps from the others until its time is up
STANDS = 5.0  # seconds for which the server keeps a request
LOOK = 1.0  # seconds without a message after which the caller looks after itself
REQUEST = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{CONSUMER}"


class Pull:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.inbox = client.new_inbox()
        self.open = 0  # messages asked for that have not come
        self.until = 0.0
        self.subscription: Any = None

    async def next(self) -> list[Msg]:
        """What is there, a batch at most; nothing after a second without any."""
        if self.subscription is None:
            self.subscription = await self.client.subscribe(self.inbox)
        if self.open <= 0 or time.monotonic() >= self.until:
            await self.ask()
        found: list[Msg] = []
        try:
            found += self.sorted_out(await self.subscription.next_msg(timeout=LOOK))
        except nats.errors.TimeoutError:
            return []
        while len(found) < BATCH and self.subscription.pending_msgs:
            found += self.sorted_out(await self.subscription.next_msg(timeout=LOOK))
        return found

    async def ask(self) -> None:
        wanted = {"batch": BATCH, "expires": int(STANDS * 1e9)}
        await self.client.publish(REQUEST, json.dumps(wanted).encode(), reply=self.inbox)
        self.open, self.until = BATCH, time.monotonic() + STANDS

    def sorted_out(self, message: Msg) -> list[Msg]:
        """A word of the server itself ends the request: its time is over, or it has another leader."""
        if message.headers and "Status" in message.headers and not message.data:
            if message.headers["Status"] != "100":
                self.open = 0
            return []
        self.open -= 1
        return [message]
