"""What linking tells the pages. Who may see a subject is decided by the subject's own app."""

from dataclasses import dataclass
from datetime import datetime

from tereze import indicators
from tereze.linking.identity import identity
from tereze.linking.models import Indicator, Series, Sighting


@dataclass(frozen=True)
class Seen:
    reports: int = 0
    messages: int = 0
    listings: int = 0
    last_at: datetime | None = None
    report_keys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.last_at is not None


@dataclass(frozen=True)
class Shared:
    indicator: Indicator
    kind: str
    key: str
    at: datetime


def row_of(found: indicators.Indicator) -> Indicator | None:
    wanted = identity(found)
    return Indicator.objects.filter(type=wanted.type, value_key=wanted.value_key).first()


def seen_before(found: indicators.Indicator, *, besides: str = "") -> Seen:
    """Where this value was seen, apart from the subject with the key `besides`."""
    row = row_of(found)
    if row is None or row.hub:
        return Seen()
    rows = list(
        row.sightings.exclude(subject_key=besides)
        .order_by("-at")
        .values_list("subject_kind", "subject_key", "at")
    )
    if not rows:
        return Seen()
    count = {
        kind: sum(1 for row in rows if row[0] == kind) for kind in ("report", "message", "listing")
    }
    reports = tuple(key for kind, key, _ in rows if kind == "report")
    return Seen(count["report"], count["message"], count["listing"], rows[0][2], reports[:20])


def shared_with(kind: str, key: str) -> list[Shared]:
    """What else names the indicators of this subject, newest first, at most 200."""
    own = Indicator.objects.of(kind, key).joining()
    others = (
        Sighting.objects.filter(indicator__in=own)
        .exclude(subject_kind=kind, subject_key=key)
        .select_related("indicator")
        .order_by("-at")[:200]
    )
    return [Shared(s.indicator, s.subject_kind, s.subject_key, s.at) for s in others]


def series_of(kind: str, key: str) -> Series | None:
    """The series of this subject, when it holds more than the subject alone."""
    own = Indicator.objects.of(kind, key).joining().exclude(series=None).first()
    if own is None or own.series is None:
        return None
    return own.series if len(members(own.series, limit=2)) > 1 else None


def members(series: Series, *, limit: int = 500) -> list[tuple[str, str]]:
    """(kind, key) of everything in the series, newest first."""
    rows = (
        Sighting.objects.filter(indicator__series=series)
        .order_by("-at")
        .values_list("subject_kind", "subject_key")
    )
    found: dict[tuple[str, str], None] = {}
    for row in rows[: limit * 4].iterator():
        found[row] = None
        if len(found) >= limit:
            break
    return list(found)


def independent_reporters(row: Indicator) -> int:
    """How many different people who can be reached named it in reports. Anonymous ones do not count."""
    return (
        row.sightings.filter(subject_kind="report")
        .exclude(reporter="")
        .values("reporter")
        .distinct()
        .count()
    )
