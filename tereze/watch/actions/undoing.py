"""Taking back and ending: what restricts or bans an author is lifted, and looked at afterwards."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Act, Decision
from tereze.watch.models.decisions import ActKind, ActState
from tereze.watch.undoing import Fact, Undo, cannot_be_restored, state_of


MACHINE = Actor.machine("watch")
REVERSE = {ActKind.RESTRICT: ActKind.UNRESTRICT, ActKind.BAN: ActKind.UNBAN}
REVERSES = {reverse: kind for kind, reverse in REVERSE.items()}


def fact_of(act: Act) -> Fact:
    return Fact(act.kind, act.state, act.look, act.result)


def undo_of(decision: Decision) -> Undo:
    facts = [fact_of(act) for act in decision.acts.all()]
    return state_of(facts, undone=decision.undone_at is not None)


def is_lost(decision: Decision) -> bool:
    """It was taken back, and the service cannot bring the words back."""
    facts = [fact_of(act) for act in decision.acts.all()]
    return decision.undone_at is not None and cannot_be_restored(facts)


def reversals(decision: Decision, *, due: datetime) -> list[Act]:
    """What is still waiting and nobody works on is cancelled; everything else gets its reverse."""
    at = now()
    untouched = decision.acts.filter(state__in=[ActState.WAITING, ActState.ASKED])
    untouched.filter(Q(lease_until=None) | Q(lease_until__lt=at), is_end=False).exclude(
        kind__in=REVERSES
    ).update(state=ActState.CANCELLED, next_action_at=None)
    reversed_before = set(decision.acts.filter(kind__in=REVERSES).values_list("source_id", "kind"))
    return [
        reverse_of(act, due=due)
        for act in may_have_happened(decision).select_related("source")
        if (act.source_id, REVERSE[ActKind(act.kind)]) not in reversed_before
        and not is_held_otherwise(act)
    ]


def may_have_happened(decision: Decision) -> QuerySet[Act]:
    """Done, under way, or given up without ever having been answered: then nobody knows."""
    refused = Q(state=ActState.FAILED, attempts=0)
    holding = decision.acts.filter(kind__in=REVERSE).exclude(state=ActState.CANCELLED)
    found: QuerySet[Act] = holding.exclude(refused)
    return found


def reverse_of(act: Act, *, due: datetime, is_end: bool = False) -> Act:
    return Act(
        decision_id=act.decision_id,
        source=act.source,
        kind=REVERSE[ActKind(act.kind)],
        target=act.target,
        next_action_at=due,
        is_end=is_end,
    )


def is_held_otherwise(act: Act) -> bool:
    """Another decision about the same author, or another step of this one, holds and stands.

    `act` holds or frees; asked for a freeing act, this is about what it would lift.
    """
    trail = act.decision.message.author_trail
    holding = Act.objects.filter(
        Q(until=None) | Q(until__gt=now()),
        source=act.source_id,
        kind__in=holders(act),
        state__in=[ActState.WAITING, ActState.DONE],
        decision__undone_at=None,
    ).exclude(pk=act.pk)
    same = Q(decision=act.decision_id)
    others = Q(decision__message__author_trail=trail) & ~same if trail else Q(pk=None)
    return holding.filter(same | others).exists()


def has_one_status(act: Act) -> bool:
    return CONNECTORS[act.source.kind].has_one_status


def holders(act: Act) -> set[str]:
    """What keeps an author as this act left them. Where they have one status, a ban silences as
    well: to lift a restriction under it would let them in again."""
    kind = REVERSES.get(ActKind(act.kind), ActKind(act.kind))
    return {kind, ActKind.BAN} if has_one_status(act) else {kind}


def standing(act: Act, kind: str) -> QuerySet[Act]:
    """What holds the same author here in this way, by whatever decision, where one status is all."""
    trail = act.decision.message.author_trail
    if not trail or not has_one_status(act):
        return Act.objects.none()
    return Act.objects.filter(
        Q(until=None) | Q(until__gt=now()),
        source=act.source_id,
        kind=kind,
        state__in=[ActState.WAITING, ActState.DONE],
        decision__undone_at=None,
        decision__message__author_trail=trail,
    )


def is_banned(act: Act) -> bool:
    """A standing decision has banned the same author here, and to restrict would let them in."""
    return standing(act, ActKind.BAN).exists()


def held_until(act: Act) -> datetime | None:
    """What the service is told: it knows the newest end alone, and a short hold must not cut a
    longer restriction short."""
    ends = [act.until, *standing(act, act.kind).values_list("until", flat=True)]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None  # what has no end is the longest


def is_over(act: Act) -> bool:
    """The time of this restriction or ban has come to its end."""
    return (
        act.kind in REVERSE
        and act.state == ActState.DONE
        and bool(act.look)
        and act.until is not None
        and act.until <= now()
    )


@transaction.atomic
def end(*, act: Act) -> None:
    """Its time is over: the service is asked to lift it, unless it did so or others hold it."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=act.decision_id)
    Act.objects.filter(pk=act.pk).update(next_action_at=None, lease_until=None)
    kind = REVERSE[ActKind(act.kind)]
    lifted = decision.acts.filter(source=act.source_id, kind=kind).exists()
    if decision.undone_at is not None or lifted or is_held_otherwise(act):
        return
    reverse_of(act, due=now(), is_end=True).save(force_insert=True)
    record(
        "act.ended",
        target=decision.message,
        by=MACHINE,
        unit=decision.message.source.unit.slug,
        detail={"decision": decision.public_id, "act": act.kind, "source": act.source.public_id},
    )
    publish("wall")
