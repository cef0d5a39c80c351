"""When what happened to an advert, so that any two moments can be subtracted.

    times = moments_of(request)
    times["gone"] - times["first_seen"]      # both datetimes, or `times.between("first_seen", "gone")`
    times.online                             # how long it stood there in all, as far as we know

Nothing here is stored: the moments are the request's own, its steps', its reports' and the
sightings'. What has not happened (yet) is None; what is still running is counted up to `until`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

from django.db.models import Min, Q, QuerySet

from tereze.core.clock import now
from tereze.disruption.models import Request
from tereze.disruption.models.request import GONE
from tereze.intake.models import Loss, Report
from tereze.linking.models import Sighting


NAMES = (
    "first_seen",  # the earliest anybody named the advert, here
    "reported",  # the earliest report that names it
    "drafted",
    "captured",
    "approved",
    "sent",
    "acknowledged",
    "acted",  # they say it is done
    "verified",  # our own first look that saw it gone
    "back",  # the last time that it was there again
    "closed",
)


@dataclass(frozen=True)
class Moments:
    at: dict[str, datetime | None]
    online: timedelta  # from first seen until gone, and again whenever it was back
    is_online: bool  # still counting
    reporters: int  # people who reported between first seen and gone
    anonymous: int  # reports without anybody behind them, in the same time
    lost: Decimal  # tenge of those reports
    losses: int
    times_back: int = 0
    spells: tuple[tuple[datetime, datetime | None], ...] = field(default=())

    def __getitem__(self, name: str) -> datetime | None:
        return self.at[name]

    def between(self, earlier: str, later: str) -> timedelta | None:
        """None where one of the two has not happened."""
        start, end = self.at[earlier], self.at[later]
        return end - start if start is not None and end is not None else None

    def differences(self) -> Iterator[tuple[str, str, timedelta]]:
        """Every pair that happened, in the order of `NAMES`."""
        for earlier, later in combinations(NAMES, 2):
            gap = self.between(earlier, later)
            if gap is not None:
                yield earlier, later, gap


def moments_of(request: Request, *, until: datetime | None = None) -> Moments:
    until = until or now()
    reports = reports_about(request)
    seen = named_in(request).aggregate(first=Min("at"))["first"]
    received = min((report.received_at for report in reports), default=None)
    first_seen = min(filter(None, (seen, received, request.created_at)))
    steps = list(request.steps.values_list("event", "at"))
    spells = spells_of(first_seen, steps, request)
    backs = [at for event, at in steps if event == "came_back"]
    between = [r for r in reports if r.received_at <= (request.gone_at or until)]
    lost = [r for r in between if r.loss == Loss.LOST]
    people = {report.reporter_key for report in between if report.reporter_key}
    return Moments(
        at={
            "first_seen": first_seen,
            "reported": received,
            "drafted": request.created_at,
            "captured": request.captured_at,
            "approved": request.approved_at,
            "sent": request.delivered_at,
            "acknowledged": request.acknowledged_at,
            "acted": request.answered_at if request.answer in GONE else None,
            "verified": request.gone_at,
            "back": backs[-1] if backs else None,
            "closed": request.closed_at,
        },
        online=sum(((end or until) - start for start, end in spells), timedelta(0)),
        is_online=bool(spells) and spells[-1][1] is None,
        reporters=len(people),
        anonymous=sum(1 for report in between if not report.reporter_key),
        lost=sum((report.amount or Decimal(0) for report in lost), Decimal(0)),
        losses=len(lost),
        times_back=len(backs),
        spells=tuple(spells),
    )


def spells_of(
    first_seen: datetime, steps: list[tuple[str, datetime]], request: Request
) -> list[tuple[datetime, datetime | None]]:
    """When it stood online, from–to; an open end while it does. Closed unseen counts as unknown:
    its spell ends with the closing, because nobody looked any more."""
    spells: list[tuple[datetime, datetime | None]] = [(first_seen, None)]
    for event, at in steps:
        start, end = spells[-1]
        if event == "seen_gone" and end is None:
            spells[-1] = (start, at)
        elif event == "came_back" and end is not None:
            spells.append((at, None))
    start, end = spells[-1]
    if end is None and request.closed_at is not None:
        spells[-1] = (start, request.closed_at)
    return spells


def named_in(request: Request) -> QuerySet[Sighting]:
    """Where anybody named this very advert: by its listing, or by its address."""
    named = Q(indicator__type="url", indicator__value_key__in=[request.address, request.url])
    if request.listing:
        named |= Q(indicator__type="listing", indicator__value_key=request.listing)
    return Sighting.objects.filter(named, unit=request.unit).exclude(subject_kind="listing")


def reports_about(request: Request) -> list[Report]:
    """Reports that name it, and those for whose sake the request was made."""
    keys = set(
        named_in(request).filter(subject_kind="report").values_list("subject_key", flat=True)
    )
    keys |= set(request.links.filter(kind="report").values_list("key", flat=True))
    rows = Report.objects.filter(unit=request.unit, public_id__in=keys).masked()
    return list(rows.order_by("received_at"))
