"""Minutes to removal, as nobody publishes them: from delivery to our own first look "gone"."""

from dataclasses import dataclass
from datetime import datetime

from tereze.accounts.models import Unit
from tereze.disruption.models import Request, State


@dataclass(frozen=True)
class Removal:
    """`n` were seen gone; `open` are still waited for and would only make the times longer."""

    n: int
    open: int
    median: float | None
    p90: float | None


def removal_minutes(unit: Unit, since: datetime) -> dict[str, Removal]:
    """Per platform, for removals delivered since then. A partner without a plug-in goes by slug."""
    asked = Request.objects.filter(
        unit=unit, kind="remove_listing", delivered_at__gte=since
    ).values_list("partner__platform", "partner__slug", "delivered_at", "gone_at", "state")
    minutes: dict[str, list[float]] = {}
    still_open: dict[str, int] = {}
    for platform, slug, delivered_at, gone_at, state in asked:
        if delivered_at is None:
            continue  # the filter has left these out; the type checker cannot know
        name = platform or slug
        times = minutes.setdefault(name, [])
        if gone_at is not None:
            times.append((gone_at - delivered_at).total_seconds() / 60)
        elif state != State.CLOSED:
            still_open[name] = still_open.get(name, 0) + 1
    return {
        name: Removal(
            n=len(times),
            open=still_open.get(name, 0),
            median=quantile(times, 0.5),
            p90=quantile(times, 0.9),
        )
        for name, times in sorted(minutes.items())
    }


def quantile(values: list[float], share: float) -> float | None:
    """Linear between neighbours; rounded to a tenth of a minute."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 1)
