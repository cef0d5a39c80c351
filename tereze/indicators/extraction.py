"""From a text to its indicators: each family in turn, each seeing what earlier ones left.

The order settles who gets a stretch of text: wallets; e-mail addresses, links and handles; then
account numbers and plates; then runs of digits (card before identification number before
phone). What is taken is masked, so the digits of a link make no phone.

A link to an advert, an account or a messenger yields both: the `url` and what it leads to, with
the same span, because a request needs the first and linking the second. A host written without
scheme and path is a `domain`; a root address with a scheme is both `url` and `domain`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from tereze.indicators.digits import MASK, Run, digit_view, runs
from tereze.indicators.folding import Folded, fold
from tereze.indicators.glance import (
    ACCOUNTS,
    ADDRESSES,
    DICTATED,
    DIGITS,
    DRESSED,
    EVERYTHING,
    NAMES,
    PLATES,
    WALLETS,
    glance,
)
from tereze.indicators.handles import find_handles, find_named, handles_of
from tereze.indicators.ids import find_plates, read_id
from tereze.indicators.links import Email, Link, find_emails, find_links, led_to
from tereze.indicators.lookalikes import imitated_by, is_genuine, shown_first
from tereze.indicators.model import TYPES, Found, Indicator
from tereze.indicators.money import find_ibans, read_card
from tereze.indicators.phones import read_phone
from tereze.indicators.platforms import listing_of
from tereze.indicators.spelled import spelled_out
from tereze.indicators.wallets import find_wallets


_CODES = ACCOUNTS | PLATES
SHORTEST = 8
"""Digits of the shortest number looked for: an international telephone number."""


def extract(text: str) -> list[Indicator]:
    """Every indicator of *text*, sorted by span.

    text: anything, however hostile; the work is linear in its length. Never raises.
    Returns spans as character offsets into *text*, and ``text[start:end]`` as ``raw``.
    """
    return extract_from(fold(text))


def extract_from(folded: Folded) -> list[Indicator]:
    """What `extract` returns, of a text that was folded already."""
    families = glance(folded.text)
    return _found(folded, families) if families else []


def extract_thoroughly(text: str) -> list[Indicator]:
    """What `extract` returns, found without a glance first: the yardstick of its tests."""
    return _found(fold(text), EVERYTHING)


def _found(folded: Folded, families: int) -> list[Indicator]:
    text = folded.original
    found = list(_find(folded, families))
    if len(found) > 1:
        found = sorted(set(found), key=lambda f: (*f.span, TYPES.index(f.type)))
    return [
        Indicator(f.type, f.value, text[f.span[0] : f.span[1]], f.span, f.confidence, f.note, f.why)
        for f in found
    ]


def _find(folded: Folded, families: int) -> Iterator[Found]:
    # before links are masked: a link to an explorer of payments ends with the wallet
    wallets = list(find_wallets(folded)) if families & WALLETS else []
    yield from wallets
    for find, needed, later in _STEPS:
        if families & needed:
            found = list(find(folded, families))
            yield from found
            if families & later:
                folded = _masked(folded, [one.span for one in found])
    if families & DIGITS:
        yield from _find_numbers(_masked(folded, [one.span for one in wallets]), families)


def _find_addresses(folded: Folded, families: int) -> Iterator[Found]:
    view = spelled_out(folded)
    if families & ADDRESSES:
        emails = list(find_emails(view))
        for email in emails:
            yield from _of_email(email)
        view = _masked(view, [email.span for email in emails])
    if families & NAMES:
        named = list(find_named(view))
        yield from named
        view = _masked(view, [found.span for found in named])
    if families & ADDRESSES:
        links = list(find_links(view))
        for link in links:
            yield from _of_link(link)
            target = led_to(link)
            if target:
                yield from _of_link(target)
        view = _masked(view, [link.span for link in links])
    if families & NAMES:
        yield from find_handles(view)


def _of_email(email: Email) -> Iterator[Found]:
    yield Found("email", email.value, email.span, 0.98, why="address")
    yield from _lookalike(email.host, email.host_span)


def _of_link(link: Link) -> Iterator[Found]:
    if link.written != link.host and is_genuine(link.host):
        # nobody hides the bank's own address: this is another host that looks like it
        url = link.url.replace(link.host, link.written, 1)
        link = replace(link, host=link.written, url=url)
    yield from handles_of(link)
    if not link.host:
        return
    if link.scheme or link.given_path:
        confidence, why = (0.99, "scheme") if link.scheme else (0.95, "ending+path")
        yield Found("url", link.url, link.span, confidence, why=why)
    if not link.given_path:
        confidence, why = (0.95, "scheme") if link.scheme else (0.85, "ending")
        yield Found("domain", link.host, link.span, confidence, why=why)
    listing = listing_of(link.url) if link.given_path else None
    if listing:
        yield Found("listing", ":".join(listing), link.span, 0.99, why="own_host")
    yield from _lookalike(link.host, link.host_span, shown=link.user)


def _lookalike(host: str, span: tuple[int, int], shown: str = "") -> Iterator[Found]:
    """*shown* is what an address shows before "@": https://kaspi.kz@evil.top leads to evil.top."""
    imitated = imitated_by(host) or shown_first(shown)
    if imitated:
        yield Found("lookalike", host, span, imitated.confidence, imitated.domain, imitated.how)


def _find_codes(folded: Folded, families: int) -> Iterator[Found]:
    """Letters and digits together: account numbers, number plates."""
    if families & ACCOUNTS:
        yield from find_ibans(folded)
    if families & PLATES:
        yield from find_plates(folded)


_STEPS = (
    (_find_addresses, ADDRESSES | NAMES, _CODES | DIGITS),
    (_find_codes, _CODES, DIGITS),
)
"""What looks for families, which ones, and for which others it masks what it found."""


def _find_numbers(masked: Folded, families: int) -> Iterator[Found]:
    dictated, dressed = bool(families & DICTATED), bool(families & (DRESSED | DICTATED))
    view = digit_view(masked, dictated=dictated, dressed=dressed)
    for run in runs(view, SHORTEST):
        group = 0
        while group < len(run.groups):
            used, found = _read_number(view, run, group)
            if found:
                yield found
            group += used


def _read_number(view: Folded, run: Run, first: int) -> tuple[int, Found | None]:
    """The number that begins with a group, and how many groups it takes (one if there is none)."""
    card = read_card(run, first)
    if card:
        span = _span(view, run, first, card.groups)
        return card.groups, Found("card", card.value, span, card.confidence, why=card.why)
    owner = read_id(run, first)
    if owner:
        span = _span(view, run, first, owner.groups)
        return owner.groups, Found(owner.type, owner.value, span, owner.confidence, why=owner.why)
    phone = read_phone(run, first)
    if phone:
        span = _span(view, run, first, phone.groups, lead=phone.lead)
        return phone.groups, Found("phone", phone.value, span, phone.confidence, why=phone.why)
    return 1, None


def _span(view: Folded, run: Run, first: int, groups: int, lead: int = 0) -> tuple[int, int]:
    return view.span(run.groups[first][0] - lead, run.groups[first + groups - 1][1])


def _masked(folded: Folded, spans: Collection[tuple[int, int]]) -> Folded:
    """The same copy with what lies in *spans* of the original made unreadable."""
    if not spans:
        return folded
    text = folded.text
    pieces: list[str] = []
    at = 0
    for start, end in sorted(folded.cover(*span) for span in spans):
        if end > at:
            pieces += [text[at:start], MASK * (end - max(at, start))]
            at = end
    return Folded("".join([*pieces, text[at:]]), folded.offsets, folded.original)
