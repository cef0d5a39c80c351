"""One value typed by a person into a field that says what it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from tereze.indicators.digits import digit_view
from tereze.indicators.folding import fold
from tereze.indicators.handles import (
    handles_of,
    parse_instagram,
    parse_invite,
    parse_telegram,
)
from tereze.indicators.ids import parse_bin, parse_iin, parse_plate
from tereze.indicators.links import parse_email, parse_link
from tereze.indicators.lookalikes import imitated_by
from tereze.indicators.model import Indicator
from tereze.indicators.money import parse_card, parse_iban
from tereze.indicators.phones import parse_phone
from tereze.indicators.platforms import PLATFORMS, listing_of
from tereze.indicators.wallets import parse_wallet


_LISTING = re.compile(rf"(?P<platform>{'|'.join(PLATFORMS)})\s*:\s*(?P<id>[0-9A-Za-z]{{4,12}})")


def normalise(type: str, value: str) -> Indicator | None:  # noqa: A002 - the contract's own word
    """The indicator that *value* is, if it is one of *type*; None if it cannot be.

    A field says what is in it, so less is asked than of running text: ten digits are a phone,
    a bare word is an account's name.

    type: one of `model.TYPES`. value: as typed, with spaces and disguise.
    Raises ValueError for a type that does not exist.

    >>> normalise("phone", "701 123 45 67").value
    '+77011234567'
    """
    if type not in _PARSERS:
        raise ValueError(f"there is no indicator type {type!r}")
    text = fold(value).text.strip()
    canonical = _PARSERS[type](text) if text else None
    if canonical is None:
        return None
    note = (imitated_by(canonical) or ("", 0))[0] if type == "lookalike" else ""
    return Indicator(type, canonical, value, (0, len(value)), 1.0, note)


def _digits(parse: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """A parser of numbers that also takes dictated and lookalike digits."""
    return lambda text: parse(digit_view(fold(text)).text)


def _handle(
    kind: str, parse: Callable[[str], str | None] | None = None
) -> Callable[[str], str | None]:
    """A parser of what an address leads to, or of the bare name."""

    def read(text: str) -> str | None:
        link = parse_link(text)
        led = [found.value for found in handles_of(link) if found.type == kind] if link else []
        if led:
            return led[0]
        return parse(text) if parse else None

    return read


def _url(text: str) -> str | None:
    link = parse_link(text)
    return link.url if link and link.host else None


def _host(text: str) -> str | None:
    link = parse_link(text)
    return link.host if link and link.host else None


def _lookalike(text: str) -> str | None:
    host = _host(text)
    return host if host and imitated_by(host) else None


def _listing(text: str) -> str | None:
    match = _LISTING.fullmatch(text)
    if match:
        return f"{match['platform']}:{match['id']}"
    link = parse_link(text)
    listing = listing_of(link.url) if link else None
    return ":".join(listing) if listing else None


def _wallet(kind: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        wallet = parse_wallet(text)
        return wallet[1] if wallet and wallet[0] == kind else None

    return read


_PARSERS: dict[str, Callable[[str], str | None]] = {
    "phone": _digits(parse_phone),
    "whatsapp": _handle("whatsapp", _digits(parse_phone)),
    "card": _digits(parse_card),
    "iban": parse_iban,
    "iin": _digits(parse_iin),
    "bin": _digits(parse_bin),
    "url": _url,
    "domain": _host,
    "email": parse_email,
    "telegram": _handle("telegram", parse_telegram),
    "telegram_invite": _handle("telegram_invite", parse_invite),
    "instagram": _handle("instagram", parse_instagram),
    "listing": _listing,
    "btc": _wallet("btc"),
    "eth": _wallet("eth"),
    "trx": _wallet("trx"),
    "plate": parse_plate,
    "lookalike": _lookalike,
}
