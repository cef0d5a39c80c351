"""The few calls of the Matrix client-server API that we need, over the guarded room.

A library was weighed: matrix-nio speaks through a client of its own, past our guard, and keeps a
copy of every room; the dozen calls here are plain JSON over HTTP.
"""

import asyncio
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from tereze.core import outgoing
from tereze.core.clock import now
from tereze.watch.clocks import Clock, date_of
from tereze.watch.connectors.base import BusyError, RefusedError, UnreachableError
from tereze.watch.connectors.http import one_host_client
from tereze.watch.connectors.matrix.errors import refused


SECONDS = 10.0
FILE_SECONDS = 30.0
LIMIT = 64 * 1024 * 1024  # bytes of one answer
MEDIA = "/_matrix/client/v1/media/download/"


@dataclass
class Pace:
    """Until when an account may not write. One for all its rooms and threads: a server counts so."""

    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def insist(self) -> None:
        left = self.until - time.monotonic()
        if left > 0:
            raise BusyError(left)

    def slow_down(self, seconds: float) -> None:
        with self.lock:
            self.until = max(self.until, time.monotonic() + seconds)


PACES: dict[tuple[str, str], Pace] = {}


def path(*parts: str) -> str:
    """`path("rooms", "!a:b", "event", "$c")`, each part quoted: ids are outside text."""
    return "/_matrix/client/v3/" + "/".join(quote(part, safe="") for part in parts)


def answer_of(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


class Client:
    def __init__(self, server: str, token: str) -> None:
        self.server = server
        self.pace = PACES.setdefault((server, token), Pace())
        self.clock = Clock()  # the server's, by the date of its answers
        self.told: datetime | None = None  # the last of them
        self.beginnings: dict[str, dict[str, Any]] = {}  # how each room was made: never changes
        headers = {"User-Agent": outgoing.USER_AGENT}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.http = one_host_client(headers=headers, timeout=SECONDS)

    async def close(self) -> None:
        await self.http.aclose()

    async def get(self, address: str, *, seconds: float = SECONDS, **params: Any) -> dict[str, Any]:
        return await self.ask("GET", address, params=params, seconds=seconds)

    async def put(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.write("PUT", address, body)

    async def post(self, address: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        return await self.write("POST", address, body, **params)

    async def write(
        self, method: str, address: str, body: dict[str, Any], **params: Any
    ) -> dict[str, Any]:
        """A server that told one of our rooms to wait is not asked from another meanwhile."""
        self.pace.insist()
        try:
            return await self.ask(method, address, body=body, params=params or None)
        except BusyError as error:
            self.pace.slow_down(error.seconds)
            raise

    async def ask(
        self,
        method: str,
        address: str,
        *,
        body: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        seconds: float = SECONDS,
        listed: bool = False,
    ) -> dict[str, Any]:
        """Always an object; whatever else comes is one of our errors. No address in messages.

        `listed`: a list is expected; it comes as {"list": …}."""
        asked = now()
        try:
            async with asyncio.timeout(seconds):
                status, headers, raw = await self.exchange(method, address, body, params, seconds)
        except (httpx.HTTPError, outgoing.RefusedError, OSError, TimeoutError):
            raise UnreachableError("network") from None
        self.told = date_of(headers.get("Date", ""))
        if self.told is not None:
            self.clock.hear(self.told, asked, now())
        answer = answer_of(raw)
        if status != 200:
            raise refused(status, answer, headers.get("Retry-After"))
        if listed and isinstance(answer, list):
            return {"list": answer}
        if listed or not isinstance(answer, dict):
            raise UnreachableError("nonsense")
        return answer

    async def file(self, media: str, most: int) -> bytes:
        """Media of a room. Only those who are let in get it (Matrix 1.11)."""
        server, _, name = media.removeprefix("mxc://").partition("/")
        address = f"{MEDIA}{quote(server, safe='')}/{quote(name, safe='')}"
        try:
            async with asyncio.timeout(FILE_SECONDS):
                status, headers, raw = await self.exchange(
                    "GET", address, None, None, FILE_SECONDS, limit=most
                )
        except (httpx.HTTPError, outgoing.RefusedError, OSError, TimeoutError):
            raise UnreachableError("network") from None
        if status != 200:
            raise refused(status, answer_of(raw), headers.get("Retry-After"))
        return raw

    async def exchange(
        self,
        method: str,
        address: str,
        body: dict[str, Any] | None,
        params: dict[str, Any] | None,
        seconds: float,
        limit: int = LIMIT,
    ) -> tuple[int, httpx.Headers, bytes]:
        request = self.http.stream(
            method, self.server + address, json=body, params=params, timeout=seconds
        )
        async with request as response:
            gathered = bytearray()
            async for piece in response.aiter_bytes():
                gathered += piece
                if len(gathered) > limit:
                    raise RefusedError("too_large")
            return response.status_code, response.headers, bytes(gathered)
