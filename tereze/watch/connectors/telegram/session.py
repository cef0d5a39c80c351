"""aiogram's calls through the guarded room instead of through its own HTTP client."""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from tereze.core import outgoing
from tereze.core.outgoing.transport import PORTS, AsyncGuardedTransport, pinned


SECONDS = 10.0
CHECKED_FOR = 60.0  # seconds
# one session speaks to one host, so its connections may be kept: a TLS handshake each would cost
# more than the deletion itself
KEPT = httpx.Limits(max_connections=40, max_keepalive_connections=20, keepalive_expiry=30)


@dataclass(frozen=True)
class RememberingGuard(outgoing.Guard):
    """Checks an address once a minute instead of at each of the many calls to the same server."""

    known: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)

    def resolve(self, host: str, port: int) -> str:
        address, until = self.known.get((host, port), ("", 0.0))
        if time.monotonic() >= until:
            address = super().resolve(host, port)
            self.known[host, port] = (address, time.monotonic() + CHECKED_FOR)
        return address

    def remembers(self, host: str, port: int) -> bool:
        return time.monotonic() < self.known.get((host, port), ("", 0.0))[1]


class OneHostTransport(AsyncGuardedTransport):
    guard: RememberingGuard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = request.url.port or PORTS.get(request.url.scheme, 0)
        if self.guard.remembers(request.url.host, port):  # no thread needed to ask a name server
            return await httpx.AsyncHTTPTransport.handle_async_request(
                self, pinned(self.guard, request)
            )
        return await super().handle_async_request(request)


class GuardedSession(BaseSession):
    def __init__(self, server: str) -> None:
        super().__init__(api=TelegramAPIServer.from_base(server), timeout=SECONDS)
        guard = RememberingGuard(outgoing.guard().allowed)
        transport = OneHostTransport(guard, limits=KEPT)
        self.http = httpx.AsyncClient(transport=transport, trust_env=False)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        seconds = self.timeout if timeout is None else timeout
        try:
            answer = await self.http.post(url, data=self.form(bot, method), timeout=seconds)
        except httpx.HTTPError as error:
            # the message never holds the address: it contains the bot's token
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        except (outgoing.RefusedError, OSError) as error:
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        response = self.check_response(
            bot=bot, method=method, status_code=answer.status_code, content=answer.text
        )
        return cast(TelegramType, response.result)

    def form(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, str]:
        files: dict[str, Any] = {}
        values = {
            name: self.prepare_value(value, bot=bot, files=files)
            for name, value in method.model_dump(warnings=False).items()
        }
        return {name: value for name, value in values.items() if value}

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        async with self.http.stream("GET", url, headers=headers, timeout=timeout) as answer:
            if raise_for_status:
                answer.raise_for_status()
            async for chunk in answer.aiter_bytes(chunk_size):
                yield chunk

    async def close(self) -> None:
        await self.http.aclose()
