"""Minutes from delivery to our own first look that saw the page gone.

What is still there counts too, as "at least so long" (`tereze.disruption.durations`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.core.wording import span
from tereze.disruption.durations import Time, quantile, rounded
from tereze.disruption.kinds import LOOKED_AT
from tereze.disruption.models import Request, State
from tereze.indicators.platforms import PLATFORMS


__all__ = [
    "Removal",
    "Time",
    "minutes_said",
    "quantile",
    "removal_minutes",
    "removal_requests",
    "rounded",
    "seen_gone",
    "still_there",
    "time_of",
]

OVER = (State.VERIFIED, State.CLOSED)


@dataclass(frozen=True)
class Removal:
    delivered: int  # notices
    n: int  # seen gone
    open: int  # still there, or there again
    median: float | None  # None: fewer than half are gone yet
    p90: float | None


def removal_minutes(requests: Iterable[Request]) -> dict[str, Removal]:
    by_platform: dict[str, list[Time]] = {slug: [] for slug in PLATFORMS}
    still_open: dict[str, int] = {}
    for request in requests:
        platform = request.partner.platform or request.partner.slug
        if (time := time_of(request)) is not None:
            by_platform.setdefault(platform, []).append(time)
        if request.state not in OVER:
            still_open[platform] = still_open.get(platform, 0) + 1
    return {
        platform: Removal(
            delivered=len(times),
            n=sum(time.gone for time in times),
            open=still_open.get(platform, 0),
            median=rounded(quantile(times, Fraction(1, 2))),
            p90=rounded(quantile(times, Fraction(9, 10))),
        )
        for platform, times in by_platform.items()
    }


def removal_requests(unit: Unit) -> QuerySet[Request]:
    """Delivered requests whose outcome can be seen from outside."""
    return (
        Request.objects.filter(unit=unit, kind__in=LOOKED_AT, delivered_at__isnull=False)
        .select_related("partner")
        .order_by("-delivered_at")
    )


def seen_gone(requests: QuerySet[Request]) -> QuerySet[Request]:
    return requests.filter(gone_at__isnull=False)


def still_there(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Still, or again: what came back counts here too, and its first removal stays a measured one."""
    return requests.exclude(state__in=OVER)


def time_of(request: Request) -> Time | None:
    if request.delivered_at is None:
        return None
    end = request.gone_at or request.closed_at or now()
    minutes = max(0.0, (end - request.delivered_at).total_seconds() / 60)
    return Time(minutes, gone=request.gone_at is not None)


def minutes_said(minutes: float) -> str:
    return span(round(minutes) * 60)
