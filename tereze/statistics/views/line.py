"""The direct line's figures for the chief: how many, how quickly, by platform and by month."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.core import tables
from tereze.core.access import requires
from tereze.core.wording import money
from tereze.disruption.models.request import Refusal
from tereze.disruption.repeating import RepeatSeller
from tereze.statistics import line
from tereze.statistics.line import Line, Step, line_of, within
from tereze.statistics.line_names import month_name, show_name, step_name
from tereze.statistics.lives import Life, lives_of
from tereze.statistics.names import platform_name
from tereze.statistics.sellers import among, sellers_on
from tereze.statistics.views.figures import Links, periods, said, since_of


Months = dict[date, tuple[list[Life], Line]]
COLUMNS = ("requests", "acknowledged", "acted", "verified", "open", "refused", "reappeared")


@requires(Permission.FIGURES_VIEW)
@never_cache
@require_safe
def direct_line(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    since = since_of(request, user.unit)
    found = lives_of(user.unit, since)
    platforms = line.by_platform(found)
    chosen = {
        "platform": known(request.GET.get("platform", ""), platforms),
        "month": known(request.GET.get("month", ""), months_of(found, user.unit)),
    }
    lives = within(found, user.unit, **chosen)
    links = LineLinks(since, chosen, may_open=user.can(Permission.FIGURES_LISTS))
    whole, sellers = line_of(lives), sellers_on(user.unit, lives)
    months = {month: (own, line_of(own)) for month, own in line.by_month(lives, user.unit).items()}
    context = {
        "line": whole,
        "since": since,
        "chosen": " · ".join(title_of(lives, user.unit, **chosen)),
        "periods": keeping(periods(user.unit, since), chosen["platform"]),
        "platforms": choices(platforms, links),
        "tiles": tiles(whole, len(among(sellers, lives)), links),
        "steps": step_rows(whole, links),
        "columns": [show_name(name) for name in COLUMNS],
        "by_platform": []
        if chosen["platform"]
        else platform_rows(sellers, line.by_platform(lives), links),
        "by_month": [] if chosen["month"] else month_rows(sellers, months, links),
        "charts": charts(months, whole, links),
        "query": links.query_for(),
        "may_open": links.may_open,
    }
    return render(request, "statistics/line.html", context)


def known(asked: str, names: Iterable[str]) -> str:
    return asked if asked in set(names) else ""


def months_of(lives: Iterable[Life], unit: Any) -> list[str]:
    return [f"{month:%Y-%m}" for month in line.by_month(lives, unit)]


def title_of(lives: Sequence[Life], unit: Any, *, platform: str, month: str) -> Iterable[str]:
    if platform:
        yield platform_name(platform)
    if month:
        yield from map(month_name, line.by_month(lives, unit))


class LineLinks(Links):
    """Pages and lists within the platform and month that were chosen."""

    def __init__(self, since: Any, chosen: dict[str, str], *, may_open: bool) -> None:
        super().__init__(since, may_open=may_open)
        self.chosen = {name: value for name, value in chosen.items() if value}

    def line(self, what: str = "line", **filters: str) -> str:
        return self.to(what, **{**self.chosen, **filters})

    def query_for(self, **inside: str) -> str:
        return urlencode({"since": self.day, **self.chosen, **inside})


def keeping(tabs: list[dict[str, Any]], platform: str) -> list[dict[str, Any]]:
    more = f"&{urlencode({'platform': platform})}" if platform else ""
    return [{**tab, "url": f"{tab['url']}{more}"} for tab in tabs]


def choices(platforms: Iterable[str], links: LineLinks) -> list[dict[str, Any]]:
    tabs = [("", _("все")), *((slug, platform_name(slug)) for slug in platforms)]
    current = links.chosen.get("platform", "")
    return [
        {"label": label, "url": f"?{links.query_for(platform=slug)}", "current": slug == current}
        for slug, label in tabs
    ]


def tiles(whole: Line, sellers: int, links: LineLinks) -> list[dict[str, Any]]:
    counted = [
        {
            "value": getattr(whole, name),
            "label": show_name(name),
            "url": links.line(show=name),
            "over": False,
        }
        for name in line.SHOWS
        if name != "held" and (name != "waiting" or whole.waiting)
    ]
    more: list[tuple[Any, str, str]] = [
        (sellers, _("повторных продавцов"), "line-sellers"),
        (whole.victims, _("пострадали, пока объявление было на месте"), "line-losses"),
        (money(whole.money), _("потеряли за это время"), "line-losses"),
    ]
    if whole.held:
        more.append((money(whole.held_amount), _("удержано банками"), "line-held"))
    return counted + [
        {"value": value, "label": label, "url": links.line(what), "over": False}
        for value, label, what in more
    ]


def step_rows(whole: Line, links: LineLinks, **inside: str) -> list[dict[str, Any]]:
    return [
        {
            "name": step_name(name),
            "step": step,
            "median": said_of(step, step.median),
            "p90": said_of(step, step.p90),
            "url": links.line(step=name, **inside),
            "open_url": links.line(step=name, over="no", **inside),
        }
        for name, step in whole.steps.items()
    ]


def said_of(step: Step, minutes: float | None) -> str:
    return said(minutes) if step.n or step.open else "–"


def platform_rows(
    sellers: Sequence[RepeatSeller], platforms: dict[str, list[Life]], links: LineLinks
) -> list[dict[str, Any]]:
    return [
        row_of(platform_name(slug), own, line_of(own), sellers, links, platform=slug)
        for slug, own in platforms.items()
    ]


def month_rows(
    sellers: Sequence[RepeatSeller], months: Months, links: LineLinks
) -> list[dict[str, Any]]:
    return [
        row_of(short(month), own, found, sellers, links, month=f"{month:%Y-%m}")
        for month, (own, found) in reversed(months.items())
    ]


def row_of(
    name: str,
    lives: Sequence[Life],
    found: Line,
    sellers: Sequence[RepeatSeller],
    links: LineLinks,
    **inside: str,
) -> dict[str, Any]:
    return {
        "name": name,
        "line": found,
        "counts": [
            (show_name(each), getattr(found, each), links.line(show=each, **inside))
            for each in COLUMNS
        ],
        "page": f"?{links.query_for(**inside)}",
        "verified": said_of(found.steps["sent_verified"], found.steps["sent_verified"].median),
        "p90": said_of(found.steps["sent_verified"], found.steps["sent_verified"].p90),
        "verified_url": links.line(step="sent_verified", **inside),
        "sellers": len(among(sellers, lives)),
        "sellers_url": links.line("line-sellers", **inside),
        "money": money(found.money),
        "money_url": links.line("line-losses", **inside),
    }


def charts(months: Months, whole: Line, links: LineLinks) -> list[dict[str, Any]]:
    verified = [
        (month, found.steps["sent_verified"].median) for month, (_own, found) in months.items()
    ]
    return [
        {
            "kind": "line",
            "title": _("Медиана до нашей проверки «удалено», минут"),
            "rows": [
                (short(month), median, links.line(step="sent_verified", month=f"{month:%Y-%m}"))
                for month, median in verified
                if median is not None
            ],
            "label": _("Месяц"),
            "value": _("Минут"),
        },
        {
            "kind": "bar",
            "title": _("Отправлено по месяцам"),
            "rows": [
                (
                    month_name(month),
                    found.requests,
                    links.line(show="requests", month=f"{month:%Y-%m}"),
                )
                for month, (_own, found) in months.items()
            ],
            "label": _("Месяц"),
            "value": _("Отправлено"),
        },
        {
            "kind": "bar",
            "title": _("Отказы по причинам"),
            "rows": [
                (reason_name(reason), number, links.line(show="refused", reason=reason))
                for reason, number in whole.refusals.items()
            ],
            "label": _("Причина"),
            "value": _("Отказов"),
        },
    ]


def short(month: date) -> str:
    return f"{month:%m.%Y}"


def reason_name(reason: str) -> str:
    return str(dict(Refusal.choices).get(reason, reason))


@requires(Permission.FIGURES_VIEW)
@require_safe
def line_csv(request: HttpRequest, table: str) -> HttpResponse:
    user: Any = request.user
    found = lives_of(user.unit, since_of(request, user.unit))
    asked = {name: request.GET.get(name, "") for name in ("platform", "month")}
    found = within(found, user.unit, **asked)
    if table == "steps":
        return tables.as_csv(table, step_heading(), step_cells(line_of(found)))
    if table not in {"platforms", "months"}:
        raise Http404
    heading = (
        _("Площадка"),
        *([_("Месяц")] if table == "months" else []),
        *(show_name(name) for name in line.SHOWS),
        *(f"{_('Отказ')}: {reason}" for _code, reason in Refusal.choices),
        _("повторных продавцов"),
        _("пострадавших"),
        _("потеряно, ₸"),
        _("удержано, ₸"),
        *(f"{step_name(name)}: {what}" for name in line.STEPS for what in measures()),
    )
    return tables.as_csv(f"line-{table}", heading, csv_rows(user.unit, found, table))


def csv_rows(unit: Any, lives: Sequence[Life], table: str) -> Iterable[list[Any]]:
    sellers = sellers_on(unit, lives)
    for slug, own in line.by_platform(lives).items():
        if table == "platforms":
            yield [platform_name(slug), *csv_cells(sellers, own)]
            continue
        for month, part in line.by_month(own, unit).items():
            yield [platform_name(slug), f"{month:%Y-%m}", *csv_cells(sellers, part)]


def csv_cells(sellers: Sequence[RepeatSeller], lives: Sequence[Life]) -> list[Any]:
    found = line_of(lives)
    return [
        *(getattr(found, name) for name in line.SHOWS),
        *(found.refusals.get(reason, 0) for reason, _name in Refusal.choices),
        len(among(sellers, lives)),
        found.victims,
        found.money,
        found.held_amount,
        *(
            cell
            for step in found.steps.values()
            for cell in (step.n, step.open, step.median, step.p90)
        ),
    ]


def measures() -> tuple[str, ...]:
    return (_("измерено"), _("ещё нет"), _("медиана, мин"), _("девять из десяти, мин"))


def step_heading() -> tuple[str, ...]:
    return (_("Шаг"), *measures())


def step_cells(found: Line) -> Iterable[tuple[Any, ...]]:
    for name, step in found.steps.items():
        yield step_name(name), step.n, step.open, step.median, step.p90
