from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.core import tables
from tereze.core.access import requires
from tereze.core.clock import now
from tereze.core.wording import exact
from tereze.statistics import lists
from tereze.statistics.figures import Figures, figures_of, overdue_requests
from tereze.statistics.listing import Asked
from tereze.statistics.names import district_name, platform_name, scheme_name
from tereze.statistics.period import local_day, midnight, read_day, year_start
from tereze.statistics.removal import Removal, minutes_said


ROWS = 500


@requires(Permission.FIGURES_VIEW)
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The chief's page. Who may open no lists sees the same numbers, without names."""
    user: Any = request.user
    since = since_of(request, user.unit)
    found = figures_of(user.unit, since)
    links = Links(since, may_open=user.can(Permission.FIGURES_LISTS))
    context = {
        "figures": found,
        "since": since,
        "periods": periods(user.unit, since),
        "tiles": tiles(found, links),
        "charts": charts(found, links),
        "weeks": week_rows(found, links),
        "removal": removal_rows(found, links),
        "overdue": overdue_rows(user.unit) if links.may_open else [],
        "query": links.query,
        "may_open": links.may_open,
        "may_use_radar": user.can(Permission.RADAR_USE),
        "losses_url": links.to("losses"),
        "repeats_url": links.to("repeats"),
        "attempts_url": links.to("attempts"),
    }
    return render(request, "statistics/figures.html", context)


def since_of(request: HttpRequest, unit: Unit) -> datetime:
    return read_day(request.GET.get("since", ""), unit) or year_start(unit)


class Links:
    """Addresses of the lists behind the numbers, for who may open them."""

    def __init__(self, since: datetime, *, may_open: bool) -> None:
        self.day = since.date().isoformat()
        self.query = urlencode({"since": self.day})
        self.may_open = may_open

    def to(self, what: str, **filters: str) -> str:
        if not self.may_open:
            return ""
        address = reverse("statistics:list", args=[what])
        return f"{address}?{urlencode({'since': self.day, **filters})}"


def periods(unit: Unit, since: datetime) -> list[dict[str, Any]]:
    today = local_day(now(), unit)
    choices = [
        (_("с начала года"), year_start(unit)),
        (_("30 дней"), midnight(today - timedelta(days=29), unit)),
        (_("7 дней"), midnight(today - timedelta(days=6), unit)),
    ]
    return [
        {"label": label, "url": f"?since={start.date().isoformat()}", "current": start == since}
        for label, start in choices
    ]


def tiles(found: Figures, links: Links) -> list[dict[str, Any]]:
    rows = [
        (found.offences, _("правонарушений с номером ЕРДР"), "offences", False),
        (found.cases_in_production, _("дел в производстве"), "cases", False),
        (found.cases_on_fake_adverts, _("из них о поддельных объявлениях"), "fake-adverts", False),
        (found.reports.total, _("сообщений"), "reports", False),
        (found.attempts.total, _("попыток без ущерба"), "attempts", False),
        (
            found.not_in_kui,
            _("не внесено в КУИ"),
            "unregistered",
            bool(found.not_in_kui_overdue),
        ),
        (found.requests, _("уведомлений партнёрам"), "requests", False),
        (
            found.requests_overdue,
            _("уведомлений просрочено"),
            "overdue",
            bool(found.requests_overdue),
        ),
        (found.blocked_messages, _("публикаций заблокировано"), "blocked", False),
        (found.undone_messages, _("блокировок отменено"), "undone", False),
    ]
    return [
        {"value": value, "label": label, "url": links.to(what), "over": over}
        for value, label, what, over in rows
    ]


def charts(found: Figures, links: Links) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "table": table,
            "rows": [
                (name(slug), number, links.to("offences", **{field: slug}))
                for slug, number in counts.items()
            ],
        }
        for title, table, field, counts, name in (
            (_("По площадкам"), "platforms", "platform", found.platforms, platform_name),
            (_("По схемам"), "schemes", "scheme", found.schemes, scheme_name),
            (_("По районам"), "districts", "district", found.districts, district_name),
        )
    ]


def week_rows(found: Figures, links: Links) -> list[tuple[str, int, str]]:
    return [
        (day.strftime("%d.%m"), number, links.to("offences", week=day.isoformat()))
        for day, number in found.weeks.items()
    ]


def removal_rows(found: Figures, links: Links) -> list[dict[str, Any]]:
    return [
        {
            "platform": platform_name(platform),
            "row": row,
            "median": said(row.median),
            "p90": said(row.p90),
            "url": links.to("removals", platform=platform),
            "gone_url": links.to("removals", platform=platform, outcome="gone"),
            "open_url": links.to("removals", platform=platform, outcome="open"),
        }
        for platform, row in found.removal.items()
        if row.delivered
    ]


def said(minutes: float | None) -> str:
    return _("ещё не достигнуто") if minutes is None else minutes_said(minutes)


def overdue_rows(unit: Unit) -> list[dict[str, Any]]:
    return [
        {
            "request": row,
            "officer": row.partner.our_officer.name if row.partner.our_officer else "",
            "contact": row.partner.contact,
        }
        for row in overdue_requests(unit)[:50]
    ]


@requires(Permission.FIGURES_VIEW)
@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    user: Any = request.user
    found = figures_of(user.unit, since_of(request, user.unit))
    if table == "removal":
        heading: tuple[str, ...] = (
            _("Площадка"),
            _("Доставлено"),
            _("Удалено"),
            _("Ещё на месте или снова"),
            _("Медиана, мин"),
            _("Девять из десяти, мин"),
        )
        return tables.as_csv(table, heading, map(removal_csv, found.removal.items()))
    if table == "weeks":
        weeks = ((exact(day), number) for day, number in found.weeks.items())
        return tables.as_csv(table, (_("Неделя с"), _("Правонарушений")), weeks)
    for chart in charts(found, Links(found.since, may_open=False)):
        if chart["table"] == table:
            counts = getattr(found, table)
            names = {"platforms": platform_name, "schemes": scheme_name}.get(table, district_name)
            rows = ((names(slug), number) for slug, number in counts.items())
            return tables.as_csv(table, (chart["title"], _("Правонарушений")), rows)
    raise Http404


def removal_csv(item: tuple[str, Removal]) -> tuple[Any, ...]:
    platform, row = item
    return platform_name(platform), row.delivered, row.n, row.open, row.median, row.p90


@requires(Permission.FIGURES_LISTS)
@never_cache
@require_safe
def show_list(request: HttpRequest, what: str) -> HttpResponse:
    """The list behind a number."""
    user: Any = request.user
    asked = Asked(user.unit, since_of(request, user.unit), request.GET.dict())
    found = lists.listing(what, asked)
    if found is None:
        raise Http404
    if "csv" in request.GET:
        rows = ([cell.text for _name, cell in row] for row in found.rows(found.found))
        return tables.as_csv(what, found.heading, rows)
    query = request.GET.copy()
    query["csv"] = "1"
    page = Paginator(found.found, ROWS).get_page(request.GET.get("page"))
    context = {
        "list": found,
        "page": page,
        "rows": found.rows(page.object_list),
        "csv_url": f"?{query.urlencode()}",
    }
    return render(request, "statistics/list.html", context)
