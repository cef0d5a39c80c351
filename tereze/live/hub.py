"""One listener a web process, fanned out to every open stream."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
from django.db import connection

from tereze.core import due
from tereze.core.clock import now
from tereze.live.models import News
from tereze.live.publish import CHANNEL


log = logging.getLogger(__name__)
EVERYTHING = "refresh"
PROBE = 0.05  # seconds between looks at SQLite's data_version; a look costs microseconds
KEEPALIVE = 15.0


class Hub:
    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str]] = set()
        self.listener: asyncio.Task[None] | None = None

    async def stream(self, topics: set[str]) -> AsyncIterator[bytes]:
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self.listen())
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=200)
        self.queues.add(queue)
        try:
            # Whatever changed while the page was loading or away, it asks once and is level again.
            yield f"retry: 2000\nevent: {EVERYTHING}\ndata:\n\n".encode()
            while True:
                try:
                    topic = await asyncio.wait_for(queue.get(), KEEPALIVE)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if topic == EVERYTHING or topic in topics:
                    yield f"event: {topic}\ndata:\n\n".encode()
        finally:
            self.queues.discard(queue)

    async def listen(self) -> None:
        follow = self.follow_postgresql if connection.vendor == "postgresql" else self.follow_sqlite
        while self.queues:
            try:
                await follow()
            except (psycopg.OperationalError, sqlite3.OperationalError):
                log.warning("the live stream lost its database; trying again")
                await asyncio.sleep(1)

    async def follow_postgresql(self) -> None:
        wanted = ("host", "port", "dbname", "user", "password")
        found = connection.get_connection_params()
        parameters = {name: found[name] for name in wanted if found.get(name)}
        async with await psycopg.AsyncConnection.connect(
            **parameters, autocommit=True
        ) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            self.fan_out(EVERYTHING)  # nobody was listening until now
            async for notification in listening.notifies():
                self.fan_out(notification.payload)

    async def follow_sqlite(self) -> None:
        table = News._meta.db_table
        with contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as reading:
            last, version = newest(reading, table), -1
            self.fan_out(EVERYTHING)
            while self.queues:
                await asyncio.sleep(PROBE)
                seen = reading.execute("PRAGMA data_version").fetchone()[0]
                if seen == version:
                    continue
                version = seen
                rows = reading.execute(f"SELECT id, topic FROM {table} WHERE id > ?", [last])  # noqa: S608 - our own table
                fresh = rows.fetchall()
                for topic in dict.fromkeys(topic for _, topic in fresh):
                    self.fan_out(topic)
                last = max([last, *(number for number, _ in fresh)])

    def fan_out(self, topic: str) -> None:
        for queue in self.queues:
            if queue.full():  # a page this slow asks for everything once instead
                while not queue.empty():
                    queue.get_nowait()
                topic = EVERYTHING
            queue.put_nowait(topic)


def newest(reading: sqlite3.Connection, table: str) -> int:
    return int(reading.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our own table


@due.every(60, name="live.forget")
def forget_old_news() -> None:
    News.objects.filter(at__lt=now() - timedelta(minutes=2)).delete()


hub = Hub()
