"""Acting in a Telegram chat, and what can be known about it afterwards."""

from collections.abc import Sequence
from datetime import datetime

import httpx
from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatPermissions, LinkPreviewOptions

from tereze.core import outgoing
from tereze.watch.connectors.base import NotThereError, RefusedError, Target, UnreachableError
from tereze.watch.connectors.telegram.errors import answered
from tereze.watch.models.decisions import ActKind


NOTHING = ChatPermissions(**dict.fromkeys(ChatPermissions.model_fields, False))
EVERYTHING = ChatPermissions(**dict.fromkeys(ChatPermissions.model_fields, True))
HELD = {ChatMemberStatus.RESTRICTED, ChatMemberStatus.KICKED}


class TelegramHands:
    def __init__(self, bot: Bot, chat_id: str, *, owns_bot: bool) -> None:
        self.bot, self.chat_id, self.owns_bot = bot, chat_id, owns_bot

    async def close(self) -> None:
        if self.owns_bot:
            await self.bot.session.close()

    async def delete(self, target: Target) -> None:
        """A publication, all of an album, a topic with what stands in it, a reaction, or a request
        to join."""
        kind, _colon, rest = target.message.partition(":")
        if kind == "join":
            user = int(rest.partition(":")[0])
            await answered(self.bot.decline_chat_join_request(self.chat_id, user), target)
        elif kind == "reaction":
            message, _colon, reacted = rest.partition(":")
            await answered(
                self.bot.delete_message_reaction(self.chat_id, int(message), user_id=int(reacted)),
                target,
            )
        elif kind == "topic":
            await answered(self.bot.delete_forum_topic(self.chat_id, int(rest)), target)
        elif kind == "renamed":
            raise RefusedError("renamed")
        elif not kind.isdigit():
            raise RefusedError("moved")
        else:
            await self.delete_messages(album_of(target), target)

    async def delete_messages(self, numbers: Sequence[int], target: Target) -> None:
        """One by one: asked for many at once the service does not say which were there."""
        gone = 0
        for number in numbers:
            try:
                await answered(self.bot.delete_message(self.chat_id, number), target)
            except NotThereError:
                gone += 1
        if gone == len(numbers):
            raise NotThereError("not_found")

    async def restrict(self, target: Target, until: datetime | None) -> None:
        person(target)
        await answered(
            self.bot.restrict_chat_member(
                self.chat_id, int(target.author), permissions=NOTHING, until_date=until
            ),
            target,
        )

    async def ban(self, target: Target, until: datetime | None) -> None:
        if is_channel(target):
            call = self.bot.ban_chat_sender_chat(self.chat_id, int(target.author))
            await answered(call, target)
            return
        await answered(
            self.bot.ban_chat_member(self.chat_id, int(target.author), until_date=until), target
        )

    async def unrestrict(self, target: Target) -> None:
        person(target)
        await answered(
            self.bot.restrict_chat_member(self.chat_id, int(target.author), permissions=EVERYTHING),
            target,
        )

    async def unban(self, target: Target) -> None:
        if is_channel(target):
            call = self.bot.unban_chat_sender_chat(self.chat_id, int(target.author))
            await answered(call, target)
            return
        await answered(
            self.bot.unban_chat_member(self.chat_id, int(target.author), only_if_banned=True),
            target,
        )

    async def post(self, text: str) -> str:
        call = self.bot.send_message(
            self.chat_id,
            text[:4096],
            disable_notification=True,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str((await answered(call)).message_id)

    async def fetch(self, file: str, most: int) -> bytes:
        found = await answered(self.bot.get_file(file))
        if (found.file_size or 0) > most:
            raise RefusedError("too_large")
        address = self.bot.session.api.file_url(self.bot.token, found.file_path or "")
        gathered = bytearray()
        try:
            async for piece in self.bot.session.stream_content(address):
                gathered += piece
                if len(gathered) > most:
                    raise RefusedError("too_large")
        except httpx.HTTPStatusError as error:
            # never with the address: it contains the bot's token
            if error.response.status_code == httpx.codes.NOT_FOUND:
                raise NotThereError("not_found") from None
            raise UnreachableError("network") from None
        except (httpx.HTTPError, outgoing.RefusedError, OSError):
            raise UnreachableError("network") from None
        return bytes(gathered)

    async def look(self, kind: str, target: Target) -> bool:
        if kind == ActKind.DELETE and target.message.startswith("reaction:"):
            raise RefusedError("reactions_are_not_shown")
        if kind == ActKind.DELETE:
            return await self.look_for_message(target)
        if kind == ActKind.REPOST:
            raise RefusedError("own_messages_are_not_shown")
        person(target)
        member = await answered(self.bot.get_chat_member(self.chat_id, int(target.author)), target)
        if kind == ActKind.BAN:
            return bool(member.status == ChatMemberStatus.KICKED)
        if kind == ActKind.RESTRICT:
            return member.status in HELD
        if kind == ActKind.UNBAN:
            return bool(member.status != ChatMemberStatus.KICKED)
        return member.status not in HELD

    async def look_for_message(self, target: Target) -> bool:
        """The service shows no message by its id; it only says "not found" to a second deletion.

        Where the second one succeeds, the first had not: then a third tells.
        """
        for _ in range(2):
            await self.delete(target)
        return False


def album_of(target: Target) -> list[int]:
    """What was published as one. Versions of one message have words for names, not numbers."""
    return [int(one) for one in dict.fromkeys([target.message, *target.versions]) if one.isdigit()]


def is_channel(target: Target) -> bool:
    return target.author.startswith("-")


def person(target: Target) -> None:
    if is_channel(target):
        raise RefusedError("author_is_a_channel")
