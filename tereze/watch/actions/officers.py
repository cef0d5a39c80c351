"""What people do at the wall: block, release, undo. Each is one key."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.linking import actions as linking
from tereze.live import publish
from tereze.watch.actions.acting import HEAD_START, REVERSE, is_held
from tereze.watch.actions.deciding import acts_for, block_row
from tereze.watch.indicators import found_in
from tereze.watch.models import Act, Decision, Message
from tereze.watch.models.decisions import ActKind, ActState, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.reasons import told


NEEDED = {
    "delete": Permission.WALL_HOLD,
    "restrict": Permission.WALL_BAN,
    "ban": Permission.WALL_BAN,
    "ban_everywhere": Permission.WALL_BAN_EVERYWHERE,
}


class AlreadyDecidedError(Exception):
    """Somebody was first: the page is shown again as it is now."""


def insist_on(officer: User, ladder: Sequence[str]) -> None:
    for step in ladder:
        if not officer.can(NEEDED[step]):
            raise PermissionDenied(NEEDED[step])


def locked(message: Message) -> Message:
    found: Message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("source__unit")
        .get(pk=message.pk)
    )
    return found


@transaction.atomic
def block(*, message: Message, ladder: Sequence[str], by: User, note: str = "") -> Decision:
    """Delete, and as far as asked and allowed restrict or ban. Sealed first, like the machine's."""
    insist_on(by, ladder)
    message = locked(message)
    standing = message.decisions.filter(verdict=Verdict.BLOCK, undone_at=None).last()
    if standing is not None:
        return go_further(standing, message, ladder, by)
    block_row(message, ladder=ladder, officer=by, note=note)
    release_leases(message)
    publish("wall")
    return Decision.objects.filter(message=message, verdict=Verdict.BLOCK).latest("pk")


def go_further(decision: Decision, message: Message, ladder: Sequence[str], by: User) -> Decision:
    """A step up the ladder on a message already blocked: only what is not yet done or asked."""
    before = set(decision.acts.values_list("source_id", "kind"))
    more = [
        act
        for act in acts_for(decision, message, ladder)
        if (act.source_id, act.kind) not in before
    ]
    if not more:
        raise AlreadyDecidedError
    Act.objects.bulk_create(more)
    decision.ladder = list(dict.fromkeys([*decision.ladder, *ladder]))
    decision.save(update_fields=["ladder"])
    release_leases(message)
    record(
        "message.blocked_further",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"ladder": list(ladder), "decision": decision.public_id},
    )
    publish("wall")
    return decision


def release_leases(message: Message) -> None:
    """An officer's acts belong to whoever is there first; the watch process has a head start."""
    fresh = Act.objects.filter(decision__message=message, state=ActState.WAITING, attempts=0)
    fresh.update(lease_until=None, next_action_at=now() + HEAD_START)


@transaction.atomic
def release(*, message: Message, by: User, note: str = "") -> Decision:
    """A person looked: harmless. Text and author go after the usual term, like any harmless one."""
    message = locked(message)
    if message.standing in {Standing.BLOCKED, Standing.UNDONE}:
        raise AlreadyDecidedError
    decision = Decision.objects.create(
        message=message, verdict=Verdict.RELEASE, officer=by, why=told(message), note=note
    )
    message.state, message.standing, message.trouble = State.DECIDED, Standing.RELEASED, ""
    message.next_action_at = message.lease_until = None
    message.kept_until = now() + message.source.retention
    message.save()
    record(
        "message.released",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"outcome": message.outcome, "p_illegal": message.p_illegal},
    )
    publish("wall")
    return decision


@transaction.atomic
def undo(*, decision: Decision, by: User, why: str = "") -> list[Act]:
    """Take a decision back: what has not happened does not happen, the rest is reversed."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.undone_at is not None:
        raise AlreadyDecidedError
    message = locked(decision.message)
    decision.undone_at, decision.undone_by = now(), by
    decision.save(update_fields=["undone_at", "undone_by"])
    acts = ends_brought_forward(decision)
    acts += Act.objects.bulk_create(reversals(decision))
    message.standing, message.trouble = Standing.UNDONE, ""
    if decision.verdict == Verdict.RELEASE:
        message.standing = Standing.WAITING
    message.save(update_fields=["standing", "trouble"])
    record(
        "decision.undone",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "why": why, "reversed": [a.kind for a in acts]},
    )
    publish("wall")
    return acts


def reversals(decision: Decision) -> list[Act]:
    """What is still waiting and nobody works on is cancelled; everything else gets its reverse."""
    at = now()
    untouched = decision.acts.filter(state=ActState.WAITING).exclude(kind__in=REVERSE.values())
    untouched.filter(Q(lease_until=None) | Q(lease_until__lt=at)).update(
        state=ActState.CANCELLED, next_action_at=None
    )
    happened = decision.acts.filter(kind__in=REVERSE).exclude(
        state__in=[ActState.CANCELLED, ActState.FAILED]
    )
    planned = set(decision.acts.filter(kind__in=REVERSE.values()).values_list("source_id", "kind"))
    reverses = [
        Act(
            decision=decision,
            source=act.source,
            kind=REVERSE[ActKind(act.kind)],
            target=act.target,
            next_action_at=at + HEAD_START,
        )
        for act in happened.select_related("source")
        if (act.source_id, REVERSE[ActKind(act.kind)]) not in planned
    ]
    return [act for act in reverses if not is_held(act)]


def ends_brought_forward(decision: Decision) -> list[Act]:
    """The end of a restriction that was planned for later comes now."""
    planned = decision.acts.filter(kind__in=REVERSE.values(), state=ActState.WAITING)
    found = [act for act in planned.filter(attempts=0).select_related("source") if not is_held(act)]
    again = planned.filter(pk__in=[act.pk for act in found])
    again.update(next_action_at=now() + HEAD_START)
    return found


@transaction.atomic
def retry(*, message: Message, by: User) -> int:
    """What was not possible is tried again, the undoing too: a right may have come back."""
    message = locked(message)
    failed = Act.objects.filter(decision__message=message, state=ActState.FAILED)
    insist_on(by, [act.kind for act in failed if not act.is_undo])
    count = failed.update(
        state=ActState.WAITING, result="", attempts=0, next_action_at=now() + HEAD_START
    )
    if not count:
        raise AlreadyDecidedError
    decision = Decision.objects.filter(message=message).latest("pk")
    message.standing = Standing.UNDONE if decision.undone_at else Standing.BLOCKED
    message.trouble = ""
    message.save(update_fields=["standing", "trouble"])
    record("message.retried", target=message, by=by.actor, unit=message.source.unit.slug)
    publish("wall")
    return count


@transaction.atomic
def close(*, message: Message, by: User) -> None:
    """Nothing more can be done about it: it no longer stands before the eyes."""
    message = locked(message)
    if message.standing != Standing.STUCK:
        raise AlreadyDecidedError
    message.standing = Standing.CLOSED
    message.save(update_fields=["standing"])
    detail = {"trouble": message.trouble}
    record(
        "message.closed", target=message, by=by.actor, unit=message.source.unit.slug, detail=detail
    )
    publish("wall")


@transaction.atomic
def repost(*, decision: Decision, by: User) -> Act:
    """Put the deleted words back into the chat, from the sealed copy, in the bot's name."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.undone_at is None:
        raise AlreadyDecidedError
    message = locked(decision.message)
    act, made = Act.objects.get_or_create(
        decision=decision,
        source=message.source,
        kind=ActKind.REPOST,
        defaults={
            "target": {"message": message.external_id},
            "next_action_at": now() + HEAD_START,
        },
    )
    if made:
        record("message.reposted", target=message, by=by.actor, unit=message.source.unit.slug)
        publish("wall")
    return act


@transaction.atomic
def remember_indicators(*, message: Message, by: User) -> Any:
    """The numbers and links of a flagged message become indicators and join the series."""
    message = locked(message)
    linked = linking.record_sightings(
        unit=message.source.unit,
        subject=linking.Subject("message", message.public_id, message.sent_at),
        found=found_in(message),
        by=by.actor,
    )
    message.kept_until = max(message.kept_until or now(), now() + timedelta(days=365))
    message.save(update_fields=["kept_until"])
    record("message.linked", target=message, by=by.actor, unit=message.source.unit.slug)
    publish("wall")
    return linked
