"""Values that everybody mentions: hotlines, the platforms' and banks' own addresses, the police.

They stand in reports of strangers who have nothing to do with each other, so they must never join
them. The lists are in ``data/hubs.toml``.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from tereze.indicators.platforms import listing_of
from tereze.indicators.reading import data


_HUBS = data("hubs")
_PLATFORMS = frozenset(_HUBS["platforms"]["domains"])
_MARKETPLACES = frozenset(_HUBS["platforms"]["marketplaces"])
_STAFF_MAIL = _MARKETPLACES | frozenset(_HUBS["platforms"]["staff_mail"])
_PROFILES = frozenset({"user", "users", "profile", "seller"})  # steps of somebody's page
_HANDLES = {"t.me": "telegram", "telegram.me": "telegram", "instagram.com": "instagram"}
_OFFICIAL = frozenset(entry for entry in _HUBS["official"]["domains"] if "/" not in entry)
_OFFICIAL_PAGES = tuple(entry for entry in _HUBS["official"]["domains"] if "/" in entry)
_PAGES = (*_OFFICIAL_PAGES, *_HUBS["pages"]["beginnings"])
_PREFIXES = tuple(_HUBS["phone"]["prefixes"])
_VALUES = {
    kind: frozenset(_HUBS[kind]["values"])
    for kind in ("phone", "email", "telegram", "instagram", "bin")
}
_SHORT = frozenset(_HUBS["phone"]["short"])


def is_hub(type: str, value: str) -> bool:  # noqa: A002 - the contract's own word
    """Whether an indicator is a hub value, which never joins reports.

    type: one of `model.TYPES`. value: canonical, as in `Indicator.value`; for a phone also a
    short number such as 102.
    """
    if type in {"phone", "whatsapp"}:
        return value in _VALUES["phone"] or value in _SHORT or value.startswith(_PREFIXES)
    if type == "domain":
        return _is_hub_host(value)
    if type == "url":
        return _is_hub_url(value)
    if type == "email":
        host = value.rpartition("@")[2]
        return value in _VALUES["email"] or host in _STAFF_MAIL or _is_official(host)
    return value in _VALUES.get(type, frozenset())


def is_official(host: str) -> bool:
    """Whether *host* (lower case) belongs to the state, a bank, an operator or the press."""
    return _is_official(host)


def _is_hub_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    if _is_official(host) or f"{host}{parts.path}?{parts.query}".startswith(_PAGES):
        return True
    steps = [step for step in parts.path.split("/") if step]
    if host in _HANDLES and len(steps) == 1:
        return is_hub(_HANDLES[host], steps[0].lower())
    if host.removeprefix("m.") in _MARKETPLACES:
        return listing_of(value) is None and not _PROFILES & {*steps}
    return parts.path in {"", "/"} and not parts.query and _is_hub_host(host)


def _is_hub_host(host: str) -> bool:
    host = host.removeprefix("www.").removeprefix("m.")
    return host in _PLATFORMS or _is_official(host)


def _is_official(host: str) -> bool:
    labels = host.split(".")
    return any(
        ".".join(labels[n:]) in _OFFICIAL for n in range(max(0, len(labels) - 5), len(labels))
    )
