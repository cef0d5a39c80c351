"""The lists behind the direct line's numbers."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from tereze.core.wording import exact, money
from tereze.disruption.models.request import Refusal
from tereze.disruption.repeating import RepeatSeller
from tereze.intake.models import Report
from tereze.statistics import line
from tereze.statistics.line_names import month_name, show_name, step_name
from tereze.statistics.listing import Asked, Cell, Listing
from tereze.statistics.lives import Life, lives_of
from tereze.statistics.names import district_name, platform_name, scheme_name
from tereze.statistics.removal import minutes_said
from tereze.statistics.sellers import among, sellers_on


def asked_lives(asked: Asked) -> tuple[list[Life], list[str]]:
    """Those of the platform and month asked for, and how that is called."""
    platform, month = (asked.filters.get(name, "") for name in ("platform", "month"))
    lives = lives_of(asked.unit, asked.since)
    found = line.within(lives, asked.unit, platform=platform, month=month)
    said = [_("Прямая линия")]
    if platform:
        said.append(platform_name(platform))
    if month:
        said += map(month_name, line.by_month(found, asked.unit))
    return found, said


def requests(asked: Asked) -> Listing:
    found, said = asked_lives(asked)
    step, show = asked.filters.get("step", ""), asked.filters.get("show", "")
    if step in line.STEPS:
        measured = asked.filters.get("over") != "no"
        found = of_step(found, step, measured=measured)
        said.append(step_name(step))
        said += [] if measured else [_("ещё нет")]
    elif show in line.SHOWS:
        found = [life for life in found if line.SHOWS[show](life)]
        said.append(show_name(show))
    if reason := asked.filters.get("reason"):
        found = [life for life in found if life.refusal == reason]
        said.append(str(dict(Refusal.choices).get(reason, reason)))
    return Listing(" · ".join(said), heading(), found, cells(step))


def of_step(found: Iterable[Life], step: str, *, measured: bool) -> list[Life]:
    """The quickest first: the one in the middle is the median."""
    times = [(life, time) for life in found if (time := line.STEPS[step](life)) is not None]
    of_these = [(life, time) for life, time in times if time.gone == measured]
    return [life for life, time in sorted(of_these, key=lambda pair: pair[1].minutes)]


def heading() -> tuple[str, ...]:
    return (
        _("Исходящий №"),
        _("Партнёр"),
        _("О чём"),
        _("Отправлено"),
        _("Принято"),
        _("Сделано"),
        _("Проверено нами"),
        _("За сколько"),
        _("Состояние"),
    )


def cells(step: str) -> Callable[[Life], Iterable[Cell]]:
    timed = line.STEPS.get(step, line.STEPS["sent_acted"])

    def of_life(life: Life) -> Iterable[Cell]:
        row = life.request
        yield Cell(row.number or "–", reverse("disruption:request", args=[row.public_id]))
        yield Cell(str(row.partner))
        yield Cell(row.listing or row.address)
        for at in (life.sent, life.acknowledged, life.acted, life.verified):
            yield Cell(exact(at) if at else "–")
        time = timed(life)
        yield Cell(minutes_said(time.minutes) if time and (time.gone or step) else "–")
        yield Cell(row.get_state_display())

    return of_life


def held(asked: Asked) -> Listing:
    found, said = asked_lives(asked)
    rows = [life for life in found if life.request.held_amount is not None]
    columns = (_("Исходящий №"), _("Партнёр"), _("О чём"), _("Отправлено"), _("Удержано"))
    return Listing(" · ".join([*said, _("удержано денег")]), columns, rows, held_cells)


def held_cells(life: Life) -> Iterable[Cell]:
    row = life.request
    yield Cell(row.number or "–", reverse("disruption:request", args=[row.public_id]))
    yield Cell(str(row.partner))
    yield Cell(row.address)
    yield Cell(exact(life.sent) if life.sent else "–")
    yield Cell(money(row.held_amount) or "–")


def losses(asked: Asked) -> Listing:
    """Reports of money lost while the advert stood there."""
    found, said = asked_lives(asked)
    pks = [told.pk for told in line.losses(found)]
    rows = Report.objects.filter(unit=asked.unit, pk__in=pks).masked().order_by("-received_at")
    columns = (_("Номер"), _("Получено"), _("Схема"), _("Район"), _("Ущерб"))
    title = " · ".join([*said, _("потеряли деньги, пока объявление было на месте")])
    return Listing(title, columns, rows, loss_cells)


def loss_cells(row: Report) -> Iterable[Cell]:
    yield Cell(row.number, reverse("intake:report_page", args=[row.public_id]))
    yield Cell(exact(row.received_at))
    yield Cell(scheme_name(row.scheme))
    yield Cell(district_name(row.district))
    yield Cell(money(row.amount) or "–")


def sellers(asked: Asked) -> Listing:
    found, said = asked_lives(asked)
    rows = among(sellers_on(asked.unit, found), found)
    columns = (_("Продавец"), _("Площадка"), _("Объявлений"), _("Последнее уведомление"))
    return Listing(" · ".join([*said, _("повторные продавцы")]), columns, rows, seller_cells)


def seller_cells(row: RepeatSeller) -> Iterable[Cell]:
    last = row.requests[-1]
    yield Cell(row.title)
    yield Cell(platform_name(row.platform))
    yield Cell(row.listings)
    yield Cell(last.number or last.public_id, reverse("disruption:request", args=[last.public_id]))


LINE_LISTS: dict[str, Callable[[Asked], Listing]] = {
    "line": requests,
    "line-held": held,
    "line-losses": losses,
    "line-sellers": sellers,
}
