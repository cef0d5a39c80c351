"""A partner's own figures: what it was asked, how soon it answered, what became of it.

Minutes run by the calendar from delivery, as in all our figures; what is not over yet counts as
"at least so long", and n is shown beside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tereze.core.clock import now
from tereze.disruption.durations import MEDIAN, P90, Time, quantile, rounded
from tereze.disruption.kinds import LOOKED_AT
from tereze.disruption.models import Partner, Request, State
from tereze.disruption.models.request import WITH_PARTNER, Refusal


AGES = (
    (timedelta(hours=1), _("до часа")),
    (timedelta(hours=4), _("до 4 часов")),
    (timedelta(days=1), _("до суток")),
    (timedelta(days=3), _("до трёх суток")),
    (timedelta.max, _("дольше трёх суток")),
)
COLUMNS = (
    "kind",
    "state",
    "delivered_at",
    "answered_at",
    "gone_at",
    "closed_at",
    "reopened_at",
    "overturned_at",
    "overdue_at",
    "refusal",
)


@dataclass(frozen=True)
class Line:
    """One month, or all of them."""

    month: str  # 2026-11; empty: all
    received: int
    answered: int
    gone: int
    answer_median: float | None  # None: fewer than half have been answered
    answer_p90: float | None
    gone_n: int  # of those whose outcome can be seen from outside
    gone_median: float | None
    gone_p90: float | None
    refused: int
    reopened: int
    overturned: int
    late: int  # the deadline was missed


@dataclass(frozen=True)
class Figures:
    total: Line
    months: list[Line]  # newest first
    refusals: list[tuple[Any, int]]
    open_by_age: list[tuple[Any, int]]


Row = dict[str, Any]


def partner_figures(partner: Partner, at: datetime | None = None) -> Figures:
    at = at or now()
    zone = ZoneInfo(partner.unit.zone)
    rows: list[Row] = list(
        Request.objects.filter(partner=partner, delivered_at__isnull=False).values(*COLUMNS)
    )
    by_month: dict[str, list[Row]] = {}
    for row in rows:
        by_month.setdefault(f"{row['delivered_at'].astimezone(zone):%Y-%m}", []).append(row)
    return Figures(
        total=line("", rows, at),
        months=[line(month, by_month[month], at) for month in sorted(by_month, reverse=True)],
        refusals=refusals(rows),
        open_by_age=open_by_age(rows, at),
    )


def line(month: str, rows: Sequence[Row], at: datetime) -> Line:
    answers = [time_to(row, "answered_at", at) for row in rows]
    seen = [time_to(row, "gone_at", at) for row in rows if row["kind"] in LOOKED_AT]
    return Line(
        month=month,
        received=len(rows),
        answered=count(rows, "answered_at"),
        gone=count(rows, "gone_at"),
        answer_median=rounded(quantile(answers, MEDIAN)),
        answer_p90=rounded(quantile(answers, P90)),
        gone_n=len(seen),
        gone_median=rounded(quantile(seen, MEDIAN)),
        gone_p90=rounded(quantile(seen, P90)),
        refused=count(rows, "refusal"),
        reopened=count(rows, "reopened_at"),
        overturned=count(rows, "overturned_at"),
        late=count(rows, "overdue_at"),
    )


def count(rows: Iterable[Row], name: str) -> int:
    return sum(1 for row in rows if row[name])


def time_to(row: Row, name: str, at: datetime) -> Time:
    """Until that moment; one that has not come ends with the request, or now."""
    end = row[name] or row["closed_at"] or at
    minutes = (end - row["delivered_at"]).total_seconds() / 60
    return Time(max(0.0, minutes), gone=row[name] is not None)


def refusals(rows: Iterable[Row]) -> list[tuple[Any, int]]:
    found: dict[str, int] = {}
    for row in rows:
        if row["refusal"]:
            found[row["refusal"]] = found.get(row["refusal"], 0) + 1
    return [(label, found[code]) for code, label in Refusal.choices if code in found]


def open_by_age(rows: Iterable[Row], at: datetime) -> list[tuple[Any, int]]:
    """What waits for the partner now, by how long ago it reached them or came back."""
    counts = [0] * len(AGES)
    for row in rows:
        if row["state"] not in WITH_PARTNER:
            continue
        back = row["state"] == State.REOPENED and row["reopened_at"]
        age = at - (back or row["delivered_at"])
        counts[next(i for i, (limit, _name) in enumerate(AGES) if age <= limit)] += 1
    return [(name, n) for (_limit, name), n in zip(AGES, counts, strict=True)]
