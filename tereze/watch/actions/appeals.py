"""Objections: made by whoever has the link, answered by another officer than the one who decided."""

from datetime import timedelta

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import officers
from tereze.watch.models import Appeal, Decision
from tereze.watch.models.decisions import AppealState


ANSWER_WITHIN = timedelta(hours=72)


class OwnDecisionError(Exception):
    """Nobody judges their own decision."""


class NothingToAppealError(Exception):
    """The decision was taken back already, or an appeal of it waits for its answer."""


@transaction.atomic
def appeal(*, decision: Decision, text: str, language: str) -> Appeal:
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.undone_at is not None or decision.appeals.filter(state=AppealState.OPEN).exists():
        raise NothingToAppealError
    made = Appeal.objects.create(
        decision=decision, text=text, language=language, answer_due=now() + ANSWER_WITHIN
    )
    unit = decision.message.source.unit.slug
    record("appeal.made", target=decision.message, by=Actor.resident(), unit=unit)
    publish("wall")
    return made


@transaction.atomic
def answer(*, appeal: Appeal, overturn: bool, text: str, by: User) -> Appeal:
    row = (
        Appeal.objects.select_for_update(of=("self",)).select_related("decision").get(pk=appeal.pk)
    )
    if row.state != AppealState.OPEN:
        raise officers.AlreadyDecidedError
    if row.decision.officer_id == by.pk:
        raise OwnDecisionError
    row.state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    row.answer, row.answered_by, row.answered_at = text, by, now()
    row.save()
    unit = row.decision.message.source.unit.slug
    record(
        f"appeal.{row.state}",
        target=row.decision.message,
        by=by.actor,
        unit=unit,
        detail={"decision": row.decision.public_id},
    )
    if overturn and row.decision.undone_at is None:
        officers.undo(decision=row.decision, by=by, why="appeal")
    publish("wall")
    return row
