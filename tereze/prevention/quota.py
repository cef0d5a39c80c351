"""Keeps the check page from being used to read the base out, number by number.

Whole neighbourhoods share one address of a mobile operator, so an address may ask far more than
one device; texts, in which people describe what happened, are given more room than bare numbers.
Counts rest in the database, because several processes answer; what was asked is stored nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.limits import address_of, device_of
from tereze.prevention.models import CheckCount


HOUR = timedelta(hours=1)
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Limits:
    """Questions an hour: from one device, from one address, from everybody together."""

    device: int
    address: int
    everybody: int


NUMBERS = Limits(device=20, address=150, everybody=3000)
TEXTS = Limits(device=60, address=600, everybody=12000)


def this_hour() -> datetime:
    return now().replace(minute=0, second=0, microsecond=0)


def may_ask(request: HttpRequest, *, texts: int, numbers: int) -> bool:
    """Count one question; False when this device, this address or everybody asked too much."""
    asked = [("text", TEXTS, texts), ("number", NUMBERS, numbers)]
    within = True
    with transaction.atomic():
        for kind, limits, cost in asked:
            if not cost:
                continue
            within &= add(kind, f"device {device_of(request)}", cost) <= limits.device
            within &= (
                add(kind, f"address {network_of(address_of(request))}", cost) <= limits.address
            )
            within &= add(kind, EVERYBODY, cost) <= limits.everybody
    return within


def network_of(address: str) -> str:
    """Of IPv6 the first half: a home is given all of the rest, and could walk through it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def add(kind: str, who: str, cost: int) -> int:
    key, hour = keyed_hash(f"{kind} {who}", purpose="check"), this_hour()
    CheckCount.objects.bulk_create([CheckCount(key=key, hour=hour)], ignore_conflicts=True)
    row = CheckCount.objects.filter(key=key, hour=hour)
    row.update(count=F("count") + cost)
    return row.get().count


def forget_old_counts() -> None:
    CheckCount.objects.filter(hour__lt=now() - 2 * HOUR).delete()


def next_hour() -> datetime:
    return this_hour() + HOUR
