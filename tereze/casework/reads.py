"""What a case's page shows beside its own rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tereze.accounts.models import User
from tereze.audit.labels import label_of
from tereze.audit.models import AuditEvent, name_of
from tereze.casework.models import Case, CasePerson, Evidence
from tereze.intake.models import Attachment, Report
from tereze.linking.models import Indicator
from tereze.linking.reads import shared_with


@dataclass(frozen=True)
class Appearance:
    """One indicator of the case, and where else it turned up."""

    indicator: Indicator
    reports: tuple[Report, ...]  # other reports the reader may see
    hidden: int  # reports the reader may not see: "someone works on this, ask X"
    ask: tuple[str, ...]
    messages: int
    listings: int


def appearances(case: Case, user: User) -> list[Appearance]:
    own = list(case.reports.values_list("public_id", flat=True))
    rows: dict[Indicator, set[tuple[str, str]]] = {}
    for key in own:
        for indicator in Indicator.objects.of("report", key):
            rows.setdefault(indicator, set())
        for shared in shared_with("report", key):
            if shared.key not in own:
                rows.setdefault(shared.indicator, set()).add((shared.kind, shared.key))
    elsewhere = {key for found in rows.values() for kind, key in found if kind == "report"}
    visible = {
        report.public_id: report
        for report in Report.objects.visible_to(user).filter(public_id__in=elsewhere)
    }
    return [appearance(indicator, found, visible) for indicator, found in rows.items()]


def appearance(
    indicator: Indicator, found: set[tuple[str, str]], visible: dict[str, Report]
) -> Appearance:
    reports = {key for kind, key in found if kind == "report"}
    hidden = reports - visible.keys()
    return Appearance(
        indicator=indicator,
        reports=tuple(visible[key] for key in sorted(reports & visible.keys())),
        hidden=len(hidden),
        ask=whom_to_ask(hidden),
        messages=sum(kind == "message" for kind, _key in found),
        listings=sum(kind == "listing" for kind, _key in found),
    )


def whom_to_ask(report_keys: set[str]) -> tuple[str, ...]:
    """Names of those who work on reports that the reader may not open."""
    owners = Case.objects.filter(reports__public_id__in=report_keys).values_list(
        "owner__name", flat=True
    )
    return tuple(sorted(set(owners)))


def suggestions(report: Report, user: User) -> list[tuple[Case, str, bool]]:
    """Cases that share an indicator with this report: (case, why, may the reader open it)."""
    shared = [item for item in shared_with("report", report.public_id) if item.kind == "report"]
    why = {item.key: item.indicator.shown for item in shared}
    found = (
        Case.objects.filter(unit=report.unit, reports__public_id__in=why)
        .exclude(reports=report)
        .select_related("owner")
        .distinct()[:5]
    )
    visible = set(Case.objects.visible_to(user).values_list("pk", flat=True))
    return [(case, reason(case, why), case.pk in visible) for case in found]


def reason(case: Case, why: dict[str, str]) -> str:
    keys = case.reports.values_list("public_id", flat=True)
    return next((why[key] for key in keys if key in why), "")


def evidence_of(case: Case) -> dict[str, Any]:
    """What was sealed into the case, and what its reporters sent."""
    sealed = Evidence.objects.filter(subject_kind="case", subject_key=case.public_id)
    files = Attachment.objects.filter(report__in=case.reports.all()).select_related("report")
    return {"sealed": sealed.prefetch_related("files").order_by("-sealed_at"), "files": files}


def timeline(case: Case) -> list[dict[str, Any]]:
    """What the journal says of the case and its reports, newest first."""
    numbers = {name_of(report): report.number for report in case.reports.all()}
    targets = [name_of(case), *numbers]
    events = list(AuditEvent.objects.filter(target__in=targets).order_by("-at", "-pk")[:200])
    words = words_for(case, events)
    return [
        {
            "at": event.at,
            "text": label_of(event.kind),
            "who": event.actor_name,
            "detail": numbers.get(event.target)
            or " · ".join(filter(None, (words(*item) for item in event.detail.items()))),
        }
        for event in events
    ]


def words_for(case: Case, events: Iterable[AuditEvent]) -> Callable[[str, Any], str]:
    """What the keys in a case's events stand for: a report's number, a colleague's name."""
    named = [item for event in events for item in event.detail.items()]
    reports = Report.objects.filter(public_id__in=[v for name, v in named if name == "report"])
    people = User.objects.filter(username__in=[v for name, v in named if name in {"user", "owner"}])
    names = dict(people.values_list("username", "name"))
    known: dict[str, dict[Any, Any]] = {
        "report": dict(reports.values_list("public_id", "number")),
        "user": names,
        "owner": names,
        "task": dict(case.tasks.values_list("pk", "title")),
        "evidence": {row.public_id: row.origin for row in evidence_of(case)["sealed"]},
        "part": dict(CasePerson.Part.choices),
        "to": dict(Case.State.choices),
    }
    return lambda name, value: (
        str(value) if name in {"number", "erdr"} else str(known.get(name, {}).get(value, ""))
    )
