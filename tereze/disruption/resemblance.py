"""Which earlier adverts a new one resembles: the search over everything that was captured.

What everybody has says nothing. A number, a photo or a text that adverts without anything else in
common share (a hotline in the page's foot, a maker's stock photo, a phrase from a template) joins
nobody.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from tereze.disruption.likeness import (
    ALIKE,
    SAME_PICTURE,
    bands,
    bits,
    in_common,
    same_offer,
    sketch,
)
from tereze.disruption.models import Photo, Request, Snapshot, Trait
from tereze.linking.models import Indicator


STRONG = ("account", "phone", "photo", "text")
UNRELATED = 5  # more sellers than this who share nothing else: it belongs to everybody
MOST = 400  # earlier readings that are weighed, the newest ones
Kind = Trait.Kind


@dataclass
class Match:
    """One earlier request, and by what its advert resembles this one."""

    request: Request
    how: set[str] = field(default_factory=set)
    photos: int = 0

    @property
    def is_strong(self) -> bool:
        return bool(self.how.intersection(STRONG))


def traits_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """(kind, value) by which it will be found."""
    found = [(Kind.PHONE, phone) for phone in snapshot.phones]
    if snapshot.seller_key:
        found.append((Kind.ACCOUNT, snapshot.seller_key))
    if snapshot.price is not None:
        found.append((Kind.PRICE, f"{snapshot.price:.2f} {snapshot.currency}"))
    found += [(Kind.TEXT, band) for band in bands(snapshot.sketch or sketch(snapshot.text))]
    return [(str(kind), value) for kind, value in dict.fromkeys(found)]


def matches(snapshot: Snapshot) -> list[Match]:
    """Earlier requests whose adverts resemble this one, the strongest first."""
    shared = sharing(snapshot)
    for position, others in photo_matches(snapshot).items():
        shared["photo", str(position)] = others
    wanted = sorted({pk for others in shared.values() for pk in others}, reverse=True)[:MOST]
    rows = earlier(snapshot).filter(pk__in=wanted).select_related("request__partner")
    known = {row.pk: row for row in rows}
    found: dict[int, Match] = {}
    for (kind, _value), others in shared.items():
        near = [known[pk] for pk in others if pk in known and confirms(kind, snapshot, known[pk])]
        if not near or is_everybodys(kind, near):
            continue
        for request in {row.request_id: row.request for row in near}.values():
            match = found.setdefault(request.pk, Match(request))
            match.how.add(kind)
            match.photos += kind == "photo"
    return sorted(found.values(), key=lambda m: (-len(m.how), -m.photos, -m.request.pk))


def earlier(snapshot: Snapshot) -> QuerySet[Snapshot]:
    rows = Snapshot.objects.filter(unit=snapshot.unit).exclude(request=snapshot.request)
    if snapshot.listing:
        rows = rows.exclude(listing=snapshot.listing)
    return rows


def sharing(snapshot: Snapshot) -> dict[tuple[str, str], set[int]]:
    """The readings that share a trait. All bands of a text are one question."""
    own = traits_of(snapshot)
    hubs = everybodys_phones(value for kind, value in own if kind == Kind.PHONE)
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind in Kind.values:
        values = [value for of, value in own if of == kind and value not in hubs]
        rows = Trait.objects.filter(kind=kind, value__in=values, snapshot__in=earlier(snapshot))
        newest = rows.order_by("-snapshot_id").values_list("value", "snapshot_id")[: MOST * 4]
        for value, pk in newest:
            found[kind, "" if kind == Kind.TEXT else value].add(pk)
    return found


def everybodys_phones(phones: Iterable[str]) -> set[str]:
    """Hotlines, and numbers an officer or the figures called too common."""
    rows = Indicator.objects.filter(type="phone", value_key__in=list(phones))
    return {row.value_key for row in rows if row.hub or row.too_common}


def photo_matches(snapshot: Snapshot) -> dict[int, set[int]]:
    """For each of its photos the readings that show the same picture."""
    own = [(p.position, bits(p.pdq)) for p in snapshot.photos.all()]
    hashes = [(position, value) for position, value in own if value is not None]
    found: dict[int, set[int]] = {position: set() for position, _value in hashes}
    if not hashes:
        return found
    others = Photo.objects.filter(snapshot__in=earlier(snapshot)).exclude(pdq="")
    for pdq, pk in others.values_list("pdq", "snapshot_id").iterator(chunk_size=5000):
        other = bits(pdq)
        if other is None:
            continue
        for position, value in hashes:
            if (value ^ other).bit_count() <= SAME_PICTURE:
                found[position].add(pk)
    return found


def confirms(kind: str, one: Snapshot, other: Snapshot) -> bool:
    """A shared band or price is only a hint; the whole is compared."""
    if kind == Kind.TEXT:
        return in_common(one.sketch, other.sketch) >= ALIKE
    if kind == Kind.PRICE:
        return same_offer(one.title, one.price, other.title, other.price)
    return True


def is_everybodys(kind: str, near: list[Snapshot]) -> bool:
    """Whether those who share it are many who share nothing else."""
    groups: list[list[Snapshot]] = []
    for row in near:
        mine = [group for group in groups if any(related(kind, row, each) for each in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([row, *(each for group in mine for each in group)])
    return len(groups) > UNRELATED


def related(besides: str, one: Snapshot, other: Snapshot) -> bool:
    """The same advert, or the same hand by something other than what is being judged."""
    if one.request_id == other.request_id:
        return True
    return (
        (besides != "phone" and bool({*one.phones} & {*other.phones}))
        or (besides != "account" and bool(one.seller_key) and one.seller_key == other.seller_key)
        or (besides != "text" and in_common(one.sketch, other.sketch) >= ALIKE)
    )
