"""Sellers who come back: adverts of one hand, joined by account, number, photos or words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from tereze.accounts.models import Unit
from tereze.disruption.models import Likeness, Request, Snapshot, Trait
from tereze.disruption.platforms import platform
from tereze.disruption.resemblance import everybodys_phones


@dataclass(frozen=True)
class RepeatSeller:
    """One hand on one platform, with more than one advert that we asked to remove."""

    platform: str
    names: tuple[str, ...]  # as the adverts showed them
    accounts: tuple[str, ...]
    phones: tuple[str, ...]
    requests: tuple[Request, ...]  # oldest first
    first_at: datetime
    last_at: datetime

    @property
    def title(self) -> str:
        """What a person calls them: the names, or whatever is known instead."""
        return ", ".join(self.names or self.phones[:1] or self.accounts[:1]) or "—"

    @property
    def listings(self) -> int:
        return len({request.listing or request.address for request in self.requests})


def platforms_with_sellers(unit: Unit) -> dict[str, str]:
    slugs = (
        Snapshot.objects.filter(unit=unit).exclude(platform="").values_list("platform", flat=True)
    )
    return {slug: platform(slug).name or slug for slug in sorted(set(slugs.order_by().distinct()))}


def repeat_sellers(
    unit: Unit, platform: str, *, since: datetime | None = None
) -> list[RepeatSeller]:
    """Those with two and more different adverts in requests that were sent, the busiest first."""
    rows = Snapshot.objects.filter(
        unit=unit, platform=platform, request__delivered_at__isnull=False
    ).select_related("request__partner")
    if since is not None:
        rows = rows.filter(request__delivered_at__gte=since)
    hands: dict[int, list[Snapshot]] = defaultdict(list)
    readings = list(rows)
    root_of = joined(readings)
    for row in readings:
        hands[root_of[row.request_id]].append(row)
    found = [seller_of(platform, hand) for hand in hands.values()]
    repeated = [seller for seller in found if seller.listings > 1]
    return sorted(repeated, key=lambda seller: (-seller.listings, -seller.last_at.timestamp()))


def joined(readings: list[Snapshot]) -> dict[int, int]:
    """Request → the first request of the same hand."""
    parent = {row.request_id: row.request_id for row in readings}

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(one: int, other: int) -> None:
        if one in parent and other in parent:
            parent[root(one)] = root(other)

    first: dict[tuple[str, str], int] = {}
    traits = Trait.objects.filter(snapshot__in=readings, kind__in=["account", "phone"])
    pairs = list(traits.values_list("kind", "value", "snapshot__request"))
    hubs = everybodys_phones(value for kind, value, _pk in pairs if kind == "phone")
    for kind, value, pk in pairs:
        if kind == "account" or value not in hubs:
            join(pk, first.setdefault((kind, value), pk))
    strong = Likeness.objects.filter(is_strong=True, request__in=list(parent))
    for one, other in strong.values_list("request", "other"):
        join(one, other)
    return {key: root(key) for key in parent}


def seller_of(platform: str, hand: list[Snapshot]) -> RepeatSeller:
    requests = {row.request_id: row.request for row in hand}
    ordered = sorted(requests.values(), key=lambda request: request.created_at)
    return RepeatSeller(
        platform=platform,
        names=tuple(dict.fromkeys(row.seller for row in hand if row.seller)),
        accounts=tuple(dict.fromkeys(row.seller_key for row in hand if row.seller_key)),
        phones=tuple(dict.fromkeys(phone for row in hand for phone in row.phones)),
        requests=tuple(ordered),
        first_at=ordered[0].created_at,
        last_at=ordered[-1].created_at,
    )
