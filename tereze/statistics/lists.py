"""The list behind every number: what was counted, row by row. Chiefs only; each is also a CSV."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tereze.casework.models import Case, Offence
from tereze.core.wording import exact, money
from tereze.disruption.models import Request
from tereze.intake.models import Report, State
from tereze.statistics import figures
from tereze.statistics.line_lists import LINE_LISTS
from tereze.statistics.listing import Asked, Cell, Listing
from tereze.statistics.names import district_name, platform_name, scheme_name
from tereze.statistics.removal import (
    minutes_said,
    removal_requests,
    seen_gone,
    still_there,
    time_of,
)
from tereze.watch.interventions import blocked
from tereze.watch.models import Decision


def listing(what: str, asked: Asked) -> Listing | None:
    make = LISTS.get(what)
    return make(asked) if make else None


def offences(asked: Asked) -> Listing:
    rows, said = (
        figures.offences_since(asked.unit, asked.since),
        [_("Правонарушения с номером ЕРДР")],
    )
    for field, name in (
        ("platform", platform_name),
        ("scheme", scheme_name),
        ("district", district_name),
    ):
        if value := asked.filters.get(field):
            rows = rows.filter(**{field: "" if value == figures.NONE else value})
            said.append(name(value))
    if week := read_date(asked.filters.get("week", "")):
        first, after = figures.week_bounds(week, asked.unit)
        rows = rows.filter(registered_at__gte=first, registered_at__lt=after)
        said.append(_("неделя с %(day)s") % {"day": exact(week)})
    heading = (_("ЕРДР"), _("Зарегистрировано"), _("Дело"), _("Площадка"), _("Схема"), _("Район"))
    return Listing(" · ".join(said), heading, rows, offence_cells)


def offence_cells(row: Offence) -> Iterable[Cell]:
    yield Cell(row.erdr_number)
    yield Cell(exact(row.registered_at))
    yield Cell(row.case.number, reverse("casework:case", args=[row.case.public_id]))
    yield Cell(platform_name(row.platform))
    yield Cell(scheme_name(row.scheme))
    yield Cell(district_name(row.district))


def reports(asked: Asked) -> Listing:
    rows = figures.reports_since(asked.unit, asked.since)
    return report_list(_("Сообщения"), by_scheme(rows, asked))


def attempts(asked: Asked) -> Listing:
    rows = figures.attempts_since(asked.unit, asked.since)
    return report_list(_("Попытки без ущерба"), by_scheme(rows, asked))


def repeats(asked: Asked) -> Listing:
    rows = figures.reports_since(asked.unit, asked.since).filter(state=State.REPEAT)
    return report_list(_("Повторные сообщения"), rows)


def losses(asked: Asked) -> Listing:
    return report_list(_("Ущерб со слов сообщивших"), figures.losses_since(asked.unit, asked.since))


def unregistered(asked: Asked) -> Listing:
    return report_list(_("Ещё не внесено в КУИ"), figures.not_in_kui(asked.unit))


def by_scheme(rows: QuerySet[Report], asked: Asked) -> QuerySet[Report]:
    scheme = asked.filters.get("scheme")
    return rows.filter(scheme="" if scheme == figures.NONE else scheme) if scheme else rows


def report_list(title: str, rows: QuerySet[Report]) -> Listing:
    heading = (_("Номер"), _("Получено"), _("Схема"), _("Район"), _("Ущерб"), _("Состояние"))
    return Listing(title, heading, rows, report_cells)


def report_cells(row: Report) -> Iterable[Cell]:
    yield Cell(row.number, reverse("intake:report_page", args=[row.public_id]))
    yield Cell(exact(row.received_at))
    yield Cell(scheme_name(row.scheme))
    yield Cell(district_name(row.district))
    yield Cell(money(row.amount) or "–")
    yield Cell(row.get_state_display())


def cases(asked: Asked) -> Listing:
    return case_list(_("Дела в производстве"), figures.cases_in_production(asked.unit))


def fake_adverts(asked: Asked) -> Listing:
    return case_list(
        _("Дела о поддельных объявлениях в производстве"),
        figures.cases_on_fake_adverts(asked.unit),
    )


def case_list(title: str, rows: QuerySet[Case]) -> Listing:
    heading = (_("Номер"), _("Название"), _("Схема"), _("Ответственный"), _("Открыто"))
    return Listing(title, heading, rows.select_related("owner"), case_cells)


def case_cells(row: Case) -> Iterable[Cell]:
    yield Cell(row.number, reverse("casework:case", args=[row.public_id]))
    yield Cell(row.title)
    yield Cell(scheme_name(row.scheme))
    yield Cell(row.owner.name)
    yield Cell(exact(row.opened_at))


def requests(asked: Asked) -> Listing:
    rows = figures.requests_since(asked.unit, asked.since)
    return request_list(_("Уведомления партнёрам"), rows)


def removals(asked: Asked) -> Listing:
    rows = removal_requests(asked.unit).filter(delivered_at__gte=asked.since)
    said = [_("Удаление")]
    if platform := asked.filters.get("platform", ""):
        rows = rows.filter(partner__platform=platform) | rows.filter(
            partner__platform="", partner__slug=platform
        )
        said.append(platform_name(platform))
    if chosen := outcomes().get(asked.filters.get("outcome", "")):
        narrow, name = chosen
        rows = narrow(rows)
        said.append(name)
    return request_list(" · ".join(said), rows)


def outcomes() -> dict[str, tuple[Callable[[QuerySet[Request]], QuerySet[Request]], str]]:
    return {
        "gone": (seen_gone, _("удалено")),
        "open": (still_there, _("ещё на месте или появилось снова")),
    }


def overdue(asked: Asked) -> Listing:
    return request_list(_("Просроченные уведомления"), figures.overdue_requests(asked.unit))


def request_list(title: str, rows: QuerySet[Request]) -> Listing:
    heading = (
        _("Исходящий №"),
        _("Партнёр"),
        _("Адрес"),
        _("Доставлено"),
        _("Удалено (наша проверка)"),
        _("За сколько"),
        _("Состояние"),
    )
    return Listing(title, heading, rows, request_cells)


def request_cells(row: Request) -> Iterable[Cell]:
    yield Cell(row.number or "–", reverse("disruption:request", args=[row.public_id]))
    yield Cell(str(row.partner))
    yield Cell(row.listing or row.address)
    yield Cell(exact(row.delivered_at) if row.delivered_at else "–")
    yield Cell(exact(row.gone_at) if row.gone_at else "–")
    yield Cell(minutes_said(time.minutes) if (time := time_of(row)) and time.gone else "–")
    yield Cell(row.get_state_display())


def blocked_messages(asked: Asked) -> Listing:
    return decision_list(_("Заблокированные публикации"), blocked(asked.unit, asked.since))


def undone(asked: Asked) -> Listing:
    rows = figures.undone_since(asked.unit, asked.since)
    return decision_list(_("Отменённые блокировки"), rows)


def decision_list(title: str, rows: QuerySet[Decision]) -> Listing:
    heading = (_("Когда"), _("Чат"), _("Схема"), _("Кто решил"), _("Отменено"))
    found = rows.select_related("message__source", "officer").order_by("-at")
    return Listing(title, heading, found, decision_cells)


def decision_cells(row: Decision) -> Iterable[Cell]:
    yield Cell(exact(row.at), reverse("watch:message", args=[row.message.public_id]))
    yield Cell(row.message.source.title)
    yield Cell(scheme_name(row.message.scheme))
    yield Cell(row.officer.name if row.officer else _("Tereze, автоматически"))
    yield Cell(exact(row.undone_at) if row.undone_at else "–")


def read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


LISTS: dict[str, Callable[[Asked], Listing]] = {
    "offences": offences,
    "reports": reports,
    "attempts": attempts,
    "repeats": repeats,
    "losses": losses,
    "unregistered": unregistered,
    "cases": cases,
    "fake-adverts": fake_adverts,
    "requests": requests,
    "removals": removals,
    "overdue": overdue,
    "blocked": blocked_messages,
    "undone": undone,
    **LINE_LISTS,
}
