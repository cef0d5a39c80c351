"""What grows this week: the plain comparison from which warnings are suggested.

A scheme or an indicator grows when at least three reports named it in the last seven days and that
is at least twice its average week of the four before. Both numbers are shown, so that the officer
can judge them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.detection.typology import SCHEMES
from tereze.intake.models import Report
from tereze.linking.models import Indicator


WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
ENOUGH = 3
TIMES = 2
MOST = 5


@dataclass(frozen=True)
class Growing:
    this_week: int
    usual: float  # a week, over the four weeks before
    scheme: str = ""
    indicator: Indicator | None = None


def is_growing(this_week: int, before: int) -> bool:
    return this_week >= ENOUGH and this_week * WEEKS_BEFORE >= TIMES * before


def growing_schemes(unit: Unit) -> list[Growing]:
    rows = (
        Report.objects.filter(unit=unit, received_at__gt=now() - WEEK * (WEEKS_BEFORE + 1))
        .exclude(scheme="")
        .values_list("scheme")
        .annotate(
            this_week=Count("pk", filter=Q(received_at__gt=now() - WEEK)),
            before=Count("pk", filter=Q(received_at__lte=now() - WEEK)),
        )
    )
    return first(
        Growing(this_week, before / WEEKS_BEFORE, scheme=scheme)
        for scheme, this_week, before in rows
        if scheme in SCHEMES and is_growing(this_week, before)
    )


def growing_indicators(unit: Unit) -> list[Growing]:
    recent = Q(sightings__unit=unit, sightings__subject_kind="report")
    rows: Any = (
        Indicator.objects.joining()
        .filter(recent, sightings__at__gt=now() - WEEK * (WEEKS_BEFORE + 1))
        .annotate(
            this_week=Count("sightings", filter=recent & Q(sightings__at__gt=now() - WEEK)),
            before=Count("sightings", filter=recent & Q(sightings__at__lte=now() - WEEK)),
        )
        .filter(this_week__gte=ENOUGH)
    )
    return first(
        Growing(row.this_week, row.before / WEEKS_BEFORE, indicator=row)
        for row in rows
        if is_growing(row.this_week, row.before)
    )


def first(growing: Iterable[Growing]) -> list[Growing]:
    return sorted(growing, key=lambda g: (-g.this_week, g.usual))[:MOST]
