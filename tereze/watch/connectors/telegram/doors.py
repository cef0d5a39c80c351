"""Two ways in which updates come: asked for in a long poll, or brought to our address.

Either gives the same updates again until they are `taken`, which is after they were stored.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError
from aiogram.types import Update
from asgiref.sync import sync_to_async
from django.conf import settings
from django.urls import reverse
from pydantic import ValidationError

from tereze.core.clock import now
from tereze.watch.actions import deliveries
from tereze.watch.connectors.telegram.errors import answered
from tereze.watch.connectors.telegram.reading import ALLOWED, message_of


log = logging.getLogger(__name__)
POLL = 25  # seconds the service holds the question
LIMIT = 100
LOOK = 0.1  # seconds between looks at what was brought
PATIENCE = 250  # such looks in which nothing came: then the reader looks after itself again
LATELY = timedelta(minutes=2)
AT_ONCE = 4  # deliveries that the service may attempt at the same time


class Door(Protocol):
    check_every: float  # seconds between looks at our rights
    last: int | None  # number of the last update that `next` gave
    hears: bool  # whether an empty answer came from the service, and shows that it is there

    async def open(self) -> str:
        """Make the service use this door; why it does not reach us, if it does not."""
        ...

    async def next(self, *, at_once: bool = False) -> list[Update]: ...

    async def taken(self, last: int) -> None: ...


class Poll:
    check_every = 60.0
    hears = True

    def __init__(self, bot: Bot, key: str, offset: int) -> None:
        self.bot, self.key, self.offset = bot, key, offset
        self.last: int | None = None

    async def open(self) -> str:
        """Where we had it brought to us before, the service would refuse to be asked."""
        if (await answered(self.bot.get_webhook_info())).url == address(self.key):
            await answered(self.bot.delete_webhook())
        return ""

    async def next(self, *, at_once: bool = False) -> list[Update]:
        """One that nobody can read is passed by."""
        try:
            found = await self.bot.get_updates(
                offset=self.offset,
                limit=LIMIT,
                timeout=0 if at_once else POLL,
                allowed_updates=ALLOWED,
                request_timeout=POLL + 10,
            )
        except ClientDecodeError as error:
            found, last = readable(error.data)
            if last is None:
                raise
            log.warning("telegram: an answer could not be read as a whole, only in its parts")
            self.last = last
            return found
        self.last = found[-1].update_id if found else None
        return found

    async def taken(self, last: int) -> None:
        self.offset = last + 1


class Inbox:
    check_every = 20.0
    hears = False

    def __init__(self, bot: Bot, key: str) -> None:
        self.bot, self.key = bot, key
        self.last: int | None = None
        self.rows: list[int] = []

    async def open(self) -> str:
        info = await answered(self.bot.get_webhook_info())
        if info.url != address(self.key) or set(info.allowed_updates or ()) != set(ALLOWED):
            await answered(
                self.bot.set_webhook(
                    address(self.key),
                    secret_token=deliveries.secret(self.key),
                    allowed_updates=ALLOWED,
                    max_connections=AT_ONCE,
                )
            )
            return ""
        failed = info.last_error_date
        stuck = info.pending_update_count and failed and now() - failed < LATELY
        return "webhook" if stuck else ""

    async def next(self, *, at_once: bool = False) -> list[Update]:
        for _ in range(1 if at_once else PATIENCE):
            rows = await sync_to_async(deliveries.waiting)(key=self.key, limit=LIMIT)
            if rows:
                break
            await asyncio.sleep(LOOK)
        self.rows = [row.pk for row in rows]
        found, self.last = readable({"result": [row.body for row in rows]})
        return found

    async def taken(self, last: int) -> None:
        await sync_to_async(deliveries.taken)(keys=self.rows)


def address(key: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('watch:delivery', args=[deliveries.door_of(key)])}"


def readable(data: object) -> tuple[list[Update], int | None]:
    """Updates one by one, as far as they can be read, where the answer as a whole could not."""
    rows = data.get("result") if isinstance(data, dict) else None
    found: list[Update] = []
    last: int | None = None
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("update_id"), int):
            continue
        last = max(last or 0, row["update_id"])
        with contextlib.suppress(ValidationError):
            found.append(understood(row))
    return found, last


def understood(row: dict[str, Any]) -> Update:
    """Its parts that cannot be read under names that mean nothing: they hide no other part, and what
    words they hold are found as those of anything new."""
    try:
        return Update.model_validate(row)
    except ValidationError as error:
        wrong = {problem["loc"][:2] for problem in error.errors(include_input=False)}
    return Update.model_validate({name: set_apart(name, body, wrong) for name, body in row.items()})


def set_apart(name: str, body: Any, wrong: set[tuple[int | str, ...]]) -> Any:
    if not isinstance(body, dict):
        return body
    return {f"{key}?" if (name, key) in wrong else key: value for key, value in body.items()}


def is_unfinished(updates: Sequence[Update]) -> bool:
    """It ends in the middle of an album, perhaps."""
    message = message_of(updates[-1]) if updates and len(updates) < LIMIT else None
    return message is not None and bool(message.media_group_id)
