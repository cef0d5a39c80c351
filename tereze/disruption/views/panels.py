"""What stands about requests on the pages of reports and cases, and one key to draft what lacks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.casework.models import Case
from tereze.disruption import actions
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Request
from tereze.disruption.reads import gone_sharing, pages_named
from tereze.disruption.recognition import Target
from tereze.disruption.told import reason_for
from tereze.disruption.views.drafting import draft_url
from tereze.intake.models import Report


@dataclass(frozen=True)
class Subject:
    """What the requests are for: a report, or a case with its reports."""

    kind: str
    key: str
    unit: Unit
    reports: list[Report]

    def pages(self) -> dict[str, tuple[Target, list[Report]]]:
        """Pages that could be taken down, with the reports that name them."""
        found: dict[str, tuple[Target, list[Report]]] = {}
        for report in self.reports:
            for page in pages_named(self.unit, "report", report.public_id):
                found.setdefault(page.listing or page.address, (page, []))[1].append(report)
        return found

    def requests(self, user: Any) -> list[Request]:
        keys = [report.public_id for report in self.reports]
        about = Q(links__kind=self.kind, links__key=self.key)
        about |= Q(links__kind="report", links__key__in=keys)
        rows = Request.objects.visible_to(user).filter(about).select_related("partner")
        return list(rows.distinct().prefetch_related("likenesses__other"))

    def links(self, reports: Iterable[Report]) -> list[tuple[str, str]]:
        return [(self.kind, self.key), *(("report", r.public_id) for r in reports)]


def subject_of(user: Any, kind: str, key: str) -> Subject:
    if kind == "case":
        case = get_object_or_404(Case.objects.visible_to(user), public_id=key)
        return Subject(kind, key, case.unit, list(case.reports.all()))
    report = get_object_or_404(Report.objects.visible_to(user), public_id=key)
    return Subject(kind, key, report.unit, [report])


def panel(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    user: Any = request.user
    subject = subject_of(user, kind, key)
    rows = subject.requests(user)
    missing = {n: found for n, found in subject.pages().items() if not covered(found[0], rows)}
    again = {
        gone.pk: gone
        for report in subject.reports
        for gone in gone_sharing("report", report.public_id, subject.unit)
    }
    pages = [page for page, _reports in missing.values()]
    named_by = [report for _page, reports in missing.values() for report in reports]
    reason = reason_for(subject.unit, named_by, pages) if pages else ""
    context = {
        "rows": rows,
        "missing": pages,
        "again": list(again.values()),
        "kind": kind,
        "key": key,
        "form_kinds": [
            (slug, KINDS[slug].name) for slug in ("hold_money", "check_number", "provide_data")
        ],
        "may_draft": user.can(Permission.REQUEST_DRAFT),
        "draft_url": draft_url(pages, reason, subject.links([])),
    }
    return render(request, "disruption/panel.html", context)


def covered(page: Target, rows: list[Request]) -> bool:
    return any(
        (page.listing and row.listing == page.listing) or row.address == page.address
        for row in rows
    )


def draft_missing(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Every page named here is drafted, with what is known as the reason."""
    user: Any = request.user
    subject = subject_of(user, kind, key)
    made: list[Request] = []
    for page, reports in subject.pages().values():
        done = actions.draft_request(
            unit=subject.unit,
            url=page.address,
            reason=reason_for(subject.unit, reports, [page]),
            kind=page.kind,
            links=subject.links(reports),
            by=user.actor,
            user=user,
        )
        made.append(done.request)
    if len(made) == 1:
        return redirect("disruption:request", made[0].public_id)
    messages.success(request, _("Уведомлений подготовлено: %(n)d") % {"n": len(made)})
    return redirect("disruption:queue")


@requires(Permission.REQUEST_READ)
@require_safe
def report_panel(request: HttpRequest, key: str) -> HttpResponse:
    return panel(request, "report", key)


@requires(Permission.REQUEST_READ)
@require_safe
def case_panel(request: HttpRequest, key: str) -> HttpResponse:
    return panel(request, "case", key)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def draft_for_report(request: HttpRequest, key: str) -> HttpResponse:
    return draft_missing(request, "report", key)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def draft_for_case(request: HttpRequest, key: str) -> HttpResponse:
    return draft_missing(request, "case", key)
