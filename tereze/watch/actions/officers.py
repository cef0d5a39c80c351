"""What people do at the wall: block, release, undo. Each is one key."""

from collections.abc import Sequence

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import agreeing, asking, asking_owners, undoing
from tereze.watch.actions.acting import HEAD_START, begin_now, end_hold
from tereze.watch.actions.agreeing import AlreadyDecidedError
from tereze.watch.actions.deciding import (
    acts_for,
    block_row,
    history_of,
    hold_row,
    seal_history,
)
from tereze.watch.actions.incoming import FLAGGED_DAYS
from tereze.watch.connectors.base import RefusedError
from tereze.watch.models import Act, Agreement, Decision, Message
from tereze.watch.models.decisions import ActKind, ActState, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.radius import Step
from tereze.watch.reasons import rules_of, told
from tereze.watch.rights import insist_on
from tereze.watch.undoing import needs_person


__all__ = [
    "AlreadyDecidedError",
    "ask_owner",
    "ask_to_delete",
    "block",
    "close",
    "hold",
    "release",
    "repost",
    "retry",
    "undo",
]


ACT_OF: dict[str, str] = {
    "hold": ActKind.RESTRICT,
    "delete": ActKind.DELETE,
    "restrict": ActKind.RESTRICT,
    "ban": ActKind.BAN,
    "ban_everywhere": ActKind.BAN,
}
ASKED_ALREADY = {Standing.REQUESTED, Standing.CONFIRMED}


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
    if {"ban", "ban_everywhere"} & set(ladder):  # they are sealed as well
        history = [one.pk for one in history_of(message)]
        Message.objects.filter(pk__in=[message.pk, *history]).lock()
    message = locked(message)
    if message.source.is_web:
        raise RefusedError("only_the_owner")
    standing = message.decisions.filter(verdict=Verdict.BLOCK, undone_at=None).last()
    if standing is not None:
        return go_further(standing, message, ladder, by)
    far = agreeing.too_far(ladder, message, by)
    if not far:  # else whoever is held stays so until the second officer has answered
        end_hold(message, by=by)
    acts = block_row(message, ladder=ladder, officer=by, note=note)
    decision = Decision.objects.filter(message=message, verdict=Verdict.BLOCK).latest("pk")
    wait_for_second(decision, message, acts, far, by)
    release_leases(message)
    publish("wall")
    return decision


def wait_for_second(
    decision: Decision, message: Message, acts: Sequence[Act], far: Sequence[Step], by: User
) -> None:
    """Of fresh acts, those that reach too far for one person; the others go on."""
    if not far:
        return
    kinds = {ACT_OF[step.name] for step in far}
    asked = [act for act in acts if act.kind in kinds]
    decision.message = message
    agreeing.ask(decision=decision, steps=far, acts=asked, by=by)
    if len(asked) == len(acts):
        message.standing = Standing.ASKED
        message.save(update_fields=["standing"])


def go_further(decision: Decision, message: Message, ladder: Sequence[str], by: User) -> Decision:
    """A step up the ladder on a message already blocked: only what is not yet done or asked."""
    before = set(decision.acts.values_list("source_id", "kind"))
    more = [
        act
        for act in acts_for(decision, message, ladder, officer=by)
        if (act.source_id, act.kind) not in before
    ]
    if not more or decision.agreements.filter(state=Agreement.State.OPEN).exists():
        raise AlreadyDecidedError
    kinds = {act.kind for act in more}
    steps = [step for step in ladder if ACT_OF[step] in kinds]
    far = agreeing.too_far(steps, message, by)
    if ActKind.BAN in kinds:
        seal_history(message)
    Act.objects.bulk_create(more)
    wait_for_second(decision, message, more, far, by)
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
def ask_to_delete(*, message: Message, by: User, note: str = "") -> Decision:
    """Where only the chat's own administrator can delete."""
    message = locked(message)
    if message.standing in ASKED_ALREADY:
        raise AlreadyDecidedError
    decision = asking.ask(message, by=by, note=note)
    publish("wall")
    return decision


@transaction.atomic
def ask_owner(*, message: Message, by: User) -> Decision:
    """A page or a feed: its owner is asked to remove it."""
    insist_on(by, ["delete"])
    message = locked(message)
    asked = message.decisions.filter(verdict=Verdict.ASK, undone_at=None)
    if not message.source.is_web or asked.exists():
        raise AlreadyDecidedError
    return asking_owners.ask_row(message, officer=by)


@transaction.atomic
def hold(*, message: Message, by: User) -> Decision:
    """The author is silent for a few hours while a person looks. Nothing is deleted."""
    insist_on(by, ["hold"])
    message = locked(message)
    undecided = message.standing in {Standing.WAITING, Standing.SHADOW}
    if not undecided or not message.author or message.source.is_web:
        raise AlreadyDecidedError
    decision = hold_row(message, officer=by)
    release_leases(message)
    publish("wall")
    return decision


@transaction.atomic
def release(*, message: Message, by: User, note: str = "") -> Decision:
    """A person looked: harmless. Text and author go after the usual term, like any harmless one."""
    message = locked(message)
    if message.standing in {Standing.BLOCKED, Standing.UNDONE, *ASKED_ALREADY}:
        raise AlreadyDecidedError
    end_hold(message, by=by)
    decision = Decision.objects.create(
        message=message,
        verdict=Verdict.RELEASE,
        officer=by,
        why=told(message),
        note=note,
        rules=rules_of(message),
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
    message = locked(decision.message)
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.undone_at is not None:
        raise AlreadyDecidedError
    decision.undone_at, decision.undone_by = now(), by
    decision.save(update_fields=["undone_at", "undone_by"])
    agreeing.withdraw(decision)
    end_hold(message, by=by)
    acts = Act.objects.bulk_create(undoing.reversals(decision, due=now() + HEAD_START))
    message.standing, message.trouble = Standing.UNDONE, ""
    if decision.verdict == Verdict.ASK and message.source.is_web:
        asking_owners.take_back(message=message, by=by.actor)
        message.standing = Standing.WAITING
    elif decision.verdict == Verdict.ASK:
        asking.withdraw(decision)
    if decision.verdict in {Verdict.RELEASE, Verdict.HOLD}:
        message.standing = Standing.WAITING
    if decision.verdict == Verdict.RELEASE:  # it was to go like a harmless one
        message.kept_until = now() + FLAGGED_DAYS
    message.save(update_fields=["standing", "trouble", "kept_until"])
    record(
        "decision.undone",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "why": why, "reversed": [a.kind for a in acts]},
    )
    publish("wall")
    return acts


@transaction.atomic
def retry(*, message: Message, by: User) -> int:
    """What was not possible is tried again, the undoing too: a right may have come back."""
    message = locked(message)
    acts = Act.objects.filter(decision__message=message).select_related("decision")
    again = [act for act in acts if can_be_retried(act)]
    insist_on(by, [act.kind for act in again if not act.is_undo])
    if not again:
        raise AlreadyDecidedError
    begin_now(Act.objects.filter(pk__in=[act.pk for act in again]))
    message.standing = standing_of(message)
    message.trouble = ""
    message.save(update_fields=["standing", "trouble"])
    record("message.retried", target=message, by=by.actor, unit=message.source.unit.slug)
    publish("wall")
    return len(again)


def standing_of(message: Message) -> str:
    """Where a message stands by what was decided last; a hold decides nothing."""
    decision = message.decisions.exclude(verdict__in=[Verdict.HOLD, Verdict.SHADOW]).last()
    if decision is None:
        return Standing.WAITING
    if decision.verdict == Verdict.RELEASE:
        return Standing.RELEASED
    return Standing.UNDONE if decision.undone_at else Standing.BLOCKED


def can_be_retried(act: Act) -> bool:
    if act.is_undo:
        return act.state == ActState.FAILED or needs_person(undoing.fact_of(act))
    return act.state == ActState.FAILED and act.decision.undone_at is None


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
    """Put the deleted words back into the chat, from the sealed copy, in the bot's name. What was
    never deleted stands there still."""
    message = locked(decision.message)
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.verdict != Verdict.BLOCK or not undoing.is_lost(decision):
        raise AlreadyDecidedError
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
