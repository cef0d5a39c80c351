"""The list of reports, the report's page, and the list of what is not in КУИ."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.intake.advice import scheme_name
from tereze.intake.desk.filters import ReportFilter
from tereze.intake.models import Report
from tereze.intake.spans import marks


PAGE = 50


@requires(Permission.REPORT_READ, Permission.REPORT_REGISTER)
@require_safe
def reports(request: Any) -> HttpResponse:
    chosen = ReportFilter(request.GET)
    found = chosen.apply(Report.objects.visible_to(request.user))
    page = Paginator(found.select_related("registered_by"), PAGE).get_page(request.GET.get("page"))
    template = "intake/desk/reports.html" + ("#rows" if request.htmx else "")
    return render(request, template, {"page": page, "chosen": chosen, "language": language()})


def language() -> str:
    return get_language() or "ru"


def visible_report(request: Any, public_id: str) -> Report:
    return get_object_or_404(Report.objects.visible_to(request.user), public_id=public_id)


@requires(Permission.REPORT_READ)
@require_safe
def report(request: Any, public_id: str) -> HttpResponse:
    found = visible_report(request, public_id)
    template = "intake/desk/report.html" + ("#detail" if request.htmx else "")
    return render(request, template, report_context(found))


def report_context(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "marks": marks(report.assessment, language()),
        "scheme_name": scheme_name(report.scheme, language()),
    }
