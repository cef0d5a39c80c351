"""The intervention register's part of the wall: every deletion, restriction and ban, read only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from tereze.accounts.models import Unit
from tereze.watch.models import Act, Appeal, Decision
from tereze.watch.models.decisions import ActKind, ActState


KINDS = (ActKind.DELETE, ActKind.RESTRICT, ActKind.BAN)


@dataclass(frozen=True, kw_only=True)
class Intervention:
    kind: str  # delete | restrict | ban
    basis: str  # the legal basis under which the chat is watched
    reason: dict[str, str]  # the scheme and its article, ru and kk
    who: str  # the officer's name; empty: the machine, by the chat's table
    at: datetime
    chat: str
    state: str
    undone_at: datetime | None
    appealed: bool
    message: str  # public id
    decision: str  # public id


def acts_of(unit: Unit, *, since: datetime | None = None) -> QuerySet[Act]:
    """Every act that was due in this unit's chats, newest first."""
    found = Act.objects.filter(source__unit=unit, kind__in=KINDS)
    found = found.exclude(state__in=[ActState.CANCELLED, ActState.ASKED])
    if since is not None:
        found = found.filter(created_at__gte=since)
    appealed = Appeal.objects.filter(decision=OuterRef("decision_id"))
    return (
        found.select_related("source", "officer", "decision__officer", "decision__message")
        .annotate(appealed=Exists(appealed))
        .order_by("-pk")
    )


def interventions(unit: Unit, since: datetime | None = None) -> Iterator[Intervention]:
    for act in acts_of(unit, since=since).iterator(chunk_size=500):
        decision = act.decision
        officer = act.officer or decision.officer  # who went further may not be who decided
        yield Intervention(
            kind=act.kind,
            basis=act.source.legal_basis,
            reason=dict(decision.why),
            who=officer.name if officer else "",
            at=act.created_at,
            chat=act.source.title,
            state=act.state,
            undone_at=decision.undone_at,
            appealed=bool(getattr(act, "appealed", False)),
            message=decision.message.public_id,
            decision=decision.public_id,
        )


def blocked(unit: Unit, since: datetime | None = None) -> QuerySet[Decision]:
    """Messages blocked and not taken back: what the chief's page counts."""
    found: QuerySet[Decision] = Decision.objects.blocking().of_unit(unit, since=since)
    return found.filter(undone_at=None)
