"""Questions other pages ask about requests."""

from collections.abc import Iterable

from tereze.accounts.models import Unit
from tereze.disruption.models import Request, State
from tereze.linking.reads import shared_with


def probably_again(request: Request) -> list[Request]:
    """Other adverts, verified gone, that share a number with this one: likely the same again."""
    return gone_sharing("listing", request.listing or request.address, request.unit)


def gone_sharing(kind: str, key: str, unit: Unit) -> list[Request]:
    """Adverts verified gone that share an indicator with this report, message or listing."""
    others = {shared.key for shared in shared_with(kind, key) if shared.kind == "listing"}
    return gone_listings(others - {key}, unit)


def gone_listings(keys: Iterable[str], unit: Unit) -> list[Request]:
    rows = Request.objects.filter(unit=unit, state__in=[State.VERIFIED, State.CLOSED])
    return list(
        rows.filter(gone_at__isnull=False, listing__in=list(keys)).select_related("partner")[:10]
    )
