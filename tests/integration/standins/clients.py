"""Two independent client libraries behind one face, so that every rule is proved twice."""

import re
import ssl
from dataclasses import dataclass
from typing import Any

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest


# An empty context: loading the authorities' certificates takes longer than most of these tests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class FailedError(Exception):
    """What the server refused, in the words both libraries pass on."""

    text: str
    retry_after: int = 0


class Aiogram:
    def __init__(self, address: str, token: str) -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(address), timeout=15)
        self.bot = aiogram.Bot(token, session=session)

    async def close(self) -> None:
        await self.bot.session.close()

    async def call(self, name: str, **arguments: Any) -> Any:
        try:
            result = await getattr(self.bot, name)(**arguments)
        except TelegramRetryAfter as error:
            raise FailedError(str(error), error.retry_after) from error
        except (TelegramAPIError, TelegramNetworkError) as error:
            raise FailedError(str(error)) from error
        return plain(result)

    async def download(self, file_id: str) -> bytes:
        found = await self.bot.get_file(file_id)
        content = await self.bot.download_file(str(found.file_path))
        return content.read() if content else b""


class Ptb:
    def __init__(self, address: str, token: str) -> None:
        self.requests = (plain_http(), plain_http())
        self.bot = telegram.Bot(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=self.requests[0],
            get_updates_request=self.requests[1],
        )

    async def close(self) -> None:
        for request in self.requests:
            await request.shutdown()

    async def call(self, name: str, **arguments: Any) -> Any:
        try:
            result = await getattr(self.bot, name)(**arguments)
        except RetryAfter as error:
            raise FailedError(str(error), seconds(error.retry_after)) from error
        except (TelegramError, NetworkError) as error:
            raise FailedError(f"{type(error).__name__}: {error}") from error
        return plain(result)

    async def download(self, file_id: str) -> bytes:
        return bytes(await (await self.bot.get_file(file_id)).download_as_bytearray())


Client = Aiogram | Ptb


def plain_http() -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"verify": NO_TLS})


def seconds(wait: Any) -> int:
    return int(wait.total_seconds()) if hasattr(wait, "total_seconds") else int(wait)


def plain(result: Any) -> Any:
    """The answer as the library understood it, as plain data."""
    if isinstance(result, list | tuple):
        return [plain(item) for item in result]
    if hasattr(result, "model_dump"):
        return result.model_dump(exclude_none=True, by_alias=True, mode="json")
    if hasattr(result, "to_dict"):
        return result.to_dict()
    return result


def refused(words: str) -> pytest.RaisesExc[FailedError]:
    """The call fails with these words; one of the libraries writes the first one large."""
    return pytest.raises(FailedError, match=f"(?i){re.escape(words)}")
