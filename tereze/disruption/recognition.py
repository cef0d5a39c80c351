"""Which platform an address belongs to, and under which address it is opened."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from tereze.indicators.platforms import PLATFORMS, canonical_listing_url, listing_of


LONGEST = 2000
# where people are led besides adverts, by the partner who answers for it
NETWORKS = {
    "t.me": "telegram",
    "telegram.me": "telegram",
    "telegram.dog": "telegram",
    "wa.me": "whatsapp",
    "whatsapp.com": "whatsapp",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "tiktok.com": "tiktok",
}
PUBLICATION = re.compile(r"/(s/)?\w+/\d+/?|/(p|reel|tv)/[\w-]+/?|/@[\w.]+/video/\d+/?")
Bases = Mapping[str, Sequence[str]]  # platform -> further places where its pages stand


class NotAnAddressError(ValueError):
    """This text is no address of a page."""


@dataclass(frozen=True)
class Target:
    address: str  # what is opened
    platform: str = ""
    listing: str = ""  # "olx:r9sfK"
    kind: str = "remove_listing"  # what one would ask its owner for


def target_of(url: str, bases: Bases) -> Target:
    """Read an address as people paste it. Raises NotAnAddressError for what is none."""
    address = tidy(url)
    for slug, places in bases.items():
        for place in places:
            base = place.rstrip("/")
            # an indicator's canonical form says https whatever the page itself speaks
            rest = without_scheme(address).removeprefix(without_scheme(base) + "/")
            if rest != without_scheme(address):
                return on_base(f"{base}/{rest}", slug, base)
    found = listing_of(address)
    if found:
        slug, number = found
        return Target(canonical_listing_url(address) or address, slug, f"{slug}:{number}")
    host = urlsplit(address).hostname or ""
    owner = next((p.slug for p in PLATFORMS.values() if p.owns(host)), "")
    return Target(address, owner) if owner else on_network(address, host)


def on_network(address: str, host: str) -> Target:
    """An account or a publication of a social network or messenger; any other site has no owner
    that we know."""
    owner = next((NETWORKS[own] for own in NETWORKS if host == own or host.endswith(f".{own}")), "")
    if not owner:
        return Target(address)
    is_publication = PUBLICATION.fullmatch(urlsplit(address).path)
    return Target(address, owner, kind="delete_message" if is_publication else "close_account")


def without_scheme(address: str) -> str:
    return address.partition("://")[2]


def on_base(address: str, slug: str, base: str) -> Target:
    """A page that stands elsewhere is read as if it stood on the platform's own site."""
    own = f"https://{PLATFORMS[slug].domain}" if slug in PLATFORMS else ""
    genuine = own + address.removeprefix(base)
    found = listing_of(genuine) if own else None
    if found is None:
        return Target(address, slug)
    # query and fragment say where the reader came from, not which advert it is
    plain = urlunsplit(urlsplit(address)._replace(query="", fragment=""))
    return Target(plain, slug, f"{slug}:{found[1]}")


def tidy(url: str) -> str:
    text = url.strip().strip("<>«»\"'()[],;").rstrip(".")
    if not text or len(text) > LONGEST or any(char.isspace() for char in text):
        raise NotAnAddressError(url[:80])
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise NotAnAddressError(url[:80]) from error
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not host or parts.username is not None:
        raise NotAnAddressError(url[:80])
    if "." not in host and host != "localhost":
        raise NotAnAddressError(url[:80])
    return urlunsplit(
        parts._replace(
            scheme=scheme, netloc=parts.netloc.lower(), path=parts.path or "/", fragment=""
        )
    )
