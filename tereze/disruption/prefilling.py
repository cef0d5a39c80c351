"""What a form can know by itself from the report, case or request it is about."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tereze.accounts.models import Unit
from tereze.disruption.models import Request
from tereze.disruption.told import reason_in
from tereze.disruption.urgent import form_of, receiver_of
from tereze.indicators import extract
from tereze.intake.models import Loss, Report


Link = tuple[str, str]


def prefilled(unit: Unit, kind: str, links: Iterable[Link]) -> dict[str, Any]:
    keys = dict(links)
    if kind == "correct_removal":
        return of_request(unit, keys.get("request", ""))
    report = Report.objects.filter(unit=unit, public_id=keys.get("report", "")).first()
    if report is None:
        return {}
    readers = {"hold_money": of_money, "check_number": of_number}
    known = readers[kind](report) if kind in readers else {}
    return {**known, "reason": reason_in("ru", [report])}


def of_money(report: Report) -> dict[str, Any]:
    if report.loss != Loss.LOST:
        receiver = receiver_of(report)
        return {"to": receiver.value} if receiver else {}
    return form_of(report, report.money_left_at or report.received_at)


def of_number(report: Report) -> dict[str, Any]:
    text = "\n".join([str(report.details.get("fraudster", "")), report.text])
    phones = [item.value for item in extract(text) if item.type in {"phone", "whatsapp"}]
    return {"number": phones[0] if phones else "", "seen_at": report.happened_at}


def of_request(unit: Unit, key: str) -> dict[str, Any]:
    wrong = Request.objects.filter(unit=unit, public_id=key).select_related("partner").first()
    if wrong is None:
        return {}
    what = _("%(what)s, наше уведомление № %(number)s") % {
        "what": wrong.listing or wrong.address,
        "number": wrong.number,
    }
    return {
        "what": what,
        "partner": wrong.partner_id,
        "reason": _("Наше уведомление было ошибкой."),
    }
