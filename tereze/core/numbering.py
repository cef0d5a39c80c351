"""Numbers for people: `2026-000123`, counted per unit, kind and year."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from tereze.core.clock import now
from tereze.core.models import Counter


@transaction.atomic
def next_number(scope: str, kind: str, *, zone: str = "Asia/Almaty") -> str:
    """Take the next number of this kind. `scope` is the unit's slug; the year is the city's."""
    year = now().astimezone(ZoneInfo(zone)).year
    name = f"{scope}/{kind}/{year}"
    # The update comes first: it takes the row's lock, so two takers cannot read one value.
    if not Counter.objects.filter(scope=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(scope=name)
        Counter.objects.filter(scope=name).update(value=F("value") + 1)
    return f"{year}-{Counter.objects.get(scope=name).value:06d}"
