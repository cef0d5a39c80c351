"""Objections: made by whoever has the code, answered in time by an officer who took no part.

Answering takes a decision back or leaves it. It teaches nothing: no rule, no threshold and no
training text changes by it.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import agreeing, calling, officers, undoing
from tereze.watch.models import Appeal, Call, Decision, Message
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import AppealState


MOST = 2  # of one decision; then the prosecutor and the court remain
MACHINE = Actor.machine("watch")


class OwnDecisionError(Exception):
    """Nobody judges their own decision, nor their own answer."""


class TakenBackError(Exception):
    """The decision was taken back meanwhile: nothing is left that could stand."""


class NothingToAppealError(Exception):
    """The decision was taken back already, an appeal waits, or it was answered twice."""


def may_be_appealed(decision: Decision) -> bool:
    earlier = decision.appeals.all()
    waiting = any(appeal.state == AppealState.OPEN for appeal in earlier)
    return decision.undone_at is None and not waiting and len(earlier) < MOST


@transaction.atomic
def appeal(*, decision: Decision, text: str, language: str, wants_repost: bool = False) -> Appeal:
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if not may_be_appealed(decision):
        raise NothingToAppealError
    due = now() + timedelta(hours=settings.WATCH_APPEAL_HOURS)
    made = Appeal.objects.create(
        decision=decision,
        text=text,
        language=language,
        wants_repost=wants_repost,
        answer_due=due,
        next_action_at=due,
    )
    unit = decision.message.source.unit.slug
    record("appeal.made", target=decision.message, by=Actor.resident(), unit=unit)
    publish("wall")
    return made


def may_answer(appeal: Appeal, user: User) -> bool:
    """Somebody who had no hand in the decision, nor in an earlier answer about it."""
    answered = appeal.decision.appeals.values_list("answered_by", flat=True)
    return user.pk not in answered and not agreeing.took_part(appeal.decision, user)


@transaction.atomic
def answer(*, appeal: Appeal, overturn: bool, text: str, by: User, repost: bool = False) -> Appeal:
    Message.objects.filter(decisions__appeals=appeal).lock()
    row = (
        Appeal.objects.select_for_update(of=("self",)).select_related("decision").get(pk=appeal.pk)
    )
    if row.state != AppealState.OPEN:
        raise officers.AlreadyDecidedError
    if not may_answer(row, by):
        raise OwnDecisionError
    if row.decision.undone_at is not None and not overturn:
        raise TakenBackError
    row.state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    row.answer, row.answered_by, row.answered_at = text, by, now()
    row.next_action_at = row.lease_until = None
    row.save()
    Call.objects.open().filter(appeal=row).update(taken_at=now(), next_action_at=None)
    unit = row.decision.message.source.unit.slug
    record(
        f"appeal.{row.state}",
        target=row.decision.message,
        by=by.actor,
        unit=unit,
        detail={"decision": row.decision.public_id},
    )
    if overturn:
        take_back(row.decision, by=by, repost=repost)
    publish("wall")
    publish("calls")
    return row


def take_back(decision: Decision, *, by: User, repost: bool) -> None:
    if decision.undone_at is None:
        officers.undo(decision=decision, by=by, why="appeal")
    if repost and undoing.is_lost(Decision.objects.get(pk=decision.pk)):
        officers.repost(decision=decision, by=by)


@transaction.atomic
def nobody_answered(*, appeal: Appeal) -> None:
    """The time is over: a person who may answer is called, and their chief after that."""
    row = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("decision__message__source__unit")
        .get(pk=appeal.pk)
    )
    Appeal.objects.filter(pk=row.pk).update(next_action_at=None, lease_until=None)
    if row.state != AppealState.OPEN or row.escalated_at is not None:
        return
    source = row.decision.message.source
    Appeal.objects.filter(pk=row.pk).update(escalated_at=now())
    calling.call(kind=CallKind.APPEAL, source=source, appeal=row, among=who_may_answer(row))
    record("appeal.overdue", target=row.decision.message, by=MACHINE, unit=source.unit.slug)
    publish("wall")


def who_may_answer(appeal: Appeal) -> list[User]:
    working = User.objects.working().filter(unit=appeal.decision.message.source.unit_id)
    able = [user for user in working.order_by("pk") if user.can(Permission.APPEAL_ANSWER)]
    return [user for user in able if may_answer(appeal, user)]
