"""Times, money and numbers as the reader's language writes them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tereze.core.clock import now


NARROW = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3600, 86400


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def exact(moment: datetime | date, *, short: bool = False) -> str:
    """22.11.2026 14:05; with `short`, only the time when it was today."""
    day = "%d %b %Y" if is_english() else "%d.%m.%Y"
    if not isinstance(moment, datetime):
        return moment.strftime(day)
    local = timezone.localtime(moment)
    if short and local.date() == timezone.localtime(now()).date():
        return local.strftime("%H:%M")
    return local.strftime(f"{day} %H:%M")


def age(moment: datetime) -> str:
    """12 мин назад."""
    seconds = (now() - moment).total_seconds()
    if seconds < MINUTE:
        return _("только что")
    return _("%(span)s назад") % {"span": coarse(seconds)}


def span(seconds: float) -> str:
    """2 ч 15 мин, the two largest parts."""
    minutes = int(seconds // MINUTE)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, _("%(n)s дн")),
        (hours, _("%(n)s ч")),
        (rest, _("%(n)s мин")),
    ]
    said = [form % {"n": number} for number, form in parts if number][:2]
    return NARROW.join(" ".join(said).split(" ")) if said else _("меньше минуты")


def coarse(seconds: float) -> str:
    """The largest part alone: an age need not be exact."""
    unit = DAY if seconds >= DAY else HOUR if seconds >= HOUR else MINUTE
    return span(seconds // unit * unit)


def remaining(deadline: datetime, done_at: datetime | None = None) -> str:
    """What a clock says: осталось …, просрочено на …, в срок."""
    if done_at is not None:
        late = (done_at - deadline).total_seconds()
        return _("с опозданием на %(span)s") % {"span": span(late)} if late > 0 else _("в срок")
    left = (deadline - now()).total_seconds()
    if left > 0:
        return _("осталось %(span)s") % {"span": span(left)}
    return _("просрочено на %(span)s") % {"span": span(-left)}


def is_near(deadline: datetime, minutes: int) -> bool:
    return deadline - now() <= timedelta(minutes=minutes)


def money(amount: Decimal | float | str | None) -> str:
    """1 250 000 ₸ in Russian and Kazakh, ₸1,250,000 in English."""
    if amount is None or amount == "":
        return ""
    value = Decimal(str(amount))
    digits = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    if is_english():
        return f"₸{digits}"
    return digits.replace(",", NARROW).replace(".", ",") + f"{NARROW}₸"


def phone(number: str) -> str:
    """+7 701 234 56 78; what is no Kazakh number stays as it is."""
    if len(number) == 12 and number.startswith("+7") and number[1:].isdigit():
        parts = (number[:2], number[2:5], number[5:8], number[8:10], number[10:])
        return NARROW.join(parts)
    return number
