"""Everything that changes indicators, sightings and series."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from tereze import indicators
from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.linking.identity import COMMON, CONFIDENT, Identity, identity
from tereze.linking.models import Indicator, Series, Sighting


@dataclass(frozen=True)
class Subject:
    kind: str
    key: str
    at: datetime
    reporter: str = ""  # keyed hash of the reporter's contact, so that one voice counts once


@dataclass(frozen=True)
class Linked:
    series: Series | None
    joined: tuple[tuple[str, str], ...]  # (kind, key) of what shares an indicator, newest first


@transaction.atomic
def record_sightings(
    *,
    unit: Unit,
    subject: Subject,
    found: Iterable[indicators.Indicator],
    by: Actor,
    own_values: frozenset[str] = frozenset(),
    shown: frozenset[str] = frozenset(),
    role: str = Sighting.Role.USED,
) -> Linked:
    """Remember where these indicators were seen, and join what shares them.

    `own_values` are the reporter's own numbers: they never enter. `shown` are values that a
    telephone displayed, which may be imitated; `role` is that of all others.
    """
    known = {
        identity(item): item.value
        for item in found
        if item.value not in own_values and item.confidence >= CONFIDENT
    }
    if not known:
        return Linked(None, ())
    rows, series = indicator_rows(known)
    imitated = {key for key, value in known.items() if value in shown}
    add_sightings(unit, subject, rows, imitated, role)
    joining = [row for row in rows.values() if not row.hub and not row.too_common]
    if not joining:
        return Linked(None, ())
    return Linked(join(unit, joining, series), neighbours(subject, joining))


Held = tuple[list[Indicator], dict[int, Series]]
"""Indicators and the series they are in, locked until the end of the transaction."""


class _MovedError(Exception):
    """Somebody joined their series meanwhile."""


def hold(match: Q) -> Held:
    """The series come first, each kind in one order: two reports that name the same values wait for
    each other instead of colliding, and whoever joins series moves indicators of others, who must
    not be waiting for the series."""
    while True:
        with suppress(_MovedError), transaction.atomic():  # what was locked in vain is let go
            found = Indicator.objects.filter(match)
            numbers = found.exclude(series=None).values_list("series", flat=True)
            series = Series.objects.select_for_update().filter(pk__in=set(numbers)).order_by("pk")
            held = {one.pk: one for one in series}
            rows = list(found.select_for_update().order_by("pk"))
            if not {row.series_id for row in rows} - {None, *held}:
                return rows, held
            raise _MovedError


def indicator_rows(
    known: Iterable[Identity],
) -> tuple[dict[Identity, Indicator], dict[int, Series]]:
    wanted = {(item.type, item.value_key): item for item in known}
    Indicator.objects.bulk_create(
        [
            Indicator(type=i.type, value_key=i.value_key, shown=i.shown, hub=i.hub)
            for _, i in sorted(wanted.items())  # in one order, too
        ],
        ignore_conflicts=True,
    )
    match = Q()
    for kind, key in wanted:
        match |= Q(type=kind, value_key=key)
    rows, series = hold(match)
    return {wanted[row.type, row.value_key]: row for row in rows}, series


def add_sightings(
    unit: Unit,
    subject: Subject,
    rows: dict[Identity, Indicator],
    imitated: set[Identity],
    role: str,
) -> None:
    seen = set(
        Sighting.objects.filter(subject_kind=subject.kind, subject_key=subject.key).values_list(
            "indicator_id", flat=True
        )
    )
    fresh = {item: row for item, row in rows.items() if row.pk not in seen}
    Sighting.objects.bulk_create(
        Sighting(
            indicator=row,
            unit=unit,
            subject_kind=subject.kind,
            subject_key=subject.key,
            at=subject.at,
            role=Sighting.Role.SHOWN if item in imitated else role,
            reporter=subject.reporter,
        )
        for item, row in fresh.items()
    )
    if subject.kind != "report":
        return
    counted = Indicator.objects.filter(pk__in=[row.pk for row in fresh.values()])
    counted.update(reports=F("reports") + 1)
    for row in fresh.values():
        row.reports += 1
        if row.reports > COMMON and not row.too_common and row.confirmed_at is None:
            row.too_common = True
            row.save(update_fields=["too_common"])


@transaction.atomic
def take_back(*, subject: Subject, found: Iterable[indicators.Indicator], role: str) -> None:
    """These were never there: a machine had misread them. What they joined falls apart again."""
    match = Q()
    for item in map(identity, found):
        match |= Q(indicator__type=item.type, indicator__value_key=item.value_key)
    if not match:
        return
    wrong = Sighting.objects.filter(
        match, subject_kind=subject.kind, subject_key=subject.key, role=role
    )
    rows, touched = hold(Q(pk__in=list(wrong.values_list("indicator", flat=True))))
    keys = [row.pk for row in rows]
    wrong.delete()
    if subject.kind == "report":
        Indicator.objects.filter(pk__in=keys).update(reports=F("reports") - 1)
    for series in touched.values():
        rebuild_series(only=series)


def join(unit: Unit, rows: list[Indicator], series: dict[int, Series]) -> Series:
    """Put these indicators into one series; the smaller series move into the largest."""
    numbers = {row.series_id for row in rows if row.series_id is not None}
    touched = sorted((series[number] for number in numbers), key=lambda one: (-one.size, one.pk))
    target = touched[0] if touched else Series.objects.create(unit=unit)
    for smaller in touched[1:]:
        Indicator.objects.filter(series=smaller).update(series=target)
        target.size += smaller.size
        smaller.delete()
    new = [row.pk for row in rows if row.series_id is None]
    Indicator.objects.filter(pk__in=new).update(series=target)
    if new or len(touched) > 1:
        target.size += len(new)
        target.save(update_fields=["size"])
    return target


def neighbours(subject: Subject, rows: list[Indicator]) -> tuple[tuple[str, str], ...]:
    others = (
        Sighting.objects.filter(indicator__in=rows)
        .exclude(subject_kind=subject.kind, subject_key=subject.key)
        .order_by("-at")
        .values_list("subject_kind", "subject_key")[:50]
    )
    return tuple(dict.fromkeys(others))


@transaction.atomic
def confirm_indicator(*, indicator: Indicator, by: Actor) -> None:
    """An officer is sure: the public check may say that it is known."""
    indicator.confirmed_at, indicator.confirmed_by = now(), by.key
    indicator.too_common = False
    indicator.save(update_fields=["confirmed_at", "confirmed_by", "too_common"])
    record("indicator.confirmed", target=indicator, by=by)


@transaction.atomic
def withdraw_confirmation(*, indicator: Indicator, by: Actor) -> None:
    indicator.confirmed_at, indicator.confirmed_by = None, ""
    indicator.save(update_fields=["confirmed_at", "confirmed_by"])
    record("indicator.confirmation_withdrawn", target=indicator, by=by)


@transaction.atomic
def mark_hub(*, indicator: Indicator, by: Actor) -> None:
    """It belongs to everybody (a hotline, a shop's own site): it joins nothing from now on."""
    _, touched = hold(Q(pk=indicator.pk))
    indicator.hub, indicator.series = True, None
    indicator.save(update_fields=["hub", "series"])
    record("indicator.marked_hub", target=indicator, by=by)
    for series in touched.values():
        rebuild_series(only=series)


@transaction.atomic
def rebuild_series(*, only: Series | None = None) -> int:
    """Build series anew from the sightings: the way to take something out of one.

    With `only`, that series alone falls into what still belongs together. Without, all of them do:
    a batch for after an import, while nobody waits for the database.
    """
    stale = Series.objects.filter(pk=only.pk) if only else Series.objects.all()
    usable = Sighting.objects.filter(indicator__hub=False, indicator__too_common=False)
    if only is not None:
        usable = usable.filter(indicator__series=only)
    groups = components(usable)
    units = dict(usable.values_list("indicator_id", "unit_id"))
    Indicator.objects.filter(series__in=stale).update(series=None)
    stale.delete()
    fresh = Series.objects.bulk_create(
        [Series(unit_id=units[group[0]], size=len(group)) for group in groups], batch_size=2000
    )
    moved = [
        Indicator(pk=number, series=series)
        for series, group in zip(fresh, groups, strict=True)
        for number in group
    ]
    Indicator.objects.bulk_update(moved, ["series"], batch_size=1000)
    return len(groups)


def components(sightings: QuerySet[Sighting]) -> list[list[int]]:
    """Indicators that some report or message names together, by union-find with path halving
    (Tarjan and van Leeuwen, 1984)."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    last_of: dict[tuple[str, str], int] = {}
    edges = sightings.values_list("indicator_id", "subject_kind", "subject_key")
    for number, kind, key in edges.iterator():
        parent.setdefault(number, number)
        other = last_of.setdefault((kind, key), number)
        parent[root(number)] = root(other)
    groups: dict[int, list[int]] = {}
    for number in parent:
        groups.setdefault(root(number), []).append(number)
    return list(groups.values())


def hub_candidates() -> list[Indicator]:
    """Values that became too common to join anything: a person says what they are."""
    return list(
        Indicator.objects.filter(too_common=True)
        .annotate(number=Count("sightings"))
        .order_by("-number")[:100]
    )
