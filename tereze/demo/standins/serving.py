"""Runs a stand-in: as a process that stops at once on SIGTERM, or inside a test's own process."""

import argparse
import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tereze.core.processes import watch_supervisor


AppFactory = Callable[[Path], Starlette]


class Stopping:
    """Wakes every long poll and open stream when the server is told to stop."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def within(self, seconds: float) -> bool:
        """Waits; True when the server is stopping."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.event.wait(), seconds)
        return self.event.is_set()


class StandInServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self.stopping: Stopping = app.state.stopping
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """As uvicorn's own, but woken at once instead of at the next tick."""
        tick = 0
        while not await self.on_tick(tick):
            tick = (tick + 1) % 864000
            await self.stopping.within(0.1)

    def stop(self) -> None:
        self.should_exit = True
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.stopping.event.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()


def configured(app: Starlette, host: str, port: int) -> StandInServer:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return StandInServer(config, app)


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True, "standin": request.app.state.name})


async def no_icon(request: Request) -> Response:
    return Response(status_code=204)


def arguments(name: str, port: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m tereze.demo.standins.{name}")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--state", type=Path, required=True, help="folder kept between restarts")
    return parser


def require_free(host: str, port: int, option: str) -> None:
    """Says in one sentence that a port is taken, instead of a traceback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"cannot listen on {host}:{port} ({error.strerror}): choose another {option}")


def main(
    create_app: AppFactory, *, name: str, port: int, fill: Callable[[Starlette], None]
) -> None:
    parser = arguments(name, port)
    parser.add_argument("--example", action="store_true", help="fill an empty state")
    options = parser.parse_args()
    require_free(options.host, options.port, "--port")
    app = create_app(options.state)
    if options.example:
        fill(app)
    serve(app, options.host, options.port)


def serve(app: Starlette, host: str, port: int) -> None:
    """Until a signal, or until the supervisor that started us is gone."""
    server = configured(app, host, port)
    watch_supervisor(server.stop)
    server.run()


@contextlib.contextmanager
def running(app: Starlette, *, port: int = 0) -> Iterator[str]:
    """Serves `app` from a thread on a free port of this machine and gives its address."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = configured(app, "127.0.0.1", 0)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        if not server.ready.wait(10):
            raise RuntimeError("the stand-in did not start within ten seconds")
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(10)
