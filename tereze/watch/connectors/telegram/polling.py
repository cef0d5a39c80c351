"""One bot, all its chats: an update counts as taken only once it is stored."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner, Message, Update

from tereze.core.clock import now
from tereze.watch.clocks import Clock, worst
from tereze.watch.connectors.base import BusyError, House, NoRightsError, Place, ServiceError
from tereze.watch.connectors.telegram import officers
from tereze.watch.connectors.telegram.albums import Albums, gather
from tereze.watch.connectors.telegram.doors import LIMIT, Door, Inbox, Poll, is_unfinished
from tereze.watch.connectors.telegram.errors import MovedError, answered, wait_of
from tereze.watch.connectors.telegram.profiles import Profiles
from tereze.watch.connectors.telegram.reading import (
    incoming,
    message_of,
    moment,
    reaction,
    request_to_join,
)
from tereze.watch.connectors.telegram.session import GuardedSession
from tereze.watch.models import Source
from tereze.watch.models.sources import AuthorAct, Mode
from tereze.watch.received import Incoming


log = logging.getLogger(__name__)
TOGETHER = 8  # chats looked at at once
A_CHAT = 0.5  # seconds: four questions about each, and a bot may ask thirty a second
PATIENCE = 2  # failures in a row before the line counts as lost
LONGEST_PAUSE = 30.0
AWAY = {ChatMemberStatus.LEFT, ChatMemberStatus.KICKED}
INSIDE = {ChatMemberStatus.MEMBER, ChatMemberStatus.RESTRICTED}
STAFF = {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.CREATOR}
Found = tuple[Source, Incoming]


class Poller:
    def __init__(self, bot: Bot, sources: Sequence[Source], house: House) -> None:
        self.bot, self.house = bot, house
        self.sources = {source.chat_id: source for source in sources}
        self.door = door(bot, sources)
        self.profiles, self.albums = Profiles(bot, house), Albums()
        self.own_id, self.name = 0, ""
        self.hears_all = False
        self.stale = asyncio.Event()  # our rights may have changed
        self.failures = 0
        self.unseen: dict[int, str] = {}  # chats in which we lost our rights, and how
        self.messages = Clock()  # the service's, by what is written
        self.heard: datetime | None = None  # when the last whole answer came

    async def run(self) -> None:
        beside = [
            asyncio.create_task(self.keep_looking()),
            asyncio.create_task(self.profiles.run()),
        ]
        try:
            while True:
                await self.step()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)  # they use our bot

    async def step(self) -> None:
        try:
            if not self.own_id:
                await self.begin()
            await self.turn()
        except TelegramRetryAfter as error:
            await asyncio.sleep(wait_of(error))
        except BusyError as error:
            await asyncio.sleep(error.seconds)
        except TelegramConflictError:
            await self.lost("conflict")
        except (TelegramUnauthorizedError, TelegramNotFound):
            await self.lost("token")
        except (AiogramError, ServiceError) as error:
            log.warning("telegram: %s", type(error).__name__)
            await self.lost(str(error) if isinstance(error, NoRightsError) else "network")

    async def lost(self, reason: str) -> None:
        """Not heard: say so unless it was a hiccup, wait, and look at the rights anew."""
        self.failures += 1
        if self.failures >= PATIENCE or reason in {"token", "conflict"}:
            await self.house.is_blind(list(self.sources.values()), reason)
        self.own_id = 0
        await asyncio.sleep(min(LONGEST_PAUSE, 0.5 * 2 ** min(self.failures, 10)))

    async def begin(self) -> None:
        """Who administers a chat must be known before the first message is judged."""
        me = await self.bot.get_me()
        self.name = me.username or ""
        if not me.is_bot:
            raise NoRightsError("undercover")
        reason = await self.door.open()
        self.hears_all, self.own_id = bool(me.can_read_all_group_messages), me.id
        await self.look_at([source for source in self.sources.values() if not source.rights])
        if reason:
            await self.house.is_blind(list(self.sources.values()), reason)
        self.stale.set()

    async def turn(self) -> None:
        updates = await self.door.next()
        if is_unfinished(updates):
            await gather()
            updates = await self.door.next(at_once=True) or updates
        self.failures = 0
        self.hear_time(updates)
        if (last := self.door.last) is not None:
            cursors = {source.pk: last for source in self.sources.values()}
            batch = await self.batch(updates)
            await self.house.take_in(batch, cursors)
            await self.link_officers(updates)
            await self.door.taken(last)
            await self.after(updates, batch)
        if self.door.hears:
            await self.see(self.seen)

    def hear_time(self, updates: Sequence[Update]) -> None:
        """What an answer brings was written since the one before, unless that was cut short or it
        was brought to us, perhaps for the second time."""
        at = now()
        for message in filter(None, map(message_of, updates)):
            written = moment(getattr(message, "edit_date", None) or message.date)
            self.messages.hear(written, self.heard if self.door.hears else None, at)
        self.heard = at if len(updates) < LIMIT else None

    async def see(self, sources: Sequence[Source]) -> None:
        """We see them, unless the clocks say that what we see cannot be trusted."""
        session = self.bot.session
        of_answers = session.clock if isinstance(session, GuardedSession) else Clock()
        clock = worst(of_answers, self.messages)
        await self.house.tells_time(sources, clock.skew)
        if clock.trouble:
            await self.house.is_blind(sources, clock.trouble)
        else:
            await self.house.sees(sources)

    async def link_officers(self, updates: Sequence[Update]) -> None:
        """An officer who writes the code from the desk to the bot hears of calls here."""
        for chat, code in filter(None, map(officers.code_in, updates)):
            key = next(iter(self.sources.values())).bot_key
            if await self.house.linked(key, chat, code):
                with contextlib.suppress(AiogramError):
                    await self.bot.send_message(chat, officers.LINKED)

    @property
    def seen(self) -> list[Source]:
        return [source for source in self.sources.values() if source.pk not in self.unseen]

    async def after(self, updates: Sequence[Update], batch: Sequence[Found]) -> None:
        """What may wait until the messages are stored: no deletion waits for it."""
        for source, newcomers in self.arrivals(updates):
            await self.house.arrived(source, newcomers)
        for source in {id(s): s for s in self.changed(updates)}.values():
            await self.check(source)
        for source, item in [*batch, *self.reactions(updates)]:
            # a request came with its description; who only joined is asked about when they write
            if item.media not in {"join_request", "joined"}:
                self.profiles.ask(source, item)

    async def batch(self, updates: Sequence[Update]) -> list[Found]:
        found: dict[tuple[str, str], Found] = {}
        for update in updates:
            if (move := self.move_in(update)) is not None:
                # first what was written before, while its numbers are still this chat's
                await self.house.take_in(list(found.values()), {})
                found.clear()
                await self.follow(*move)
            chat, item = self.read(update)
            if item is not None and (source := self.sources.get(chat)) is not None:
                album = item.album and f"{chat}/{item.external_id}"
                # versions of one message stay apart; pieces of one album do not
                found[chat, album or f"{item.external_id}/{item.revision}"] = (source, item)
        return list(found.values())

    def move_in(self, update: Update) -> tuple[Source, str] | None:
        message = message_of(update)
        source = self.sources.get(str(message.chat.id)) if message else None
        if message is None or source is None or not message.migrate_to_chat_id:
            return None
        return source, str(message.migrate_to_chat_id)

    def read(self, update: Update) -> tuple[str, Incoming | None]:
        """The chat and what was published there; a chat that nobody gave us a basis for is not
        read."""
        if update.chat_join_request is not None:
            request = update.chat_join_request
            return str(request.chat.id), request_to_join(request)
        message = message_of(update)
        if message is None:
            return "", None
        chat = str(message.chat.id)
        source = self.sources.get(chat)
        return chat, self.said(source, message) if source is not None else None

    def said(self, source: Source, message: Message) -> Incoming | None:
        item = incoming(message)
        if item is None:
            return None
        if message.media_group_id:
            item = self.albums.put_together(source.chat_id, message.media_group_id, item)
        if source.chat_id != str(message.chat.id):  # brought to us after the chat had moved on
            item = replace(item, external_id=f"{message.chat.id}/{item.external_id}")
        known = self.profiles.of(source, item.author)
        return replace(item, profile=known) if known else item

    async def follow(self, source: Source, chat_id: str) -> None:
        """What follows is already written there."""
        if source.chat_id == chat_id:
            return
        if await self.house.moved(source, chat_id):
            self.sources[chat_id] = source
            source.chat_id = chat_id
        else:
            self.unseen[source.pk] = "moved_known"
            await self.house.is_blind([source], "moved_known")

    def reactions(self, updates: Sequence[Update]) -> list[Found]:
        found = []
        for update in updates:
            event = update.message_reaction
            source = self.sources.get(str(event.chat.id)) if event else None
            if event and source and (item := reaction(event)):
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

    async def keep_looking(self) -> None:
        """At our rights in every chat, beside the reading: two hundred chats take their time."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(self.door.check_every, A_CHAT * len(self.sources))):
                    await self.stale.wait()
            self.stale.clear()
            with contextlib.suppress(ServiceError, AiogramError):  # the reading says what it is
                await self.look_around()

    async def look_around(self) -> None:
        if not self.own_id:
            return
        reason = await self.door.open()
        if reason:
            await self.house.is_blind(list(self.sources.values()), reason)
        else:
            await self.look_at(list(self.sources.values()))

    async def look_at(self, sources: Sequence[Source]) -> None:
        for start in range(0, len(sources), TOGETHER):
            await asyncio.gather(*map(self.check, sources[start : start + TOGETHER]))

    async def check(self, source: Source) -> None:
        """What we may do in this chat now. Losing one chat says nothing about the others."""
        try:
            place = await self.place(source)
        except NoRightsError as error:
            reason = str(error)
        except MovedError as error:  # and the service no longer tells it to whoever was away
            await self.follow(source, error.chat)
            return
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
            await self.see([source])

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
                "bot": self.name,
                "administrator": owner or rights is not None,
                "can_decline": owner or bool(rights and rights.can_invite_users),
                "members": members,
            },
        )


def door(bot: Bot, sources: Sequence[Source]) -> Door:
    """A bot has one way for all its chats: the service allows no other."""
    key = sources[0].bot_key
    if any(source.by_webhook for source in sources):
        return Inbox(bot, key)
    return Poll(bot, key, max(source.cursor for source in sources) + 1)
