"""The list of reports, the report's page, and the list of what is not in КУИ."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.core.clock import now
from tereze.core.wording import exact
from tereze.detection.typology import CLOCKS, SCHEMES
from tereze.intake.appearances import appearances
from tereze.intake.desk.filters import ReportFilter
from tereze.intake.history import history, version
from tereze.intake.models import Channel, Report, State
from tereze.intake.pictures import files_of
from tereze.intake.spans import indicator_marks, marks, reasons_without_place


PAGE = 50


def language() -> str:
    return get_language() or "ru"


@requires(Permission.REPORT_READ)
@require_safe
def reports(request: Any) -> HttpResponse:
    chosen = ReportFilter(request.GET)
    found = chosen.apply(Report.objects.visible_to(request.user).masked())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    template = "intake/desk/reports.html" + ("#rows" if request.htmx else "")
    return render(
        request,
        template,
        {"page": page, "chosen": chosen, "new_url": reverse("intake:call"), **choices()},
    )


def choices() -> dict[str, Any]:
    names = {
        slug: scheme.name.get(language(), scheme.name["ru"]) for slug, scheme in SCHEMES.items()
    }
    return {
        "states": State.choices,
        "channels": Channel.choices,
        "schemes": sorted(names.items(), key=lambda item: item[1].casefold()),
    }


def visible_report(request: Any, public_id: str) -> Report:
    reports = Report.objects.visible_to(request.user).select_related(
        "unit", "registered_by", "repeat_of", "proposed_by", "approved_by", "kui_by"
    )
    return get_object_or_404(reports, public_id=public_id)


@requires(Permission.REPORT_READ)
@require_safe
def report(request: Any, public_id: str) -> HttpResponse:
    """The whole page; for the list beside it only the detail; for live news only what changed."""
    found = visible_report(request, public_id)
    if request.htmx and request.GET.get("seen") == str(version(found)):
        return HttpResponse(status=204)  # nothing new: nothing jumps, no recording stops
    part = ""
    if request.htmx:
        part = "#body" if request.htmx.target == "report" else "#detail"
    return render(request, f"intake/desk/report.html{part}", report_context(request, found))


def report_context(request: Any, report: Report, **more: Any) -> dict[str, Any]:
    return {
        "report": report,
        "version": version(report),
        "marks": marks(report.assessment, language()),
        "placeless": reasons_without_place(report.assessment, language()),
        "details": [
            (name, report.masked_details[name], detail_marks(report, name))
            for name in ("fraudster", "money_to")
            if report.masked_details.get(name)
        ],
        "supplements": [
            (item, marks(item.assessment, language())) for item in report.supplements.all()
        ],
        "appearances": appearances(report, request.user),
        "files": list(files_of(report, request.user, language())),
        "repeats": report.repeats.all(),
        "now_here": exact(now()),
        "kui_clock": CLOCKS["kui_entry"],
        "language": language(),
        **choices(),
        **may(request.user),
        **more,
    }


def detail_marks(report: Report, name: str) -> list[tuple[int, int, str, str]]:
    return list(indicator_marks(report.found_in_details.get(name, ())))


def may(user: Any) -> dict[str, bool]:
    return {
        "may_close": user.can(Permission.REPORT_KUI),
        "may_approve": user.can(Permission.REPORT_APPROVE_CLOSE),
        "may_identify": user.can(Permission.REPORT_IDENTITY),
        "may_confirm": user.can(Permission.INDICATOR_CONFIRM),
    }


@requires(Permission.REPORT_READ)
@require_safe
def report_history(request: Any, public_id: str) -> HttpResponse:
    found = visible_report(request, public_id)
    return render(request, "intake/desk/history.html", {"history": history(found)})


@requires(Permission.REPORT_UNREGISTERED)
@require_safe
def unregistered(request: Any) -> HttpResponse:
    """What is not in КУИ, oldest first. The prosecutor sees that it exists and how late it is."""
    found = Report.objects.unregistered(request.user).select_related("registered_by", "proposed_by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    template = "intake/desk/unregistered.html" + ("#rows" if request.htmx else "")
    context = {
        "page": page,
        "overdue": found.filter(kui_due_at__lt=now()).count(),
        "kui_clock": CLOCKS["kui_entry"],
        "may_read": request.user.can(Permission.REPORT_READ),
        "language": language(),
    }
    return render(request, template, context)
