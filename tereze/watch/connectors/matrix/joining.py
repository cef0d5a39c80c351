"""From what somebody pastes to a room we are in: addresses, servers, log-in. Each with its error."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from tereze.watch.connectors.base import (
    BusyError,
    NoRightsError,
    NotThereError,
    Place,
    RefusedError,
    ServiceError,
    UnreachableError,
)
from tereze.watch.connectors.matrix.client import Client, path
from tereze.watch.connectors.matrix.rooms import Rooms
from tereze.watch.connectors.matrix.words import clean, mapping


ROOM = re.compile(r"[!#][^\s/?]{1,250}")
# matrix.to, and what the address bar of Element, Cinny or FluffyChat shows, wherever they are served
LINK = re.compile(r"[^#]*(?:\bmatrix\.to/#/|/#/rooms?/)(.*)", re.IGNORECASE)
SERVER = re.compile(r"[\w.-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
KINDS = {"r": "#", "roomid": "!"}


class JoiningError(Exception):
    """Why it did not work: a code that the page puts into words."""


@dataclass(frozen=True)
class Address:
    room: str  # !id or #alias:server
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class Joined:
    server: str
    token: str
    room: str
    place: Place


def address_of(pasted: str) -> Address:
    """
    >>> address_of("https://matrix.to/#/%23balqash:example.kz?via=example.kz").room
    '#balqash:example.kz'
    >>> address_of("matrix:r/balqash:example.kz?action=join").room
    '#balqash:example.kz'
    """
    words = pasted.strip().strip("<>")
    room, _mark, question = words.partition("?")
    if words.lower().startswith("matrix:"):
        kind, _slash, name = room.partition(":")[2].partition("/")
        room = KINDS.get(kind, "") + unquote(name)
    elif link := LINK.fullmatch(room):
        room = unquote(link[1])
    room = room.partition("/")[0]
    if not ROOM.fullmatch(room) or (room.startswith("#") and ":" not in room):
        raise JoiningError("address")
    via = parse_qs(question).get("via", [])
    return Address(room, tuple(name for name in via if SERVER.fullmatch(name))[:5])


def is_safe(url: str) -> bool:
    """A key of ours goes there: only over TLS, or to a server of our own that the settings name."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.netloc.lower() in settings.ALLOWED_PRIVATE
    )


async def homeserver(typed: str) -> str:
    """The address behind "example.kz", "@tereze:example.kz" or "https://matrix.example.kz"."""
    words = typed.strip().rstrip("/")
    if words.startswith("@"):
        words = words.partition(":")[2]
    if "://" not in words:
        if not SERVER.fullmatch(words):
            raise JoiningError("server")
        words = await well_known(f"https://{words}")
    if not is_safe(words) or not SERVER.fullmatch(urlsplit(words).netloc):
        raise JoiningError("server")
    return words


async def well_known(url: str) -> str:
    """Where a domain says that its homeserver is; itself if it says nothing."""
    client = Client(url, "")
    try:
        found = await client.get("/.well-known/matrix/client")
    except ServiceError:
        return url
    finally:
        await client.close()
    return clean(mapping(found.get("m.homeserver")).get("base_url")).rstrip("/") or url


async def log_in(server: str, user: str, password: str) -> str:
    client = Client(server, "")
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user.strip()},
        "password": password,
        "initial_device_display_name": "Tereze",
    }
    try:
        found = await client.ask("POST", path("login"), body=body)
    except (NoRightsError, RefusedError):
        raise JoiningError("password") from None
    finally:
        await client.close()
    if not (token := clean(found.get("access_token"))):
        raise JoiningError("unreachable")
    return token


async def join(
    *, server: str, address: str, token: str = "", user: str = "", password: str = ""
) -> Joined:
    """Into the room, under our own name, and a look at what we may do there."""
    wanted = address_of(address)
    try:
        found = await homeserver(server)
        key = token or await log_in(found, user or server, password)
        return await enter(found, key, wanted)
    except BusyError:
        raise JoiningError("busy") from None
    except UnreachableError:
        raise JoiningError("unreachable") from None


async def enter(server: str, token: str, address: Address) -> Joined:
    client = Client(server, token)
    try:
        own_id = await Rooms(client).own_id()
        if not own_id:
            raise JoiningError("unreachable")
        if not await Rooms(client).is_official():
            raise JoiningError("undercover")  # before anybody sees it come in
        params = {"server_name": address.via, "via": address.via} if address.via else None
        made = await client.ask("POST", path("join", address.room), body={}, params=params)
        room = clean(made.get("room_id")) or address.room
        return Joined(server, token, room, await Rooms(client).place(room))
    except NoRightsError as error:
        code = "token" if str(error) == "logged_out" else "not_invited"
        raise JoiningError(code) from None
    except NotThereError:
        raise JoiningError("no_room") from None
    except RefusedError:
        raise JoiningError("no_room") from None
    finally:
        await client.close()


async def policy_room(*, server: str, token: str, title: str) -> Joined:
    """A room of our own for rules alone: everybody may read it, nobody but us may write."""
    client = Client(server, token)
    body = {
        "name": title[:200],
        "preset": "public_chat",
        "creation_content": {"type": "support.feline.policy.lists.msc.v1"},
        "power_level_content_override": {"events_default": 50},
    }
    try:
        made = await client.post("/_matrix/client/v3/createRoom", body)
        room = clean(made.get("room_id"))
        return Joined(server, token, room, await Rooms(client).place(room))
    except BusyError:
        raise JoiningError("busy") from None
    except ServiceError:
        raise JoiningError("unreachable") from None
    finally:
        await client.close()
