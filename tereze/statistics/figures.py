"""What the chief sees, computed from rows at the moment of asking; nothing is kept.

Counted are distinct offences with an ЕРДР number, by the date of that registration. Reports and
attempts stand apart: a second report of an offence, or an attempt, changes no offence.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tereze.accounts.models import Unit
from tereze.casework.models import Case, Offence
from tereze.core.clock import now
from tereze.disruption.models import Request
from tereze.indicators.platforms import PLATFORMS
from tereze.intake.models import Loss, Report, State
from tereze.statistics.period import local_day, midnight
from tereze.statistics.removal import Removal, removal_minutes, removal_requests
from tereze.watch.interventions import blocked
from tereze.watch.models import Decision


NONE = "none"  # no platform was used, no scheme or district was named
# Schemes that live on an advert that somebody placed for others to find.
FAKE_ADVERTS = frozenset(
    {"ad_prepayment", "fake_delivery_link", "car_deposit", "cargo_carrier", "rent_deposit"}
)


@dataclass(frozen=True)
class Reports:
    total: int
    repeats: int
    in_kui: int
    not_in_kui: int
    overdue: int
    amount_lost: Decimal
    schemes: dict[str, int]
    districts: dict[str, int]


@dataclass(frozen=True)
class Figures:
    since: datetime
    offences: int
    platforms: dict[str, int]
    schemes: dict[str, int]
    districts: dict[str, int]
    weeks: dict[date, int]  # by the Monday
    reports: Reports
    attempts: Reports
    not_in_kui: int  # all of them, however old
    not_in_kui_overdue: int
    cases_in_production: int
    cases_on_fake_adverts: int
    requests: int
    requests_overdue: int
    removal: dict[str, Removal]
    blocked_messages: int
    undone_messages: int


def figures_of(unit: Unit, since: datetime) -> Figures:
    offences = offences_since(unit, since)
    counted = list(offences.values_list("platform", "scheme", "district", "registered_at"))
    requests = list(removal_requests(unit).filter(delivered_at__gte=since))
    return Figures(
        since=since,
        offences=len(counted),
        platforms=by_platform(row[0] for row in counted),
        schemes=by_name(row[1] for row in counted),
        districts=by_name(row[2] for row in counted),
        weeks=by_week((row[3] for row in counted), unit, since),
        reports=reports_figures(reports_since(unit, since)),
        attempts=reports_figures(attempts_since(unit, since)),
        not_in_kui=not_in_kui(unit).count(),
        not_in_kui_overdue=not_in_kui(unit).filter(kui_due_at__lt=now()).count(),
        cases_in_production=cases_in_production(unit).count(),
        cases_on_fake_adverts=cases_on_fake_adverts(unit).count(),
        requests=requests_since(unit, since).count(),
        requests_overdue=overdue_requests(unit).count(),
        removal=removal_minutes(requests),
        blocked_messages=blocked(unit, since).count(),
        undone_messages=undone_since(unit, since).count(),
    )


def offences_since(unit: Unit, since: datetime) -> QuerySet[Offence]:
    return (
        Offence.objects.filter(unit=unit, registered_at__gte=since)
        .select_related("case")
        .order_by("-registered_at", "-pk")
    )


def reports_since(unit: Unit, since: datetime) -> QuerySet[Report]:
    """Without attempts, which are counted apart."""
    return all_reports(unit, since).exclude(loss=Loss.ATTEMPT)


def attempts_since(unit: Unit, since: datetime) -> QuerySet[Report]:
    return all_reports(unit, since).filter(loss=Loss.ATTEMPT)


def all_reports(unit: Unit, since: datetime) -> QuerySet[Report]:
    return Report.objects.filter(unit=unit, received_at__gte=since).order_by("-received_at")


def losses_since(unit: Unit, since: datetime) -> QuerySet[Report]:
    """What the sum of losses is added up from: a repeat tells of the same money."""
    return all_reports(unit, since).filter(loss=Loss.LOST).exclude(state=State.REPEAT)


def not_in_kui(unit: Unit) -> QuerySet[Report]:
    """All of them, however old."""
    return Report.objects.filter(unit=unit, state=State.OPEN).order_by("received_at")


def cases_in_production(unit: Unit) -> QuerySet[Case]:
    return Case.objects.filter(unit=unit).in_production().order_by("-opened_at")


def cases_on_fake_adverts(unit: Unit) -> QuerySet[Case]:
    about = Q(scheme__in=FAKE_ADVERTS) | Q(offences__platform__in=list(PLATFORMS))
    return cases_in_production(unit).filter(about).distinct()


def requests_since(unit: Unit, since: datetime) -> QuerySet[Request]:
    return (
        Request.objects.filter(unit=unit, delivered_at__gte=since)
        .select_related("partner")
        .order_by("-delivered_at")
    )


def overdue_requests(unit: Unit) -> QuerySet[Request]:
    return (
        Request.objects.filter(unit=unit)
        .overdue()
        .select_related("partner__our_officer")
        .order_by("overdue_at")
    )


def undone_since(unit: Unit, since: datetime) -> QuerySet[Decision]:
    found: QuerySet[Decision] = Decision.objects.blocking().of_unit(unit, since=since)
    return found.filter(undone_at__isnull=False)


def reports_figures(reports: QuerySet[Report]) -> Reports:
    plain = reports.order_by()
    totals = plain.aggregate(
        total=Count("pk"),
        repeats=Count("pk", filter=Q(state=State.REPEAT)),
        in_kui=Count("pk", filter=Q(state=State.KUI)),
        not_in_kui=Count("pk", filter=Q(state=State.OPEN)),
        overdue=Count("pk", filter=Q(state=State.OPEN, kui_due_at__lt=now())),
        amount_lost=Sum("amount", filter=Q(loss=Loss.LOST) & ~Q(state=State.REPEAT)),
    )
    totals["amount_lost"] = totals["amount_lost"] or Decimal(0)
    return Reports(
        **totals,
        schemes=grouped(plain, "scheme"),
        districts=grouped(plain, "district"),
    )


def grouped(reports: QuerySet[Report], field: str) -> dict[str, int]:
    rows = reports.values_list(field).annotate(number=Count("pk"))
    return ordered({name or NONE: number for name, number in rows})


def by_name(names: Iterable[str]) -> dict[str, int]:
    return ordered(Counter(name or NONE for name in names))


def by_platform(names: Iterable[str]) -> dict[str, int]:
    """The four classifieds sites always, also with nothing to count; then whatever else."""
    return ordered({**dict.fromkeys(PLATFORMS, 0), **Counter(name or NONE for name in names)})


def ordered(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (item[0] == NONE, -item[1], item[0])))


def by_week(moments: Iterable[datetime], unit: Unit, since: datetime) -> dict[date, int]:
    """Every week since the start, the empty ones too, by its Monday in the city's time."""
    counts = Counter(monday(local_day(moment, unit)) for moment in moments)
    week, last = monday(local_day(since, unit)), monday(local_day(now(), unit))
    weeks: dict[date, int] = {}
    while week <= last:
        weeks[week] = counts[week]
        week += timedelta(days=7)
    return weeks


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_bounds(day: date, unit: Unit) -> tuple[datetime, datetime]:
    first = monday(day)
    return midnight(first, unit), midnight(first + timedelta(days=7), unit)


def as_json(figures: Figures) -> dict[str, Any]:
    """The published form of `tereze figures --json`."""
    return {
        "since": figures.since.isoformat(),
        "offences": figures.offences,
        "platforms": figures.platforms,
        "schemes": figures.schemes,
        "districts": figures.districts,
        "weeks": {day.isoformat(): number for day, number in figures.weeks.items()},
        "reports": reports_json(figures.reports),
        "attempts": reports_json(figures.attempts),
        "not_in_kui": figures.not_in_kui,
        "cases_in_production": figures.cases_in_production,
        "cases_on_fake_adverts": figures.cases_on_fake_adverts,
        "requests": figures.requests,
        "requests_overdue": figures.requests_overdue,
        "removal_minutes": {slug: asdict(row) for slug, row in figures.removal.items()},
        "blocked_messages": figures.blocked_messages,
        "undone_messages": figures.undone_messages,
    }


def reports_json(reports: Reports) -> dict[str, Any]:
    return {**asdict(reports), "amount_lost": float(reports.amount_lost)}
