"""How the direct line's counts, steps and months are called on screen."""

from datetime import date

from django.template.defaultfilters import date as formatted
from django.utils.translation import gettext as _


def show_name(name: str) -> str:
    return {
        "requests": _("отправлено"),
        "waiting": _("ещё не отправлено"),
        "acknowledged": _("принято"),
        "acted": _("сделано"),
        "verified": _("проверено: удалено"),
        "open": _("сейчас на месте"),
        "refused": _("отказ"),
        "overturned": _("признано ошибкой"),
        "reappeared": _("появилось снова"),
        "held": _("удержано денег"),
    }[name]


def step_name(name: str) -> str:
    return {
        "report_sent": _("от сообщения до отправки"),
        "sent_acknowledged": _("от отправки до «принято»"),
        "sent_acted": _("от отправки до «сделано»"),
        "sent_verified": _("от отправки до нашей проверки"),
        "report_verified": _("от сообщения до нашей проверки"),
        "online": _("сколько всего было на площадке"),
    }[name]


def month_name(month: date) -> str:
    """Ноябрь 2026, in the reader's language."""
    return formatted(month, "F Y")
