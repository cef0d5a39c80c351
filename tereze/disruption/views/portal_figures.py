"""The partner's own figures, on a page and to take away."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.core.tables import as_csv
from tereze.disruption.figures_partner import partner_figures
from tereze.disruption.views.portal import partner_of


@requires(Permission.PORTAL_USE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    partner = partner_of(request)
    figures = partner_figures(partner)
    context = {
        "partner": str(partner),
        "topic": f"portal:{partner.public_id}",
        "figures": figures,
        "lines": [
            *[(month_name(one.month), one) for one in figures.months],
            (_("всего"), figures.total),
        ],
    }
    return render(request, "disruption/portal_figures.html", context)


def month_name(month: str) -> str:
    return date_format(date.fromisoformat(f"{month}-01"), "F Y")


@requires(Permission.PORTAL_USE)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    partner = partner_of(request)
    figures = partner_figures(partner)
    heading = [str(name) for name, _read in columns()]
    rows = [[read(one) for _name, read in columns()] for one in [*figures.months, figures.total]]
    return as_csv(f"tereze-{partner.slug}", heading, rows)


def columns() -> list[tuple[str, Any]]:
    return [
        (_("Месяц"), lambda one: one.month or _("всего")),
        (_("Получено"), lambda one: one.received),
        (_("Отвечено"), lambda one: one.answered),
        (_("Проверено: удалено"), lambda one: one.gone),
        (_("Минут до ответа, медиана"), lambda one: number(one.answer_median)),
        (_("Минут до ответа, p90"), lambda one: number(one.answer_p90)),
        (_("Видимых снаружи"), lambda one: one.gone_n),
        (_("Минут до удаления, медиана"), lambda one: number(one.gone_median)),
        (_("Минут до удаления, p90"), lambda one: number(one.gone_p90)),
        (_("Отказы"), lambda one: one.refused),
        (_("Появилось снова"), lambda one: one.reopened),
        (_("Отменено: мы ошиблись"), lambda one: one.overturned),
        (_("Просрочено"), lambda one: one.late),
    ]


def number(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes:.1f}".replace(".", ",")
