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
from tereze.statistics import line
from tereze.statistics.line import Line, Step, line_of
from tereze.statistics.line_names import month_name, show_name, step_name
from tereze.statistics.lives import Life, lives_of
from tereze.statistics.names import platform_name
from tereze.statistics.sellers import repeat_sellers
from tereze.statistics.views.figures import Links, periods, said, since_of


COLUMNS = ("requests", "acknowledged", "acted", "verified", "open", "refused", "reappeared")


@requires(Permission.FIGURES_VIEW)
@never_cache
@require_safe
def direct_line(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    since = since_of(request, user.unit)
    found = lives_of(user.unit, since)
    chosen = request.GET.get("platform", "")
    platforms = line.by_platform(found)
    if chosen not in platforms:
        chosen = ""
    lives = platforms[chosen] if chosen else found
    links = LineLinks(since, chosen, may_open=user.can(Permission.FIGURES_LISTS))
    whole, sellers = line_of(lives), len(repeat_sellers(user.unit, lives))
    context = {
        "line": whole,
        "since": since,
        "chosen": platform_name(chosen) if chosen else "",
        "periods": keeping(periods(user.unit, since), chosen),
        "platforms": choices(platforms, links),
        "tiles": tiles(whole, sellers, links),
        "steps": step_rows(whole, links),
        "columns": [show_name(name) for name in COLUMNS],
        "by_platform": [] if chosen else platform_rows(user.unit, platforms, links),
        "by_month": month_rows(user.unit, lives, links),
        "charts": charts(lives, whole, links, user.unit),
        "query": links.query_for(chosen),
        "may_open": links.may_open,
    }
    return render(request, "statistics/line.html", context)


class LineLinks(Links):
    """Lists of the direct line, within the platform that was chosen."""

    def __init__(self, since: Any, platform: str, *, may_open: bool) -> None:
        super().__init__(since, may_open=may_open)
        self.platform = platform

    def line(self, what: str = "line", **filters: str) -> str:
        chosen = {"platform": self.platform} if self.platform else {}
        return self.to(what, **{**chosen, **filters})

    def query_for(self, platform: str) -> str:
        return urlencode({"since": self.day, **({"platform": platform} if platform else {})})


def keeping(tabs: list[dict[str, Any]], platform: str) -> list[dict[str, Any]]:
    more = f"&{urlencode({'platform': platform})}" if platform else ""
    return [{**tab, "url": f"{tab['url']}{more}"} for tab in tabs]


def choices(platforms: Iterable[str], links: LineLinks) -> list[dict[str, Any]]:
    tabs = [("", _("все")), *((slug, platform_name(slug)) for slug in platforms)]
    return [
        {"label": label, "url": f"?{links.query_for(slug)}", "current": slug == links.platform}
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


def step_rows(whole: Line, links: LineLinks, **within: str) -> list[dict[str, Any]]:
    return [
        {
            "name": step_name(name),
            "step": step,
            "median": said_of(step, step.median),
            "p90": said_of(step, step.p90),
            "url": links.line(step=name, **within),
            "open_url": links.line(step=name, over="no", **within),
        }
        for name, step in whole.steps.items()
    ]


def said_of(step: Step, minutes: float | None) -> str:
    return said(minutes) if step.n or step.open else "–"


def platform_rows(
    unit: Any, platforms: dict[str, list[Life]], links: LineLinks
) -> list[dict[str, Any]]:
    return [
        row_of(unit, platform_name(slug), own, links, platform=slug)
        for slug, own in platforms.items()
    ]


def month_rows(unit: Any, lives: Sequence[Life], links: LineLinks) -> list[dict[str, Any]]:
    months = reversed(line.by_month(lives, unit).items())
    return [
        row_of(unit, month_name(month), own, links, month=f"{month:%Y-%m}") for month, own in months
    ]


def row_of(
    unit: Any, name: str, lives: Sequence[Life], links: LineLinks, **within: str
) -> dict[str, Any]:
    found = line_of(lives)
    return {
        "name": name,
        "line": found,
        "counts": [
            (show_name(each), getattr(found, each), links.line(show=each, **within))
            for each in COLUMNS
        ],
        "acted": said_of(found.steps["sent_acted"], found.steps["sent_acted"].median),
        "acted_url": links.line(step="sent_acted", **within),
        "verified": said_of(found.steps["sent_verified"], found.steps["sent_verified"].median),
        "p90": said_of(found.steps["sent_verified"], found.steps["sent_verified"].p90),
        "verified_url": links.line(step="sent_verified", **within),
        "sellers": len(repeat_sellers(unit, lives)),
        "sellers_url": links.line("line-sellers", **within),
        "money": money(found.money),
        "money_url": links.line("line-losses", **within),
    }


def charts(lives: Sequence[Life], whole: Line, links: LineLinks, unit: Any) -> list[dict[str, Any]]:
    months = [(month, line_of(own)) for month, own in line.by_month(lives, unit).items()]
    verified = [(month, found.steps["sent_verified"].median) for month, found in months]
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
                for month, found in months
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
    if chosen := request.GET.get("platform"):
        found = [life for life in found if life.platform == chosen]
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
    for slug, own in line.by_platform(lives).items():
        if table == "platforms":
            yield [platform_name(slug), *csv_cells(unit, own)]
            continue
        for month, part in line.by_month(own, unit).items():
            yield [platform_name(slug), f"{month:%Y-%m}", *csv_cells(unit, part)]


def csv_cells(unit: Any, lives: Sequence[Life]) -> list[Any]:
    found = line_of(lives)
    return [
        *(getattr(found, name) for name in line.SHOWS),
        *(found.refusals.get(reason, 0) for reason, _name in Refusal.choices),
        len(repeat_sellers(unit, lives)),
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
