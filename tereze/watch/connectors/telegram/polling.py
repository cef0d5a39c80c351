"""One bot, all its chats: a long poll that confirms an update only once it is stored."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner, Update
from pydantic import ValidationError

from tereze.watch.connectors.base import House, NoRightsError, Place, ServiceError
from tereze.watch.connectors.telegram.errors import answered
from tereze.watch.connectors.telegram.reading import ALLOWED, MESSAGES, incoming, message_of
from tereze.watch.models import Source
from tereze.watch.models.sources import AuthorAct, Mode
from tereze.watch.received import Incoming


log = logging.getLogger(__name__)
POLL = 25  # seconds the service holds the question
LIMIT = 100
CHECK = 60.0  # seconds between looks at our own rights
PATIENCE = 2  # failures in a row before the line counts as lost
LONGEST_PAUSE = 30.0
PLAIN = ("message_id", "date", "edit_date", "chat", "from", "sender_chat", "text", "caption")
AWAY = {ChatMemberStatus.LEFT, ChatMemberStatus.KICKED}
INSIDE = {ChatMemberStatus.MEMBER, ChatMemberStatus.RESTRICTED}
STAFF = {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.CREATOR}


class Poller:
    def __init__(self, bot: Bot, sources: Sequence[Source], house: House) -> None:
        self.bot, self.house = bot, house
        self.sources = {source.chat_id: source for source in sources}
        self.offset = max(source.cursor for source in sources) + 1
        self.own_id = 0
        self.hears_all = False
        self.checked = 0.0
        self.failures = 0
        self.unseen: dict[int, str] = {}  # chats in which we lost our rights, and how

    async def run(self) -> None:
        while True:
            try:
                if time.monotonic() - self.checked >= CHECK:
                    await self.check_all()
                await self.turn()
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except TelegramConflictError:
                await self.lost("conflict")
            except TelegramUnauthorizedError:
                await self.lost("token")
            except (AiogramError, NoRightsError) as error:
                log.warning("telegram: %s", type(error).__name__)
                await self.lost("network" if not isinstance(error, NoRightsError) else str(error))

    async def lost(self, reason: str) -> None:
        """Not heard: say so unless it was a hiccup, wait, and look at the rights anew."""
        self.failures += 1
        if self.failures >= PATIENCE or reason in {"token", "conflict"}:
            await self.house.is_blind(list(self.sources.values()), reason)
        self.checked = 0.0
        await asyncio.sleep(min(LONGEST_PAUSE, 0.5 * 2**self.failures))

    async def turn(self) -> None:
        updates, last = await self.next_updates()
        self.failures = 0
        if last is not None:
            cursors = {source.pk: last for source in self.sources.values()}
            await self.house.take_in(await self.batch(updates), cursors)
            self.offset = last + 1
            for source, newcomers in self.arrivals(updates):
                await self.house.arrived(source, newcomers)
            for source in {id(s): s for s in self.changed(updates)}.values():
                await self.check(source)
        seen = [source for source in self.sources.values() if source.pk not in self.unseen]
        await self.house.sees(seen)

    async def next_updates(self) -> tuple[list[Update], int | None]:
        """The next updates and the number of the last. One that nobody can read is passed by."""
        try:
            found = await self.bot.get_updates(
                offset=self.offset,
                limit=LIMIT,
                timeout=POLL,
                allowed_updates=ALLOWED,
                request_timeout=POLL + 10,
            )
        except ClientDecodeError as error:
            found, last = readable(error.data)
            if last is None:
                raise
            log.warning("telegram: an answer could not be read as a whole, only in its parts")
            return found, last
        return found, (found[-1].update_id if found else None)

    async def batch(self, updates: Sequence[Update]) -> list[tuple[Source, Incoming]]:
        found: list[tuple[Source, Incoming]] = []
        for update in updates:
            message = message_of(update)
            if message is None:
                continue
            source = self.sources.get(str(message.chat.id))
            if source is None:  # a chat nobody gave us a basis for: not read, not stored
                continue
            if message.migrate_to_chat_id:
                chat_id = str(message.migrate_to_chat_id)
                await self.house.moved(source, chat_id)
                self.sources[chat_id] = source  # what follows is already written there
            elif item := incoming(message):
                found.append((source, item))
        return found

    def arrivals(self, updates: Sequence[Update]) -> list[tuple[Source, list[str]]]:
        """Who joined each chat. The service tells it to administrators only."""
        found: dict[str, list[str]] = {}
        for update in updates:
            event = update.chat_member
            if event is None:
                continue
            if event.old_chat_member.status in AWAY and event.new_chat_member.status in INSIDE:
                found.setdefault(str(event.chat.id), []).append(str(event.new_chat_member.user.id))
        return [
            (self.sources[chat], people) for chat, people in found.items() if chat in self.sources
        ]

    def changed(self, updates: Sequence[Update]) -> list[Source]:
        """Chats where our own rights changed, or who administers them; joins are no concern."""
        found = []
        for update in updates:
            event = update.my_chat_member or update.chat_member
            if event is None:
                continue
            staff = {event.old_chat_member.status, event.new_chat_member.status} & STAFF
            if update.my_chat_member or staff:
                found.append(self.sources.get(str(event.chat.id)))
        return [source for source in found if source is not None]

    async def check_all(self) -> None:
        me = await self.bot.get_me()
        self.own_id, self.hears_all = me.id, bool(me.can_read_all_group_messages)
        for source in self.sources.values():
            await self.check(source)
        self.checked = time.monotonic()

    async def check(self, source: Source) -> None:
        """What we may do in this chat now. Losing one chat says nothing about the others."""
        try:
            place = await self.place(source)
        except NoRightsError as error:
            reason = str(error)
        except ServiceError:
            return
        else:
            await self.house.knows(source, place)
            reason = self.blind_reason(source, place)
        if reason:
            self.unseen[source.pk] = reason
            await self.house.is_blind([source], reason)
        else:
            self.unseen.pop(source.pk, None)
            await self.house.sees([source])

    def blind_reason(self, source: Source, place: Place) -> str:
        if not (place.facts["administrator"] or self.hears_all):
            return "no_rights"
        if source.mode not in {Mode.REVIEW, Mode.AUTOMATIC}:
            return ""
        if not place.can_delete:
            return "no_delete_right"
        restricts = source.author_act != AuthorAct.NONE
        return "no_restrict_right" if restricts and not place.can_restrict else ""

    async def place(self, source: Source) -> Place:
        chat = await answered(self.bot.get_chat(source.chat_id))
        member = await answered(self.bot.get_chat_member(source.chat_id, self.own_id))
        if member.status in {ChatMemberStatus.LEFT, ChatMemberStatus.KICKED}:
            raise NoRightsError("kicked")
        staff = await answered(self.bot.get_chat_administrators(source.chat_id))
        members = await answered(self.bot.get_chat_member_count(source.chat_id))
        owner = isinstance(member, ChatMemberOwner)
        rights = member if isinstance(member, ChatMemberAdministrator) else None
        return Place(
            title=chat.title or "",
            can_delete=owner or bool(rights and rights.can_delete_messages),
            can_restrict=owner or bool(rights and rights.can_restrict_members),
            administrators=tuple(str(one.user.id) for one in staff if one.user.id != self.own_id),
            facts={
                "type": chat.type,
                "administrator": owner or rights is not None,
                "members": members,
            },
        )


def readable(data: object) -> tuple[list[Update], int | None]:
    """Updates one by one, as far as they can be read, where the answer as a whole could not."""
    rows = data.get("result") if isinstance(data, dict) else None
    found: list[Update] = []
    last: int | None = None
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("update_id"), int):
            continue
        last = max(last or 0, row["update_id"])
        for version in (row, plainly(row)):
            with contextlib.suppress(ValidationError):
                found.append(Update.model_validate(version))
                break
    return found, last


def plainly(row: dict[str, Any]) -> dict[str, Any]:
    """An update reduced to who said what: what the service added lately must hide no words."""
    return {
        "update_id": row["update_id"],
        **{
            name: {key: body[key] for key in PLAIN if key in body}
            for name, body in row.items()
            if name in MESSAGES and isinstance(body, dict)
        },
    }
