"""What belongs to the people who reported, so that it can be kept out of what leaves the house."""

from collections.abc import Iterable

from tereze.accounts.models import Unit
from tereze.disruption.redaction import Own
from tereze.indicators import extract
from tereze.intake.masking import contact_values, own_in
from tereze.intake.models import Report


def own_of(unit: Unit, links: Iterable[tuple[str, str]]) -> Own:
    """The reporters' own numbers, addresses and names, of all reports among these links."""
    keys = [key for kind, key in links if kind == "report"]
    values: set[str] = set()
    names: list[str] = []
    for report in Report.objects.filter(unit=unit, public_id__in=keys):
        values |= contact_values(str(report.reporter.get("contact", "")))
        values |= own_in(report.text, extract(report.text))
        names.append(str(report.reporter.get("name", "")))
    return Own(frozenset(values), tuple(name for name in names if name))
