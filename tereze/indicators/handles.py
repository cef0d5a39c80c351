"""Accounts in messengers and networks: Telegram, WhatsApp, Instagram.

Sources: Telegram's link reference (core.telegram.org/api/links: hosts, ``tg://``, invites, names
of 5-32 letters, digits and underscores), WhatsApp's click-to-chat (``wa.me/<number>``,
``api.whatsapp.com/send?phone=``), Instagram's account rules (up to 30 of ``a-z0-9._``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from tereze.indicators.folding import Folded, to_latin
from tereze.indicators.glued import KAZAKH_ENDING, own_length
from tereze.indicators.links import ENDINGS_FOR_ALL, Link
from tereze.indicators.model import Found
from tereze.indicators.phones import parse_phone


_TELEGRAM_HOSTS = ("t.me", "telegram.me", "telegram.dog")
_WHATSAPP_HOSTS = {"api.whatsapp.com", "web.whatsapp.com", "whatsapp.com", "wa.me"}
_INSTAGRAM_HOSTS = {"instagram.com", "instagr.am", "m.instagram.com", "ig.me"}

_TELEGRAM_NAME = re.compile(r"[A-Za-z](?=\w{4,31}\Z)[A-Za-z0-9]*+(?:_[A-Za-z0-9]+)*+_?")
_INSTAGRAM_NAME = re.compile(r"(?=[\w.]{2,30}\Z)[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
_INVITE = re.compile(r"[A-Za-z0-9_-]{10,40}")

# First parts of a path that are the services' own pages, not accounts.
_TELEGRAM_OWN = frozenset(
    [
        "joinchat",
        "addstickers",
        "addemoji",
        "addtheme",
        "addlist",
        "share",
        "proxy",
        "socks",
        "iv",
        "login",
        "bg",
        "invoice",
        "setlanguage",
        "boost",
        "giftcode",
        "contact",
        "confirmphone",
        "durov_russia_fake",
    ]
)
_INSTAGRAM_OWN = frozenset(
    [
        "p",
        "reel",
        "reels",
        "tv",
        "explore",
        "accounts",
        "direct",
        "about",
        "developer",
        "legal",
        "stories",
        "web",
        "challenge",
    ]
)
# After "@": commands to a chat rather than names.
_EVERYBODY = frozenset(
    [
        "override",
        "media",
        "import",
        "param",
        "everyone",
        "channel",
        "admin",
        "admins",
        "username",
        "group",
        "gmail",
        "yandex",
        "mail",
    ]
)

_AT = re.compile(r"(?<![\w@/.])@(?P<name>[\w.]{2,33})(?!\w|/[a-z])")
_NAMED = re.compile(
    r"(?=[тиti])(?<!\w)(?:(?P<tg>тг|тлг|тгк|телег[аеуи]?|телеграмм?\w{0,6}|telegram|tg)"
    r"|(?P<ig>инст[аеуы]?|инстада|инстаграмм?\w{0,6}|insta|instagram|inst|ig))"
    r"(?P<nick>(?:[\s:\-]{1,3}(?:по |для |мой |моя |наш |личный )?(?:связи|заказов|записи|аккаунт\w{0,3}|акк|ник\w{0,3}|юзер\w{0,6}|профил\w{1,3}"
    r"|страни\w{1,5}|канал\w{0,3}|групп\w{1,2}|чат\w{0,2}|бот\w{0,2}|админ\w{0,4}|менеджер\w{0,2}|куратор\w{0,2}|магаз\w{0,4}|салон\w{0,2}|мастер\w{0,2}|имя|username|парақша\w{0,5}|арна\w{0,6})(?!\w))?)"
    r"(?P<mark>[\s:=\-\u2190-\u21ff\u27a1\U0001f446-\U0001f449]{1,4}>?\s?|(?=@))(?P<at>(?:(?:@|собак[аи]|собачка)\s?)?)"
    r"[«“\"]?"
    rf"(?P<name>[a-z][\w.]{{2,32}})(?![\w@/:]|-(?!{KAZAKH_ENDING})|\.\w)"
)
_SPELLED = re.compile(
    r"(?<!\w)(?:(?:[a-z0-9_.] ){4,31}[a-z0-9_]|[a-z][a-z0-9]{0,15}(?: ?_ ?[a-z0-9]{1,15}){1,5})(?!\w)"
)
_NO_NAMES = frozenset(["http", "https", "www", "com", "kaspi", "gold"])
_VERSION = re.compile(r"v?\d+\.", re.IGNORECASE)
_INSTAGRAM = ("инст", "inst", "ig")
_OTHERS = ("тик", "tik", "твит", "twit", "ютуб", "youtube", "threads", "тредс", "github")
NETWORK_WORDS = frozenset(["тг", "тлг", "тгк", "tg", "ig"])
NETWORK_STEMS = ("телег", "telegr", "инст", "inst")
"""Words, and beginnings of words, of which one stands before every named account."""
_TELEGRAM = frozenset(["тг", "тлг", "тгк", "tg", "телег", "telegr"])
_NETWORKS = (*NETWORK_WORDS, *NETWORK_STEMS)
_INSTAGRAM_AHEAD = re.compile(
    r"(?:инст\w{0,12}|insta\w{0,4}|inst|\big)(?:\s(?!тг|тел|tg|tel)\w{1,12}){0,2}[\s:\-—(,.]{0,6}\Z",
    re.IGNORECASE,
)
# "@name инстаграм", unless that is the label of what follows: "@name инста: other"
_INSTAGRAM_AFTER = re.compile(
    r"[\s,(\-]{1,3}(?:инст\w{0,10}|insta\w{0,4})(?!\w)(?!\s{0,2}[:@=\-]|\s[a-z])", re.IGNORECASE
)
_TELEGRAM_WORDS = ("тг", "tg", "телеграм", "телеграмм", "телега", "telegram", "телеге")
_OTHER_AHEAD = re.compile(
    r"(?:тик\s?ток\w{0,3}|tik\s?tok|твит\w{0,5}|twitter|ютуб\w{0,3}|youtube|threads|тредс|github)"
    r"[\s:\-—(,.]{0,6}\Z",
    re.IGNORECASE,
)


def handles_of(link: Link) -> Iterator[Found]:
    """What account an address leads to: telegram, telegram_invite, whatsapp, phone, instagram."""
    host = link.host.removeprefix("www.")
    if link.scheme in {"tg", "whatsapp", "viber", "tel"}:
        yield from _of_app(link)
    elif host in _TELEGRAM_HOSTS or host.endswith(".t.me"):
        yield from _of_telegram(link, host)
    elif host == "web.telegram.org":  # …/k/#@name, as the browser shows an open chat
        name = parse_telegram(link.fragment.removeprefix("@"))
        if name and link.fragment.startswith("@"):
            yield Found("telegram", name, link.span, 0.99, why="link")
    elif host in _WHATSAPP_HOSTS:
        yield from _of_whatsapp(link)
    elif host in _INSTAGRAM_HOSTS:
        yield from _of_instagram(link)


def find_named(view: Folded) -> Iterator[Found]:
    """Names after the word for a network: "тг: name", "инста name.kz", "телега n a m e _ k z"."""
    lower = view.text.lower()
    if not any(map(lower.__contains__, _NETWORKS)):
        return
    for match in _NAMED.finditer(lower):
        found = _read_named(view, match)
        if found:
            yield found
    for match in _SPELLED.finditer(lower):
        ahead = lower[max(0, match.start() - 40) : match.start()]
        networks = [word for word in _NETWORKS if word in ahead] if " " in match.group() else []
        kind = "telegram" if _TELEGRAM.intersection(networks) else "instagram"
        parse = parse_telegram if kind == "telegram" else parse_instagram
        name = parse(match.group().replace(" ", "")) if networks else None
        if name:
            yield Found(kind, name, view.span(*match.span()), 0.8, why="named")


def find_handles(view: Folded) -> Iterator[Found]:
    """Names after "@", in a text whose links and named accounts are masked."""
    for match in _AT.finditer(view.text) if "@" in view.text else ():
        found = _read_at(view, match)
        if found:
            yield found


def parse_telegram(written: str) -> str | None:
    """The canonical name of a Telegram account typed with or without "@", or None."""
    name = _name(written)
    return name.lower() if _TELEGRAM_NAME.fullmatch(name) else None


def parse_invite(written: str) -> str | None:
    """The hash of a Telegram invitation typed without its link, case kept, or None."""
    code = written.strip().removeprefix("+")
    return code if _INVITE.fullmatch(code) else None


def parse_instagram(written: str) -> str | None:
    """The canonical name of an Instagram account typed with or without "@", or None."""
    name = _name(written)
    return name.lower() if _INSTAGRAM_NAME.fullmatch(name) else None


def _name(written: str) -> str:
    """A name in Latin letters, if it has one: a wholly Cyrillic word is no disguised name."""
    name = written.strip().removeprefix("@")
    return to_latin(name) if _has_latin(name) else ""


def _read_at(view: Folded, match: re.Match[str]) -> Found | None:
    text = view.text
    written = match["name"]
    written = written[: own_length(written)].rstrip(".")
    start, end = match.start(), match.start("name") + len(written)
    before = text[max(0, start - 40) : start]
    ahead = before.lower()
    if any(map(ahead.__contains__, _OTHERS)) and _OTHER_AHEAD.search(before):
        return None
    if any(map(ahead.__contains__, _INSTAGRAM)) and _INSTAGRAM_AHEAD.search(before):
        name = parse_instagram(written)
        return (
            Found("instagram", name, view.span(start, end), 0.95, why="at+named") if name else None
        )
    if not ahead.rstrip(" @:-").endswith(_TELEGRAM_WORDS) and _INSTAGRAM_AFTER.match(text, end):
        name = parse_instagram(written)
        return (
            Found("instagram", name, view.span(start, end), 0.9, why="at+named") if name else None
        )
    if "." in written:  # a dot is possible on Instagram only
        name = None if _VERSION.match(written) else parse_instagram(written)
        return Found("instagram", name, view.span(start, end), 0.5, why="at") if name else None
    name = parse_telegram(written)
    if name is None or name in _EVERYBODY:
        return None
    return Found("telegram", name, view.span(start, end), 0.85, why="at")


def _read_named(view: Folded, match: re.Match[str]) -> Found | None:
    written = match["name"]
    written = written[: own_length(written)].rstrip(".")
    sure = bool(match["nick"] or match["at"])
    marked = sure or match["mark"].strip() not in {"", "-"}
    # "telegram channel", "Telegram-Premium": without a mark only what cannot be an English word
    if written in _NO_NAMES or (not marked and not re.search(r"[\d_.]", written)):
        return None
    if "." in written and not (match["ig"] and (sure or not _is_host(written))):
        return None
    start = match.start("at") if match["at"] else match.start("name")
    span = view.span(start, match.start("name") + len(written))
    if match["tg"]:
        name = parse_telegram(written)
        return (
            Found("telegram", name, span, 0.9, why="named")
            if name and name not in _EVERYBODY
            else None
        )
    name = parse_instagram(written)
    return Found("instagram", name, span, 0.9, why="named") if name else None


def _is_host(written: str) -> bool:
    """Whether a name with dots is somebody's site rather: "инстаграм kaspi.kz"."""
    return written.count(".") == 1 and written.rsplit(".", 1)[1] in ENDINGS_FOR_ALL


def _has_latin(name: str) -> bool:
    return any(c.isascii() and c.isalpha() for c in name)


def _of_telegram(link: Link, host: str) -> Iterator[Found]:
    path = [unquote(part) for part in link.path.partition("?")[0].split("/") if part]
    if host.endswith(".t.me") and host.count(".") == 2:
        path = [host.removesuffix(".t.me")]
    if path and path[0] == "s":
        path = path[1:]
    if not path:
        return
    first = path[0]
    invite = first[1:].lstrip() if first[:1] in {"+", " "} else ""
    if first == "joinchat" and len(path) > 1:
        invite = path[1]
    if invite:
        phone = parse_phone("+" + invite) if invite.isdigit() else None
        if phone:
            yield Found("phone", phone, link.span, 0.95, why="link")
        elif _INVITE.fullmatch(invite):
            yield Found("telegram_invite", invite, link.span, 0.99, why="link")
        return
    name = parse_telegram(first)
    if name and name not in _TELEGRAM_OWN:
        yield Found("telegram", name, link.span, 0.99, why="link")


def _of_whatsapp(link: Link) -> Iterator[Found]:
    parts = urlsplit(link.url)
    written = parse_qs(parts.query).get("phone", [""])[0]
    first = parts.path.strip("/").split("/", 1)[0]
    if not written and link.host.endswith("wa.me"):
        written = unquote(first)
    yield from _whatsapp(written, link)


def _of_instagram(link: Link) -> Iterator[Found]:
    path = [unquote(part) for part in link.path.partition("?")[0].split("/") if part]
    if path and path[0] in {"stories", "m", "_u"}:
        path = path[1:]
    name = parse_instagram(path[0]) if path else None
    if name and name not in _INSTAGRAM_OWN:
        yield Found("instagram", name, link.span, 0.99, why="link")


def _of_app(link: Link) -> Iterator[Found]:
    """Addresses of the apps themselves: tg://resolve, whatsapp://send, viber://chat, tel:."""
    address, _, query = link.url.partition("?")
    values = {key.lower(): value[0] for key, value in parse_qs(query).items()}
    if link.scheme == "tg":
        name = parse_telegram(values.get("domain", ""))
        phone = parse_phone("+" + values.get("phone", "").strip().removeprefix("+"))
        if name:
            yield Found("telegram", name, link.span, 0.99, why="link")
        elif _INVITE.fullmatch(values.get("invite", "")):
            yield Found("telegram_invite", values["invite"], link.span, 0.99, why="link")
        elif phone:
            yield Found("phone", phone, link.span, 0.95, why="link")
    elif link.scheme == "whatsapp":
        yield from _whatsapp(values.get("phone", ""), link)
    else:
        written = values.get("number", "") if link.scheme == "viber" else address[len("tel:") :]
        phone = parse_phone(written.replace("/", " "))
        if phone:
            yield Found("phone", phone, link.span, 0.95, why="link")


def _whatsapp(written: str, link: Link) -> Iterator[Found]:
    digits = "".join(c for c in written if c.isascii() and c.isdigit())
    # the service wants the country code without "+"; people write their 8 all the same
    phone = parse_phone(digits if digits[:1] == "8" else "+" + digits) if digits else None
    if phone:
        yield Found("whatsapp", phone, link.span, 0.99, why="link")
