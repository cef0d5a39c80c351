"""What the law wants on the table before a request may be signed, and where it comes from."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.casework.models import Case, Offence
from tereze.detection.typology import GROUNDS
from tereze.disruption.models import Request
from tereze.intake.models import Report


NAMES: dict[str, Any] = {
    "kui_number": _("номер КУИ"),
    "erdr_number": _("номер ЕРДР"),
    "prosecutor_sanction": _("санкция прокурора"),
    "court_sanction": _("санкция суда"),
    "owner_consent": _("согласие владельца"),
}
KEPT_IN = {"prosecutor_sanction": "sanction", "court_sanction": "sanction"}
Link = tuple[str, str]


class NeedsMissingError(Exception):
    """The ground wants more than the request has; `missing` names it."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing

    @property
    def text(self) -> str:
        return ", ".join(str(NAMES[need]) for need in self.missing)


def needs_of(request: Request) -> tuple[str, ...]:
    ground = GROUNDS.get(request.ground)
    return ground.needs if ground else ()


def missing(request: Request) -> list[str]:
    return [need for need in needs_of(request) if not getattr(request, KEPT_IN.get(need, need), "")]


def numbers_from(unit: Unit, links: Iterable[Link]) -> dict[str, str]:
    """КУИ and ЕРДР numbers of the report and the case behind a request, where there are any."""
    keys = list(links)
    reports = [key for kind, key in keys if kind == "report"]
    cases = Case.objects.filter(unit=unit, public_id__in=[k for kind, k in keys if kind == "case"])
    cases |= Case.objects.filter(unit=unit, reports__public_id__in=reports)
    in_book = Report.objects.filter(unit=unit, public_id__in=reports).exclude(kui_number="")
    offence = Offence.objects.filter(case__in=cases.distinct()).order_by("registered_at").first()
    return {
        "kui_number": in_book.values_list("kui_number", flat=True).first()
        or cases.exclude(kui_number="").values_list("kui_number", flat=True).first()
        or "",
        "erdr_number": offence.erdr_number if offence else "",
    }


def take_numbers(request: Request) -> None:
    """Into the object at hand: a report may have been entered in КУИ since the draft was made."""
    links = request.links.values_list("kind", "key")
    for name, number in numbers_from(request.unit, links).items():
        if not getattr(request, name):
            setattr(request, name, number)
