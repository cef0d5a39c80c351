"""The intervention register: everything done or asked against somebody's text, account or advert.

Read only. Chats come from `watch`, requests from `disruption`; here they stand in one list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tereze.accounts.models import Unit
from tereze.detection.typology import GROUNDS
from tereze.disruption.models import Request
from tereze.disruption.models.request import Answer
from tereze.watch import interventions as wall
from tereze.watch.models import Act, Appeal
from tereze.watch.models.decisions import ActKind, ActState, AppealState


REQUEST = "request"


@dataclass(frozen=True, kw_only=True)
class Entry:
    at: datetime
    kind: str  # delete | restrict | ban | request
    what: str
    where: str
    basis: str
    reason: str
    who: str
    by_machine: bool
    state: str
    undone_at: datetime | None
    appealed: bool
    url: str


@dataclass(frozen=True)
class Filters:
    kind: str = ""
    who: str = ""  # machine | officer
    only: str = ""  # undone | appealed


def kind_names() -> dict[str, str]:
    return {
        ActKind.DELETE: _("удаление публикации"),
        ActKind.RESTRICT: _("ограничение автора"),
        ActKind.BAN: _("блокировка автора"),
        REQUEST: _("уведомление площадке"),
    }


def register_of(unit: Unit, since: datetime, until: datetime, filters: Filters) -> list[Entry]:
    """Newest first."""
    found: list[Entry] = []
    if filters.kind != REQUEST:
        found += [chat_entry(act) for act in wall.interventions(unit, since) if act.at < until]
    if filters.kind in ("", REQUEST):
        found += [request_entry(row) for row in sent_requests(unit, since, until)]
    return sorted(
        (entry for entry in found if fits(entry, filters)), key=lambda entry: entry.at, reverse=True
    )


def sent_requests(unit: Unit, since: datetime, until: datetime) -> Iterable[Request]:
    return Request.objects.filter(
        unit=unit, delivered_at__gte=since, delivered_at__lt=until
    ).select_related("partner")


def fits(entry: Entry, filters: Filters) -> bool:
    return (
        filters.kind in ("", entry.kind)
        and (filters.who == "" or (filters.who == "machine") == entry.by_machine)
        and (filters.only != "undone" or entry.undone_at is not None)
        and (filters.only != "appealed" or entry.appealed)
    )


def chat_entry(act: wall.Intervention) -> Entry:
    language = "kk" if get_language() == "kk" else "ru"
    return Entry(
        at=act.at,
        kind=act.kind,
        what=kind_names()[act.kind],
        where=act.chat,
        basis=act.basis,
        reason=act.reason.get(language, ""),
        who=act.who or _("Tereze, автоматически"),
        by_machine=not act.who,
        state=str(ActState(act.state).label),
        undone_at=act.undone_at,
        appealed=act.appealed,
        url="",
    )


def request_entry(row: Request) -> Entry:
    """A refusal is the partner's objection; a page that stayed was no intervention in the end."""
    assert row.delivered_at is not None  # noqa: S101 - only delivered ones are asked for
    language = "kk" if get_language() == "kk" else "ru"
    ground = GROUNDS.get(row.ground)
    withdrawn = row.closed_at if row.gone_at is None and not row.answer else None
    return Entry(
        at=row.delivered_at,
        kind=REQUEST,
        what=f"{kind_names()[REQUEST]}: {row.get_kind_display()}",
        where=f"{row.partner} · {row.listing or row.address}",
        basis=ground.text[language] if ground else row.ground,
        reason=f"№ {row.number}",
        who=f"{row.signatory_post} {row.signatory}".strip(),
        by_machine=False,
        state=str(row.get_state_display()),
        undone_at=withdrawn,
        appealed=row.answer == Answer.REFUSED,
        url=reverse("disruption:request", args=[row.public_id]),
    )


@dataclass
class Month:
    at: datetime
    delete: int = 0
    restrict: int = 0
    ban: int = 0
    request: int = 0
    undone: int = 0
    appealed: int = 0
    overturned: int = 0


def monthly_totals(unit: Unit, since: datetime) -> list[Month]:
    """For the public: numbers alone, those that were overturned included. Newest first."""
    months: dict[datetime, Month] = {}
    zone = since.tzinfo

    def add(rows: Iterable[Any]) -> None:
        for at, counted in rows:
            month = months.setdefault(at, Month(at))
            for name, number in counted.items():
                setattr(month, name, getattr(month, name) + number)

    def by_month(query: Any, field: str, **counts: Any) -> Iterable[Any]:
        rows = query.order_by().annotate(month=TruncMonth(field, tzinfo=zone)).values("month")
        for row in rows.annotate(**counts):
            yield row.pop("month"), row

    acts = Act.objects.filter(source__unit=unit, created_at__gte=since).exclude(
        state=ActState.CANCELLED
    )
    add(
        by_month(
            acts,
            "created_at",
            delete=Count("pk", filter=Q(kind=ActKind.DELETE)),
            restrict=Count("pk", filter=Q(kind=ActKind.RESTRICT)),
            ban=Count("pk", filter=Q(kind=ActKind.BAN)),
            undone=Count("decision", filter=Q(decision__undone_at__isnull=False), distinct=True),
        )
    )
    appeals = Appeal.objects.filter(decision__message__source__unit=unit, at__gte=since)
    add(
        by_month(
            appeals,
            "at",
            appealed=Count("pk"),
            overturned=Count("pk", filter=Q(state=AppealState.OVERTURNED)),
        )
    )
    requests = Request.objects.filter(unit=unit, delivered_at__gte=since)
    add(by_month(requests, "delivered_at", request=Count("pk")))
    return sorted(months.values(), key=lambda month: month.at, reverse=True)
