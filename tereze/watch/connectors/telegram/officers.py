"""The bot speaks to an officer who linked it: a private chat, no chat of the city."""

from typing import Any

from tereze.watch.connectors.telegram import open_bot
from tereze.watch.models import Source


START = "/start "
LONGEST = 60  # characters of a code
LINKED = "Tereze: ✓"  # in whatever language


def private_words(update: Any) -> tuple[str, str] | None:
    """(chat, words) of what somebody writes to the bot itself, of an update as it came."""
    message = update.get("message") if isinstance(update, dict) else None
    if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
        return None
    chat = message["chat"]
    is_private = chat.get("type") == "private"
    return (str(chat.get("id")), str(message.get("text") or "")) if is_private else None


def code_of(words: str) -> str:
    code = words.removeprefix(START).strip()
    return code if words.startswith(START) and 0 < len(code) <= LONGEST else ""


def code_in(update: Any) -> tuple[str, str] | None:
    """The same of an update that aiogram has read."""
    message = update.message
    if message is None or message.chat.type != "private":
        return None
    code = code_of(message.text or "")
    return (str(message.chat.id), code) if code else None


async def say(source: Source, chat: str, text: str) -> None:
    from tereze.watch.connectors.telegram.errors import answered

    bot = open_bot(source)
    try:
        await answered(bot.send_message(chat, text))
    finally:
        await bot.session.close()
