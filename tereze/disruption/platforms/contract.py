"""What a platform's folder tells: how its pages are read and what "gone" looks like there.

Addresses of adverts are known to `tereze.indicators.platforms` under the same slug, because chats
and reports are searched for them too. Phrases are compared without regard to case; a phrase counts
only as a heading, a title, or a piece of text of its own, and never when the page already showed it
while the advert was there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True)
class Listing:
    """An advert's page as it was read. What could not be read is empty."""

    title: str = ""
    price: Decimal | None = None
    currency: str = ""
    seller: str = ""
    seller_key: str = ""  # the account, as the platform names it in its addresses
    phones: tuple[str, ...] = ()  # E.164
    text: str = ""
    photos: tuple[str, ...] = ()  # addresses of the full pictures, in the page's order


@dataclass(frozen=True)
class Platform:
    slug: str
    name: str
    gone: tuple[str, ...]  # "not found" pages that answer 200
    read: Callable[[str, str], Listing]  # (html, url): never raises
    partner: Path | None = None  # who answers there, and by when: partner.toml
    archived: tuple[str, ...] = ()  # the advert's page stays, marked as withdrawn
    mobile: str = ""  # the host of its mobile version, where it has one
    pace: float | None = None  # seconds between our looks, where they asked for a slower one
