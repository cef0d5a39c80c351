"""A request as a filled form to be typed or loaded elsewhere: the anti-fraud centre, the regulator
and the operators have no public interface, so the form leaves as a file."""

from typing import Any

from django.utils.translation import gettext as _

from tereze.core.wording import exact
from tereze.detection.typology import GROUNDS
from tereze.disruption.forms.details import rows_of
from tereze.disruption.models import Request


def form_rows(request: Request) -> list[tuple[str, str]]:
    """Every line of the paper: who asks whom for what, on what ground, with which numbers."""
    rows: list[tuple[Any, Any]] = [
        (_("Исходящий номер"), request.number),
        (_("Дата"), exact(request.approved_at) if request.approved_at else ""),
        (_("Орган"), str(request.unit)),
        (_("Кому"), str(request.partner)),
        (_("Просим"), request.kind_of.ask),
        *page_rows(request),
        *rows_of(request),
        (_("Причина"), request.reason),
        (_("Основание"), ground_in(request)),
        (_("Номер КУИ"), request.kui_number),
        (_("Номер ЕРДР"), request.erdr_number),
        (_("Санкция"), request.sanction),
        (_("Подписал"), f"{request.signatory_post} {request.signatory}".strip()),
    ]
    return [(str(label), str(value)) for label, value in rows if value]


def page_rows(request: Request) -> list[tuple[Any, Any]]:
    if request.form:
        return []
    return [(_("Адрес"), request.address), (_("Номер объявления"), request.listing)]


def ground_in(request: Request) -> str:
    ground = GROUNDS.get(request.ground)
    return ground.text["kk" if request.partner.language == "kk" else "ru"] if ground else ""
