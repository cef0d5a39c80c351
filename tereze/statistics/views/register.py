from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import tables
from tereze.core.access import public, requires
from tereze.core.clock import now
from tereze.core.wording import exact
from tereze.intake.channels.web.door import receiving_unit
from tereze.statistics.interventions import Filters, kind_names, monthly_totals, register_of
from tereze.statistics.period import local_day, midnight, read_day


PAGE = 100
USUAL = timedelta(days=29)
MONTHS = 12


@requires(Permission.INTERVENTIONS_READ)
@never_cache
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    today = local_day(now(), user.unit)
    since = read_day(request.GET.get("since", ""), user.unit) or midnight(today - USUAL, user.unit)
    last = read_day(request.GET.get("until", ""), user.unit) or midnight(today, user.unit)
    filters = Filters(*(request.GET.get(name, "") for name in ("kind", "who", "only")))
    entries = register_of(user.unit, since, last + timedelta(days=1), filters)
    if "csv" in request.GET:
        record(
            "interventions.exported",
            target="statistics.register",
            by=user.actor,
            unit=user.unit.slug,
        )
        return csv_of(entries)
    query = request.GET.copy()
    query["csv"] = "1"
    context = {
        "page": Paginator(entries, PAGE).get_page(request.GET.get("page")),
        "since": since.date().isoformat(),
        "until": last.date().isoformat(),
        "filters": filters,
        "kinds": kind_names().items(),
        "csv_url": f"?{query.urlencode()}",
    }
    return render(request, "statistics/register.html", context)


def csv_of(entries: Any) -> HttpResponse:
    heading = (
        _("Когда"),
        _("Что сделано"),
        _("Где"),
        _("Основание"),
        _("Причина"),
        _("Кто"),
        _("Состояние"),
        _("Отменено"),
        _("Обжаловано"),
    )
    rows = (
        (
            exact(entry.at),
            entry.what,
            entry.where,
            entry.basis,
            entry.reason,
            entry.who,
            entry.state,
            exact(entry.undone_at) if entry.undone_at else "",
            _("да") if entry.appealed else _("нет"),
        )
        for entry in entries
    )
    return tables.as_csv("interventions", heading, rows)


@public
@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """What the desk does to texts and adverts, month by month, for everybody."""
    unit = receiving_unit()
    months = []
    if unit is not None:
        first = local_day(now() - timedelta(days=31 * (MONTHS - 1)), unit).replace(day=1)
        months = monthly_totals(unit, midnight(first, unit))
    return render(request, "statistics/transparency.html", {"months": months})
