"""aiogram's calls through the guarded room instead of through its own HTTP client."""

from collections.abc import AsyncGenerator
from functools import cache
from typing import Any, cast

import httpx
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import Response, TelegramType

from tereze.core import outgoing
from tereze.core.clock import now
from tereze.watch.clocks import Clock, date_of
from tereze.watch.connectors.http import one_host_client


SECONDS = 10.0


@cache
def shape_of_answer(returning: Any) -> type[Response[Any]]:
    """Held, because pydantic builds it anew for every answer otherwise: that takes as long as
    everything else about a request."""
    return Response[returning]


class GuardedSession(BaseSession):
    def __init__(self, server: str) -> None:
        super().__init__(api=TelegramAPIServer.from_base(server), timeout=SECONDS)
        self.http = one_host_client()
        self.clock = Clock()  # the service's, by the date of its answers

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        seconds = self.timeout if timeout is None else timeout
        asked = now()
        try:
            answer = await self.http.post(url, data=self.form(bot, method), timeout=seconds)
        except httpx.HTTPError as error:
            # the message never holds the address: it contains the bot's token
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        except (outgoing.RefusedError, OSError) as error:
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        if told := date_of(answer.headers.get("Date", "")):
            self.clock.hear(told, asked, now())
        shape_of_answer(method.__returning__)
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
