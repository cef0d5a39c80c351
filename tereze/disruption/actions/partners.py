"""Partners: the known ones, and what was agreed with them."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.founding import on_founding
from tereze.disruption.hours import Schedule
from tereze.disruption.models import Partner, PartnerTerms
from tereze.disruption.platforms import PLATFORMS


KNOWN = Path(__file__).parent.parent / "partners.toml"


def known_partners() -> dict[str, dict[str, Any]]:
    """Platforms say in their own folders who answers; the others stand in one file."""
    platforms = {
        slug: tomllib.loads(platform.partner.read_text())
        for slug, platform in PLATFORMS.items()
        if platform.partner is not None
    }
    return {**platforms, **tomllib.loads(KNOWN.read_text())}


@transaction.atomic
def register_known_partners(*, unit: Unit, by: Actor) -> list[Partner]:
    """Put in whoever is known and not there yet. Safe to repeat; what was changed stays."""
    made = []
    for slug, entry in known_partners().items():
        fields = {name: value for name, value in entry.items() if name != "terms"}
        partner, is_new = Partner.objects.get_or_create(unit=unit, slug=slug, defaults=fields)
        if is_new:
            record("partner.registered", target=partner, by=by)
            set_terms(partner=partner, by=by, **entry["terms"])
            made.append(partner)
    return made


@on_founding
def found_partners(unit: Unit, by: Actor) -> None:
    register_known_partners(unit=unit, by=by)


@transaction.atomic
def save_partner(*, partner: Partner, by: Actor) -> None:
    """A new partner, or changed contacts and channel."""
    is_new = partner.pk is None
    partner.save()
    record("partner.registered" if is_new else "partner.changed", target=partner, by=by)


@transaction.atomic
def set_terms(
    *, partner: Partner, valid_from: date, source: str, by: Actor, **agreed: Any
) -> PartnerTerms:
    """Agreed hours and times from a day on. Raises ValueError for hours that make no sense."""
    Schedule.read(agreed.get("hours", {}), agreed.get("holidays", ()))
    terms, _new = PartnerTerms.objects.update_or_create(
        partner=partner, valid_from=valid_from, defaults={"source": source, **agreed}
    )
    detail = {"valid_from": valid_from.isoformat()}
    record("partner.terms_set", target=partner, by=by, detail=detail)
    return terms
