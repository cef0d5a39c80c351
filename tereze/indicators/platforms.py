"""How the classifieds sites of Kazakhstan address an advert.

A listing is known by ``platform:id``, because ids of different sites overlap. Only the sites' own
hosts count: an address that merely contains "olx" is somebody else's (see `lookalikes`).

- OLX: ``olx.kz/d/obyavlenie/<slug>-ID<code>.html``, older without ``/d/``, Kazakh with ``/kk/``,
  ``m.olx.kz``, shops on their own sub-domains. The code is case-sensitive.
- Kolesa and Krisha: ``/a/show/<number>`` on the site, its mobile host, and with a language prefix.
- Kaspi Объявления: ``obyavleniya.kaspi.kz/a/<slug>-<number>``. Shop pages of ``kaspi.kz`` are
  no adverts of private persons and do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Platform:
    """One classifieds site.

    slug: the name before the colon of a listing. name: as people call it. domain: its address;
    sub-domains are its own too, except *not_listing*. path: what the path of an advert looks
    like, with the group ``id``. address: canonical address for an id.
    """

    slug: str
    name: str
    domain: str
    path: re.Pattern[str]
    address: str
    not_listing: frozenset[str] = frozenset()

    def owns(self, host: str) -> bool:
        """Whether *host* (lower case) is the site's own."""
        return host == self.domain or host.endswith("." + self.domain)


_LANGUAGE = r"(?:/(?:kk|kz|kaz|ru|rus|en))?"

PLATFORMS = {
    platform.slug: platform
    for platform in (
        Platform(
            "olx",
            "OLX.kz",
            "olx.kz",
            re.compile(
                rf"(?:/d|/i2)?{_LANGUAGE}(?:/d)?/(?:obyavlenie|habarlandyru|ad|offer)/"
                r"(?:[^/]*-)?ID(?P<id>[0-9A-Za-z]{4,10})(?:\.html)?/?"
            ),
            "https://www.olx.kz/d/obyavlenie/ID{id}.html",
            frozenset({"help.olx.kz", "blog.olx.kz"}),
        ),
        Platform(
            "kolesa",
            "Kolesa.kz",
            "kolesa.kz",
            re.compile(rf"{_LANGUAGE}/a/show/(?P<id>\d{{5,12}})(?:[/-][^/]*)?/?"),
            "https://kolesa.kz/a/show/{id}",
        ),
        Platform(
            "krisha",
            "Krisha.kz",
            "krisha.kz",
            re.compile(rf"{_LANGUAGE}/a/show/(?P<id>\d{{5,12}})(?:[/-][^/]*)?/?"),
            "https://krisha.kz/a/show/{id}",
        ),
        Platform(
            "kaspi",
            "Kaspi Объявления",
            "obyavleniya.kaspi.kz",
            re.compile(rf"{_LANGUAGE}/a/(?:show/)?(?:[^/]*-)?(?P<id>\d{{5,12}})/?"),
            "https://obyavleniya.kaspi.kz/a/{id}",
        ),
    )
}
"""The sites by slug, in the order in which they are shown."""


def listing_of(url: str) -> tuple[str, str] | None:
    """The ``(platform, id)`` an address leads to, or None if it is no listing of a genuine site.

    url: an address with or without scheme; query and fragment do not matter. Never raises.

    >>> listing_of("https://m.olx.kz/d/obyavlenie/iphone-13-IDr9sfK.html?reason=x#promoted")
    ('olx', 'r9sfK')
    """
    written = url.lower()
    if not any(platform.domain in written for platform in PLATFORMS.values()):
        return None
    parts = _split(url)
    if parts is None:
        return None
    host, path = parts
    for platform in PLATFORMS.values():
        if platform.owns(host) and host not in platform.not_listing:
            match = platform.path.fullmatch(path)
            if match:
                return platform.slug, match["id"]
    return None


def listing_address(platform: str, id: str) -> str:  # noqa: A002 - the contract's own word
    """The address by which a listing is opened when only ``platform`` and ``id`` are known.

    Raises KeyError for a platform that is not in `PLATFORMS`.
    """
    return PLATFORMS[platform].address.format(id=id)


def canonical_listing_url(url: str) -> str | None:
    """A listing's address without query, fragment, mobile host and language, or None.

    An OLX address keeps its slug, because the site itself writes it so.
    """
    listing = listing_of(url)
    parts = _split(url)
    if listing is None or parts is None:
        return None
    platform, number = listing
    if platform == "olx":
        return f"https://www.olx.kz/d/obyavlenie/{parts[1].rstrip('/').rsplit('/', 1)[1]}"
    return listing_address(platform, number)


def _split(url: str) -> tuple[str, str] | None:
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else "https://" + url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    return host.removeprefix("www."), re.sub(r"/{2,}", "/", unquote(parts.path))
