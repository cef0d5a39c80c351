"""What the list of reports can be narrowed to. Unknown values narrow nothing."""

from collections.abc import Mapping

from django.db.models import Q

from tereze.detection.typology import SCHEMES
from tereze.indicators import extract
from tereze.intake.models import Channel, ReportQuerySet, State
from tereze.linking.identity import identity
from tereze.linking.models import Sighting


class ReportFilter:
    def __init__(self, query: Mapping[str, str]) -> None:
        self.state = pick(query.get("state"), State.values)
        self.scheme = pick(query.get("scheme"), SCHEMES)
        self.channel = pick(query.get("channel"), Channel.values)
        self.search = (query.get("q") or "").strip()[:200]

    def apply(self, reports: ReportQuerySet) -> ReportQuerySet:
        for name in ("state", "scheme", "channel"):
            if value := getattr(self, name):
                reports = reports.filter(**{name: value})
        if self.search:
            reports = reports.filter(matching(self.search))
        return reports.order_by("-received_at", "-pk")

    def __bool__(self) -> bool:
        return bool(self.state or self.scheme or self.channel or self.search)


def pick(value: str | None, known: object) -> str:
    return value if value and value in known else ""  # type: ignore[operator]


def matching(search: str) -> Q:
    """By number, by КУИ number, or by anything the indicators know how to read."""
    found = Q(number__endswith=search) | Q(kui_number=search)
    items = extract(search)
    if items:
        wanted = Q()
        for item in items:
            known = identity(item)
            wanted |= Q(indicator__type=known.type, indicator__value_key=known.value_key)
        keys = Sighting.objects.filter(wanted, subject_kind="report").values("subject_key")
        found |= Q(public_id__in=keys)
    return found
