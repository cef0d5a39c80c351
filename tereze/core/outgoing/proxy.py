"""A forward proxy on this machine, so that Chromium too goes only where the guard lets it.

    with running(guard) as proxy:      # proxy.address is "http://127.0.0.1:40123"
        playwright.chromium.launch(proxy={"server": proxy.address, "bypass": "<-loopback>"})

CONNECT for https and websockets, absolute-form requests for plain http (one a connection). It
counts bytes and stops the page that takes too many.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from tereze.core.outgoing.addresses import Guard, RefusedError


HEAD = 64 * 1024
CHUNK = 64 * 1024
PATIENCE = 15.0
BUDGET = 60 * 1024 * 1024  # bytes from outside, all connections of one browser together
DROPPED = {b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive"}


class TooMuchError(Exception):
    """The page has taken more than its share."""


class Proxy:
    def __init__(self, guard: Guard, budget: int = BUDGET) -> None:
        self.guard = guard
        self.left = budget
        self.refused: list[str] = []
        self.unreached: list[str] = []

    def has_refused(self, url: str) -> bool:
        return place_of(url) in self.refused

    def answered_itself(self, url: str, status: int) -> bool:
        """That status came from here, not from the site."""
        place = place_of(url)
        return (status == 403 and place in self.refused) or (
            status == 502 and place in self.unreached
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
            await self.handle(head, reader, writer)
        except RefusedError:
            await answer(writer, 403, "Forbidden")
        except (OSError, TimeoutError):
            await answer(writer, 502, "Bad Gateway")
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await answer(writer, 400, "Bad Request")
        except TooMuchError:
            pass
        finally:
            writer.close()

    async def handle(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.decode("latin-1").split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            upstream = await self.connect(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            parts = urlsplit(target)
            if parts.scheme != "http" or not parts.hostname:
                raise ValueError(target)
            upstream = await self.connect(parts.hostname, parts.port or 80)
            path = parts._replace(scheme="", netloc="").geturl() or "/"
            upstream[1].write(f"{method} {path} {version}\r\n".encode("latin-1") + onward(rest))
        await self.both_ways(reader, writer, *upstream)

    async def connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = f"{host.strip('[]')}:{port}"
        try:
            address = await asyncio.to_thread(self.guard.resolve, host, port)
            async with asyncio.timeout(PATIENCE):
                return await asyncio.open_connection(address, port)
        except RefusedError:
            self.refused.append(place)
            raise
        except (OSError, TimeoutError):
            self.unreached.append(place)
            raise

    async def both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        sending = asyncio.create_task(self.pump(reader, far_writer, counted=False))
        receiving = asyncio.create_task(self.pump(far_reader, writer, counted=True))
        try:
            # Chromium keeps its side open for the answer; the far side's end is the end
            await receiving
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, TooMuchError):
                await sending
            far_writer.close()

    async def pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        while piece := await source.read(CHUNK):
            if counted:
                self.left -= len(piece)
                if self.left < 0:
                    raise TooMuchError
            target.write(piece)
            await target.drain()


def place_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or {'https': 443}.get(parts.scheme, 80)}"


def onward(rest: bytes) -> bytes:
    """Headers for the far side: not ours to pass on, and one request a connection."""
    kept = [
        line
        for line in rest.split(b"\r\n")
        if line and line.partition(b":")[0].strip().lower() not in DROPPED
    ]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n"


async def answer(writer: asyncio.StreamWriter, status: int, phrase: str) -> None:
    with contextlib.suppress(OSError):
        writer.write(
            f"HTTP/1.1 {status} {phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()


class Background:
    """The proxy's event loop, in a thread."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.address = ""
        self.ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self.proxy.serve, "127.0.0.1", 0, limit=HEAD)
        )
        self.address = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
        self.ready.set()
        self.loop.run_forever()
        server.close()
        waiting = asyncio.all_tasks(self.loop)
        for task in waiting:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


@contextlib.contextmanager
def running(guard: Guard, *, budget: int = BUDGET) -> Iterator[Background]:
    background = Background(Proxy(guard, budget))
    background.thread.start()
    background.ready.wait(10)
    try:
        yield background
    finally:
        background.stop()
