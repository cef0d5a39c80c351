"""Telegram through the Bot API: a bot that is administrator in the city's chats.

The service shows a bot no messages of other bots, and no message by its id. Both are said on the
wall.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings

from tereze.watch.connectors.base import Hands, House
from tereze.watch.models import Source


# aiogram builds thousands of models when it is imported: seconds that only the process which
# talks to Telegram has to spend, not every command and page. So it is imported on first use.
if TYPE_CHECKING:
    from aiogram import Bot


def open_bot(source: Source) -> "Bot":
    from aiogram import Bot

    from tereze.watch.connectors.telegram.session import GuardedSession

    return Bot(source.token, session=GuardedSession(source.server or settings.TELEGRAM_SERVER))


class Telegram:
    kind = "telegram"
    is_live = True
    has_one_status = True

    def __init__(self) -> None:
        # of the watch process, kept open; a client belongs to the loop it was opened in
        self.bots: dict[str, tuple[asyncio.AbstractEventLoop, Bot]] = {}

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        """One poll for each bot: two would take each other's updates away."""
        found: dict[str, list[Source]] = {}
        for source in sources:
            found.setdefault(source.bot_key, []).append(source)
        return found

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        from tereze.watch.connectors.telegram.polling import Poller

        bot, key = open_bot(sources[0]), sources[0].bot_key
        self.bots[key] = (asyncio.get_running_loop(), bot)
        try:
            await Poller(bot, sources, house).run()
        finally:
            del self.bots[key]
            await bot.session.close()

    def keep(self, source: Source) -> None:
        loop = asyncio.get_running_loop()
        if self.bots.get(source.bot_key, (None, None))[0] is not loop:
            self.bots[source.bot_key] = (loop, open_bot(source))

    def hands(self, source: Source) -> Hands:
        from tereze.watch.connectors.telegram.hands import TelegramHands

        loop, bot = self.bots.get(source.bot_key, (None, None))
        if bot is not None and loop is asyncio.get_running_loop():
            return TelegramHands(bot, source.chat_id, owns_bot=False)
        return TelegramHands(open_bot(source), source.chat_id, owns_bot=True)
