"""Sellers who come back: one hand, by account or number, with several adverts on one platform."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tereze.accounts.models import Unit
from tereze.disruption.models import Request, Snapshot
from tereze.statistics.lives import Life, in_chunks


@dataclass(frozen=True)
class Seller:
    platform: str
    title: str
    requests: tuple[Request, ...]  # oldest first

    @property
    def listings(self) -> int:
        return len({row.listing or row.address for row in self.requests})


def repeat_sellers(unit: Unit, lives: Sequence[Life]) -> list[Seller]:
    """Those with two or more adverts, the busiest first."""
    by_pk = {life.request.pk: life for life in lives if life.sent}
    hands: dict[tuple[str, str], dict[int, Request]] = defaultdict(dict)
    names: dict[tuple[str, str], str] = {}
    for pk, account, phones, name in in_chunks(list(by_pk), shown):
        life = by_pk[pk]
        if hand := account or next(iter(phones), ""):
            hands[life.platform, hand][pk] = life.request
            names[life.platform, hand] = name or hand
    found = [
        Seller(key[0], names[key], tuple(requests.values())) for key, requests in hands.items()
    ]
    repeated = [seller for seller in found if seller.listings > 1]
    return sorted(repeated, key=lambda seller: -seller.listings)


def shown(pks: list[Any]) -> Iterable[Any]:
    rows = Snapshot.objects.filter(request__in=pks).order_by("request", "at")
    return rows.values_list("request", "seller_key", "phones", "seller")
