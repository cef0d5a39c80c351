"""What people paste for a chat: its number, its name, a link to it or to one of its messages."""

import re
from urllib.parse import parse_qs

from asgiref.sync import async_to_sync

from tereze.core.outgoing import outside_transaction
from tereze.watch.connectors.base import NoRightsError, ServiceError
from tereze.watch.connectors.telegram import open_bot
from tereze.watch.models import Source


NOISE = " .,;\u200b\u200e\u200f\u2060\ufeff"  # what is copied along from a text
NUMBER = re.compile(r"-[0-9]{1,18}")
_WEB = re.compile(r"(?:https://)?web\.telegram\.org/([ak])/#(-[0-9]{1,18}|@\w+)(?:_\d+)?")
_APP = re.compile(r"tg:(?://)?(resolve|privatepost|join)\?(.+)", re.IGNORECASE)
_OWN_HOST = re.compile(r"(?:https?://)?([a-z]\w{3,31})\.t\.me(?:[/?].*)?", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(.+)", re.IGNORECASE)
_OF_A_MESSAGE = re.compile(r"c/([0-9]{1,15})(?:/[0-9/]*)?(?:\?.*)?")  # of a chat without a name
_NAME = re.compile(r"[a-z][a-z0-9_]{3,31}", re.IGNORECASE)


class AddressError(Exception):
    """Says why as a code, see `words.ADDRESS`."""


def place_of(typed: str) -> str:
    """A chat's number, or its name with @, which only Telegram can turn into a number."""
    typed = as_web(re.sub("^[−–—]", "-", typed.strip(NOISE)))
    if NUMBER.fullmatch(typed):
        return str(int(typed))
    link = _LINK.fullmatch(typed)
    path = link[1] if link else typed.removeprefix("@")
    if link and (message := _OF_A_MESSAGE.fullmatch(path)):
        return f"-100{message[1]}"
    if link and path.startswith(("+", "joinchat/")):
        raise AddressError("invitation")
    name = path.removeprefix("s/").partition("/")[0].partition("?")[0]
    if not (link or typed.startswith("@")) or not _NAME.fullmatch(name):
        raise AddressError("form")
    return f"@{name}"


def as_web(typed: str) -> str:
    """What the applications write into their links, as t.me has it."""
    if web := _WEB.fullmatch(typed):
        if web[1] == "k" and web[2].startswith("-"):
            raise AddressError("web")  # shown there without the -100 of some chats
        return web[2]
    if host := _OWN_HOST.fullmatch(typed):
        return f"@{host[1]}"
    if app := _APP.fullmatch(typed):
        said = {name: values[0] for name, values in parse_qs(app[2]).items()}
        paths = {
            "resolve": said.get("domain", ""),
            "privatepost": f"c/{said.get('channel', '')}",
            "join": "+",
        }
        return f"t.me/{paths[app[1].lower()]}"
    return typed


def number_of(name: str, *, token: str) -> str:
    """The bot asks Telegram, which tells every bot of a public chat."""
    if not token:
        raise AddressError("no_token")
    outside_transaction()
    return async_to_sync(_asked)(name, token)


async def _asked(name: str, token: str) -> str:
    from tereze.watch.connectors.telegram.errors import answered

    bot = open_bot(Source(kind="telegram", token=token))
    try:
        return str((await answered(bot.get_chat(name))).id)
    except NoRightsError as error:
        raise AddressError("token" if str(error) == "token" else "nowhere") from error
    except ServiceError as error:
        raise AddressError("network") from error
    finally:
        await bot.session.close()
