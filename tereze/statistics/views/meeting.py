"""The sheet for a meeting with a partner: one click, one PDF."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import printing
from tereze.core.access import requires
from tereze.core.chromium import NoBrowserError
from tereze.core.clock import now
from tereze.disruption.models import Partner
from tereze.statistics.line import SHOWS, STEPS
from tereze.statistics.line_names import month_name, show_name, step_name
from tereze.statistics.meeting import SHOWN, Sheet, sheet_of
from tereze.statistics.period import local_day, midnight, read_day, year_start
from tereze.statistics.views.line import reason_name, said_of


STYLES = ("core/tokens.css", "core/base.css", "core/print.css", "statistics/meeting.css")
MONTHS = 3  # this one and two before


@requires(Permission.FIGURES_LISTS)
@require_safe
def panel(request: HttpRequest, key: str) -> HttpResponse:
    """On the partner's page: the buttons."""
    row = partner_of(request, key)
    this_month, quarter = months_back(row.unit, 1), months_back(row.unit, MONTHS)
    periods = [
        (_("три месяца"), quarter),
        (_("этот месяц"), this_month),
        (_("с начала года"), year_start(row.unit)),
    ]
    context = {
        "partner": row,
        "periods": [(label, since.date().isoformat()) for label, since in periods],
    }
    return render(request, "statistics/meeting_panel.html", context)


@requires(Permission.FIGURES_LISTS)
@never_cache
@require_safe
def meeting(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet on screen, to be printed where no browser makes the PDF."""
    return page(request, partner_of(request, key))


@requires(Permission.FIGURES_LISTS)
@never_cache
@require_safe
def meeting_pdf(request: HttpRequest, key: str) -> HttpResponse:
    row = partner_of(request, key)
    user: Any = request.user
    sheet = sheet_for(request, row)
    with translation.override(row.language):
        html = render_to_string(
            "statistics/meeting_pdf.html",
            {**context_of(sheet, user), "styles": printing.styles(*STYLES)},
        )
    try:
        pdf = printing.as_pdf(html)
    except (NoBrowserError, printing.NotPrintedError):
        return page(request, row, trouble=True)
    record("meeting_sheet.made", target=row, by=user.actor, unit=row.unit.slug)
    answer = HttpResponse(pdf, content_type="application/pdf")
    name = f"{row.slug}-{local_day(sheet.until, row.unit)}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def page(request: HttpRequest, row: Partner, *, trouble: bool = False) -> HttpResponse:
    sheet = sheet_for(request, row)
    with translation.override(row.language):
        body = render_to_string("statistics/meeting_sheet.html", context_of(sheet, request.user))
    context = {"body": body, "sheet": sheet, "trouble": trouble, "since": since_of(request, row)}
    return render(request, "statistics/meeting.html", context, status=503 if trouble else 200)


def partner_of(request: HttpRequest, key: str) -> Partner:
    user: Any = request.user
    return get_object_or_404(Partner.objects.select_related("unit"), unit=user.unit, public_id=key)


def since_of(request: HttpRequest, row: Partner) -> datetime:
    return read_day(request.GET.get("since", ""), row.unit) or months_back(row.unit, MONTHS)


def sheet_for(request: HttpRequest, row: Partner) -> Sheet:
    with translation.override(row.language):
        return sheet_of(row, since_of(request, row))


def months_back(unit: Unit, months: int) -> datetime:
    """The first day of the month so many months ago, this one counted."""
    today = local_day(now(), unit)
    number = today.year * 12 + today.month - months
    return midnight(today.replace(year=number // 12, month=number % 12 + 1, day=1), unit)


def context_of(sheet: Sheet, user: Any) -> dict[str, Any]:
    unit = sheet.partner.unit
    return {
        "sheet": sheet,
        "user": user,
        "counts": [
            (show_name(name), getattr(sheet.line, name), getattr(sheet.before, name))
            for name in SHOWS
            if name != "waiting" and (name != "held" or sheet.line.held)
        ],
        "steps": [
            (
                step_name(name),
                sheet.line.steps[name],
                said_of(sheet.line.steps[name], sheet.line.steps[name].median),
                said_of(sheet.line.steps[name], sheet.line.steps[name].p90),
                said_of(sheet.before.steps[name], sheet.before.steps[name].median),
            )
            for name in STEPS
        ],
        "minutes_chart": [
            (f"{month:%m.%Y}", line.steps["sent_verified"].median)
            for month, line in sheet.months
            if line.steps["sent_verified"].median is not None
        ],
        "sent_chart": [(month_name(month), line.requests) for month, line in sheet.months],
        "refusals": [(reason_name(slug), n) for slug, n in sheet.line.refusals.items()],
        "shown": f":{SHOWN}",
        "unit_name": (translation.get_language() == "kk" and unit.name_kk) or unit.name,
    }
