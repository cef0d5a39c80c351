"""The same page for a desktop, a phone and a declared robot: where what they saw differs.

Only what two vantages both show and show differently is a difference; what one of them does not
show at all may simply need scripts or a click. That a page is there for one and gone for another is
the difference that matters most. Plain functions.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from tereze.disruption.platforms import Listing
from tereze.disruption.verification import Verdict, folded


DESKTOP, PHONE, ROBOT = "desktop", "mobile", "robot"
ALIKE = 0.6  # of the shorter description's pairs of words
WORD = re.compile(r"\w+")
OURS = {"browser", "memory", "hung", "timeout", "network", "dns"}  # nothing was seen
COMPARED = 20_000  # characters
SHOWN = 300
Difference = dict[str, str]  # "field", and what each vantage shows


@dataclass(frozen=True)
class Sight:
    """One vantage, and what was read from there."""

    name: str
    verdict: Verdict
    listing: Listing


@dataclass(frozen=True)
class Field:
    name: str
    shown: Callable[[Listing], str]
    same: Callable[[Listing, Listing], bool]


def price_of(listing: Listing) -> str:
    price = listing.price
    if price is None:
        return ""
    whole = price == price.to_integral_value()
    return f"{price:.0f} {listing.currency}" if whole else f"{price:.2f} {listing.currency}"


def alike(one: str, other: str) -> bool:
    """By pairs of neighbouring words: the time grows with the text's length, not with its square."""
    first, second = pairs_of(one), pairs_of(other)
    fewer = min(len(first), len(second))
    return fewer == 0 or len(first & second) >= ALIKE * fewer


def pairs_of(text: str) -> set[tuple[str, str]]:
    return set(pairwise(WORD.findall(folded(text)[:COMPARED])))


def files_of(photos: Sequence[str]) -> set[str]:
    """Names without host, size and query: each screen is sent its own size of one picture."""
    return {urlsplit(photo).path.rpartition(";")[0] or urlsplit(photo).path for photo in photos}


def share(one: Sequence[str], other: Sequence[str]) -> bool:
    return not set(one).isdisjoint(other)


def share_photos(one: Listing, other: Listing) -> bool:
    return share([*files_of(one.photos)], [*files_of(other.photos)])


FIELDS = (
    Field("title", lambda page: page.title, lambda a, b: folded(a.title) == folded(b.title)),
    Field("price", price_of, lambda a, b: a.price == b.price),
    Field("seller", lambda page: page.seller, lambda a, b: folded(a.seller) == folded(b.seller)),
    Field("phone", lambda page: ", ".join(page.phones), lambda a, b: share(a.phones, b.phones)),
    Field("text", lambda page: page.text, lambda a, b: alike(a.text, b.text)),
    Field("photos", lambda page: " ".join(sorted(files_of(page.photos))), share_photos),
)


def differences(sights: Sequence[Sight]) -> list[Difference]:
    """Each field in which one vantage differs from the first."""
    found = []
    sights = [sight for sight in sights if sight.verdict.why not in OURS]
    if not sights or sights[0].name != DESKTOP:
        return []
    outcomes = {sight.name: str(sight.verdict) for sight in sights}
    if len({sight.verdict.outcome for sight in sights}) > 1:
        found.append({"field": "outcome", **outcomes})
    first = sights[0]
    there = [s for s in sights[1:] if s.verdict.outcome == first.verdict.outcome]
    for field in FIELDS:
        differing = [s for s in there if differs(field, first.listing, s.listing)]
        if differing:
            shown = {s.name: field.shown(s.listing)[:SHOWN] for s in [first, *there]}
            found.append({"field": field.name, **shown})
    return found


def differs(field: Field, one: Listing, other: Listing) -> bool:
    return bool(field.shown(one) and field.shown(other)) and not field.same(one, other)


def as_evidence(sights: Sequence[Sight], found: Sequence[Difference]) -> dict[str, Any]:
    """For a person who opens the file: what each vantage was answered, and what differs."""
    return {
        "vantages": [
            {
                "vantage": sight.name,
                "outcome": str(sight.verdict),
                **{field.name: field.shown(sight.listing) for field in FIELDS},
            }
            for sight in sights
        ],
        "differences": list(found),
    }
