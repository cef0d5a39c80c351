"""A later copy of a chat was looked at: requests end by it, or begin again."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings

from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import asking, calling
from tereze.watch.models import Act, ChatRequest, Message, Submission
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import ActState, Look
from tereze.watch.models.messages import Standing
from tereze.watch.models.requests import RequestState


MACHINE = Actor.machine("watch")
OPEN = {RequestState.DRAFT, RequestState.SENT, RequestState.REFUSED}


def by_request(acts: Iterable[Act]) -> dict[int, list[Act]]:
    found: dict[int, list[Act]] = {}
    for act in acts:
        found.setdefault(act.decision.asked.request_id, []).append(act)
    return found


def are_gone(acts: Sequence[Act], submission: Submission) -> None:
    """In their places the chat says that they were deleted. The clock stops when all of them are."""
    for key, own in by_request(acts).items():
        row = asking.locked(ChatRequest(pk=key))
        for act in own:
            state = ActState.DONE if row.sent_at else ActState.GONE
            Act.objects.filter(pk=act.pk).update(
                state=state, look=Look.NOT_FOUND, result="copy_shows_deleted", done_at=now()
            )
            stand(act, Standing.CONFIRMED, "")
        at = now()
        if row.state in OPEN and not asking.not_seen_deleted(row).exists():
            row.refusal = ""
            for kind in (CallKind.UNSENT, CallKind.UNANSWERED):
                asking.taken(row, kind)
            asking.conclude(row, RequestState.CONFIRMED, row.words)
            at = row.answered_at or at
        row.looked_at, row.looked_in = at, submission
        row.save(update_fields=["looked_at", "looked_in"])
        note("chat_request.seen_deleted", row, submission)


def still_stand(acts: Sequence[Act], submission: Submission) -> None:
    """Said to be gone, and seen in a copy made afterwards: asked about again, by a person."""
    for key, own in by_request(acts).items():
        row = asking.locked(ChatRequest(pk=key))
        for act in own:
            Act.objects.filter(pk=act.pk).update(
                state=ActState.WAITING, look=Look.CONTRADICTED, result="copy_shows_it", done_at=None
            )
            stand(act, Standing.STUCK, "ask:copy_shows_it")
        if row.state == RequestState.CONFIRMED and row.sent_at:
            reopen(row)
            calling.call(kind=CallKind.UNSENT, source=row.source)
        row.looked_at, row.looked_in = now(), submission
        row.save()
        note("chat_request.reopened", row, submission)


def reopen(row: ChatRequest) -> None:
    """A new clock; the officer has to write to the administrator once more."""
    at = now()
    row.state, row.refusal, row.overdue_at, row.reminded_at = RequestState.SENT, "", None, None
    row.remind_at = row.reopened_at = at
    row.answer_due = at + timedelta(hours=settings.WATCH_ADMINISTRATOR_HOURS)
    row.next_action_at, row.lease_until = row.answer_due, None


def stand(act: Act, standing: str, trouble: str) -> None:
    Message.objects.filter(pk=act.decision.message_id).update(standing=standing, trouble=trouble)


def note(kind: str, row: ChatRequest, submission: Submission) -> None:
    record(
        kind,
        target=row,
        by=MACHINE,
        unit=row.source.unit.slug,
        detail={"submission": submission.number},
    )
    publish("submissions")
    publish("wall")
