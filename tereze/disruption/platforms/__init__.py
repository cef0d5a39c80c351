"""The platforms whose pages Tereze can read. A new one is a folder and one line here."""

import logging
from dataclasses import replace
from typing import Any

from tereze.disruption.pages import sound
from tereze.disruption.platforms import generic, kaspi, kolesa, krisha, olx
from tereze.disruption.platforms.contract import Listing, Platform


log = logging.getLogger(__name__)
PLATFORMS: dict[str, Platform] = {
    platform.slug: platform
    for platform in (
        olx.PLATFORM,
        kolesa.PLATFORM,
        krisha.PLATFORM,
        kaspi.PLATFORM,
    )
}
GENERIC = generic.PLATFORM


def platform(slug: str) -> Platform:
    """The plug-in of that name; what holds for any site where there is none."""
    return PLATFORMS.get(slug, GENERIC)


def read(slug: str, html: str, url: str) -> Listing:
    """The advert on this page, as far as it can be read. Never raises: a platform's reader that
    stumbles over a redesign or over a fraudster's markup is replaced by what holds for any site."""
    try:
        listing = platform(slug).read(html, url)
    except Exception:
        log.exception("the reader of %s failed on a page", slug)
        listing = GENERIC.read(html, url)
    return only_sound(listing)


def only_sound(listing: Listing) -> Listing:
    """What a page embeds as data may hold what no page can show."""
    kept: dict[str, Any] = {
        name: sound(value) if isinstance(value, str) else tuple(map(sound, value))
        for name, value in vars(listing).items()
        if isinstance(value, str | tuple)
    }
    return replace(listing, **kept)


__all__ = ["GENERIC", "PLATFORMS", "Listing", "Platform", "platform", "read"]
