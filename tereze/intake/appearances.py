"""Where else the indicators of a report were seen, as far as the reader may know it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tereze.accounts.models import User
from tereze.intake.asking import Person, whom_to_ask
from tereze.intake.models import Report
from tereze.linking.models import Indicator, Sighting
from tereze.linking.reads import shared_with


MOST = 8


@dataclass
class Appearance:
    """One indicator and its other appearances."""

    indicator: Indicator
    is_shown: bool  # a telephone displayed it: it may be imitated
    is_in_picture: bool  # a machine read it there: not confirmed
    reports: list[Report] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)  # keys of reports the reader may not open
    messages: int = 0
    listings: int = 0
    ask: Person | None = None

    @property
    def key(self) -> str:
        return f"{self.indicator.type}:{self.indicator.value_key}"

    @property
    def more(self) -> int:
        return max(0, len(self.reports) - MOST)

    @property
    def first_reports(self) -> list[Report]:
        return self.reports[:MOST]


def appearances(report: Report, reader: User) -> list[Appearance]:
    rows = Indicator.objects.of("report", report.public_id).order_by("type", "pk")
    roles = dict(
        Sighting.objects.filter(subject_kind="report", subject_key=report.public_id).values_list(
            "indicator", "role"
        )
    )
    found = {
        row.pk: Appearance(row, roles.get(row.pk) == "shown", roles.get(row.pk) == "picture")
        for row in rows
    }
    shared = shared_with("report", report.public_id)
    openable = reports_by_key((s.key for s in shared if s.kind == "report"), reader)
    for item in shared:
        place = found[item.indicator.pk]
        if item.kind == "message":
            place.messages += 1
        elif item.kind == "listing":
            place.listings += 1
        elif item.key in openable:
            place.reports.append(openable[item.key])
        else:
            place.hidden.append(item.key)
    for place in found.values():
        if place.hidden:
            place.ask = whom_to_ask(place.hidden, report.unit)
    return list(found.values())


def reports_by_key(keys: Iterable[str], reader: User) -> dict[str, Report]:
    visible = Report.objects.visible_to(reader).masked().filter(public_id__in=set(keys))
    return {report.public_id: report for report in visible}
