"""Finding a request by what people have at hand: its number, the advert's number, the address."""

from typing import TypeVar

from django.db.models import Q, QuerySet

from tereze.disruption.models import Request
from tereze.disruption.recognition import Bases, NotAnAddressError, target_of


LONGEST = 500
Rows = TypeVar("Rows", bound=QuerySet[Request])


def matching(rows: Rows, text: str, bases: Bases) -> Rows:
    """An address in any of its forms leads to the same advert; a part of it will do as well."""
    text = text.strip().removeprefix("№").strip()[:LONGEST]
    if not text:
        return rows
    found = Q(number__contains=text) | Q(listing__contains=text) | Q(address__contains=text)
    try:
        target = target_of(text, bases)
    except NotAnAddressError:
        return rows.filter(found)
    if target.listing:
        found |= Q(listing=target.listing)
    return rows.filter(found | Q(address=target.address))
