"""What belongs to the people who reported, so that it can be kept out of what leaves the house."""

from collections.abc import Iterable

from django.db.models import Q

from tereze.accounts.models import Unit
from tereze.disruption.models import RequestLink
from tereze.disruption.redaction import Own
from tereze.indicators import extract
from tereze.intake.masking import contact_values, own_in
from tereze.intake.models import Report


def own_of(unit: Unit, links: Iterable[tuple[str, str]]) -> Own:
    """The reporters' own numbers, addresses and names, of all reports behind these links."""
    links = list(links)
    keys: dict[str, list[str]] = {"report": [], "case": []}
    for kind, key in [*links, *behind(unit, links)]:
        keys.setdefault(kind, []).append(key)
    meant = Q(public_id__in=keys["report"]) | Q(cases__public_id__in=keys["case"])
    values: set[str] = set()
    names: list[str] = []
    for report in Report.objects.filter(meant, unit=unit).distinct():
        values |= contact_values(str(report.reporter.get("contact", "")))
        values |= own_in(report.text, extract(report.text))
        names.append(str(report.reporter.get("name", "")))
    return Own(frozenset(values), tuple(name for name in names if name))


def behind(unit: Unit, links: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """What an earlier request was for that this one is about: one that corrects it names nobody either."""
    earlier = [key for kind, key in links if kind == "request"]
    rows = RequestLink.objects.filter(request__unit=unit, request__public_id__in=earlier)
    return rows.values_list("kind", "key") if earlier else ()
