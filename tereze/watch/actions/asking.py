"""Where we cannot delete, the chat's administrator is asked to: prepared here, sent by a person,
timed, answered behind a link. The sealed copy comes first, as before any act."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import public_id, token_hash
from tereze.intake import receipts
from tereze.live import publish
from tereze.watch import evidence
from tereze.watch.actions import calling
from tereze.watch.actions.agreeing import AlreadyDecidedError
from tereze.watch.actions.deciding import appeal_token
from tereze.watch.models import (
    Act,
    Asked,
    Call,
    ChatAdministrator,
    ChatRequest,
    Decision,
    Message,
    Source,
)
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import ActKind, ActState, Look, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.models.requests import Refusal, RequestState
from tereze.watch.reasons import rules_of, told
from tereze.watch.rights import insist_on
from tereze.watch.sealing import seal


MACHINE = Actor.machine("watch")
SEND_WITHIN = timedelta(minutes=15)  # a request nobody sends helps nobody
LONGEST_WORDS = 2000
OPEN = (RequestState.SENT, RequestState.REFUSED)  # the link still takes an answer


class NothingToAnswerError(Exception):
    """The request was withdrawn, not sent yet, or confirmed before."""


def token_of(request: ChatRequest) -> str:
    """What the link ends in: digits only this installation can compute; the row holds their hash.
    Good for answering this one request and for nothing else."""
    return receipts.with_check_digit(
        int(keyed_hash(request.public_id, purpose="watch.chat_request"), 16)
    )


def ask(message: Message, *, by: User, note: str = "") -> Decision:
    """Called with the message locked. The request waits in the chat's draft until somebody sends it."""
    insist_on(by, ["delete"])
    if message.decisions.filter(verdict=Verdict.ASK, undone_at=None).exists():
        raise AlreadyDecidedError
    decision = Decision(
        message=message,
        verdict=Verdict.ASK,
        officer=by,
        ladder=["ask"],
        why=told(message),
        rules=rules_of(message),
        note=note,
    )
    decision.appeal_hash = token_hash(appeal_token(decision))
    evidence.mark(decision, message)
    decision.save(force_insert=True)
    seal(message)
    Act.objects.create(
        decision=decision,
        officer=by,
        source=message.source,
        kind=ActKind.ASK,
        target={"message": message.external_id, "sent": message.sent_at.isoformat()},
    )
    request = draft_of(message.source, by)
    Asked.objects.create(request=request, decision=decision)
    message.state, message.standing = State.SEALED, Standing.REQUESTED
    message.trouble, message.kept_until = "", None
    message.next_action_at = message.lease_until = None
    message.save()
    record(
        "message.deletion_asked",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "request": request.public_id},
    )
    publish("submissions")
    return decision


def draft_of(source: Source, by: User) -> ChatRequest:
    """One for the chat: several publications make one message to the administrator."""
    known = administrators_of(source)
    key = public_id()
    found: ChatRequest = ChatRequest.objects.get_or_create(
        source=source,
        state=RequestState.DRAFT,
        defaults={
            "public_id": key,
            "token_hash": token_hash(token_of(ChatRequest(public_id=key))),
            "administrator": known[0] if len(known) == 1 else None,
            "language": known[0].language if known else writing_language(source),
            "by": by,
            "next_action_at": now() + SEND_WITHIN,
        },
    )[0]
    return found


def writing_language(source: Source) -> str:
    return "ru" if source.language == "ru" else "kk"


def administrators_of(source: Source) -> list[ChatAdministrator]:
    """Who is known to administer a chat of this name."""
    listed = ChatAdministrator.objects.listed().filter(unit=source.unit_id).order_by("pk")
    return [one for one in listed if one.administers(source)]


def locked(request: ChatRequest) -> ChatRequest:
    found: ChatRequest = (
        ChatRequest.objects.select_for_update(of=("self",))
        .select_related("source__unit", "administrator")
        .get(pk=request.pk)
    )
    return found


def publications(request: ChatRequest) -> list[Message]:
    """What it is about, oldest first."""
    found = Message.objects.filter(
        decisions__asked__request=request, decisions__undone_at=None
    ).select_related("source__unit")
    return list(found.order_by("sent_at", "pk").distinct())


def standing_publications(request: ChatRequest) -> list[Message]:
    """Those that no later copy of the chat has shown to be deleted."""
    left = set(not_seen_deleted(request).values_list("decision__message_id", flat=True))
    return [one for one in publications(request) if one.pk in left]


@transaction.atomic
def address(
    *, request: ChatRequest, administrator: ChatAdministrator | None, language: str, by: User
) -> None:
    """To whom, and in which language."""
    row = locked(request)
    if row.state != RequestState.DRAFT:
        raise AlreadyDecidedError
    row.administrator, row.language = administrator, language
    row.save(update_fields=["administrator", "language"])
    record("chat_request.addressed", target=row, by=by.actor, unit=row.source.unit.slug)
    publish("submissions")


@transaction.atomic
def sent(*, request: ChatRequest, by: User) -> None:
    """An officer has sent the prepared message: from now on the clock runs."""
    insist_on(by, ["delete"])
    row = locked(request)
    if row.state != RequestState.DRAFT:
        raise AlreadyDecidedError
    at, term = now(), timedelta(hours=settings.WATCH_ADMINISTRATOR_HOURS)
    row.state, row.sent_at, row.sent_by = RequestState.SENT, at, by
    row.answer_due, row.next_action_at = at + term, at + term / 2
    row.lease_until = None
    row.save()
    taken(row, CallKind.UNSENT)
    record("chat_request.sent", target=row, by=by.actor, unit=row.source.unit.slug)
    publish("submissions")


@transaction.atomic
def reminded(*, request: ChatRequest, by: User) -> None:
    insist_on(by, ["delete"])
    row = locked(request)
    if row.state != RequestState.SENT:
        raise AlreadyDecidedError
    row.reminded_at = now()
    row.save(update_fields=["reminded_at"])
    taken(row, CallKind.UNSENT)  # a later copy contradicted the administrator
    again = [one.pk for one in publications(row) if one.trouble == "ask:copy_shows_it"]
    Message.objects.filter(pk__in=again).update(standing=Standing.REQUESTED, trouble="")
    if again:
        publish("wall")
    record("chat_request.reminded", target=row, by=by.actor, unit=row.source.unit.slug)
    publish("submissions")


@transaction.atomic
def time_passed(*, request: ChatRequest) -> None:
    """Not sent, time to remind, or overdue: somebody is called by name."""
    row = locked(request)
    row.next_action_at = row.lease_until = None
    if row.state == RequestState.DRAFT:
        calling.call(kind=CallKind.UNSENT, source=row.source)
    elif row.state == RequestState.SENT and row.answer_due and row.answer_due <= now():
        become_overdue(row)
    elif row.state == RequestState.SENT and row.remind_at is None:
        row.remind_at, row.next_action_at = now(), row.answer_due
    row.save()
    publish("submissions")
    publish("wall")


def become_overdue(row: ChatRequest) -> None:
    row.overdue_at = now()
    for message in standing_publications(row):
        message.standing, message.trouble = Standing.STUCK, "ask:overdue"
        message.save(update_fields=["standing", "trouble"])
    calling.call(kind=CallKind.UNANSWERED, source=row.source)
    record("chat_request.overdue", target=row, by=MACHINE, unit=row.source.unit.slug)


@transaction.atomic
def confirm(*, request: ChatRequest, by: Actor, words: str = "") -> None:
    """«Deleted», says the administrator. Their word: WhatsApp tells us nothing."""
    row = answerable(request)
    conclude(row, RequestState.CONFIRMED, words)
    settle(row, ActState.DONE, "administrator_says", Standing.CONFIRMED, "")
    record("chat_request.confirmed", target=row, by=by, unit=row.source.unit.slug)


@transaction.atomic
def refuse(*, request: ChatRequest, refusal: str, by: Actor, words: str = "") -> None:
    """Cannot or will not, because. What is gone already is as good as deleted."""
    row = answerable(request)
    row.refusal = Refusal(refusal)
    if row.refusal == Refusal.GONE:
        conclude(row, RequestState.CONFIRMED, words)
        settle(row, ActState.GONE, "administrator_says", Standing.CONFIRMED, "")
    else:
        conclude(row, RequestState.REFUSED, words)
        settle(row, ActState.FAILED, row.refusal, Standing.STUCK, f"ask:{row.refusal}")
    record(
        "chat_request.refused",
        target=row,
        by=by,
        unit=row.source.unit.slug,
        detail={"because": row.refusal},
    )


def answerable(request: ChatRequest) -> ChatRequest:
    row = locked(request)
    if row.state not in OPEN:
        raise NothingToAnswerError
    return row


def conclude(row: ChatRequest, state: str, words: str) -> None:
    row.state, row.words, row.answered_at = state, words[:LONGEST_WORDS], now()
    row.next_action_at = row.lease_until = None
    row.save()
    taken(row, CallKind.UNANSWERED)
    publish("submissions")
    publish("wall")


def taken(row: ChatRequest, kind: str) -> None:
    """What somebody was called for has happened, unless another request of the chat still waits."""
    waiting = {CallKind.UNSENT: RequestState.DRAFT, CallKind.UNANSWERED: RequestState.SENT}
    others = ChatRequest.objects.filter(source=row.source_id, state=waiting[CallKind(kind)])
    if kind == CallKind.UNANSWERED:
        others = others.exclude(overdue_at=None)
    if others.exclude(pk=row.pk).exists():
        return
    calls = Call.objects.open().filter(source=row.source_id, kind=kind)
    if calls.update(taken_at=now(), next_action_at=None, lease_until=None):
        publish("calls")


def settle(row: ChatRequest, state: str, result: str, standing: str, trouble: str) -> None:
    at = now()
    acts = not_seen_deleted(row)  # what a copy showed needs nobody's word
    messages = [act.decision.message for act in acts.select_related("decision__message")]
    look = Look.UNKNOWN if state in {ActState.DONE, ActState.GONE} else Look.NONE
    acts.update(state=state, result=result, look=look, done_at=at)
    for message in messages:
        message.standing, message.trouble = standing, trouble
        message.save(update_fields=["standing", "trouble"])


def withdraw(decision: Decision) -> None:
    """The decision is taken back. A request about nothing more is withdrawn; if it was sent, an
    officer finds the words to tell the administrator."""
    row = locked(decision.asked.request)
    if row.state in {RequestState.CONFIRMED, RequestState.WITHDRAWN}:
        return
    if row.asked.filter(decision__undone_at=None).exists():
        return
    before, row.state = row.state, RequestState.WITHDRAWN
    row.next_action_at = row.lease_until = None
    row.save()
    taken(row, CallKind.UNSENT if before == RequestState.DRAFT else CallKind.UNANSWERED)
    record("chat_request.withdrawn", target=row, by=MACHINE, unit=row.source.unit.slug)
    publish("submissions")


def not_seen_deleted(row: ChatRequest) -> QuerySet[Act]:
    """What no later copy of the chat has shown to be gone."""
    return acts_of(row).exclude(look=Look.NOT_FOUND)


def acts_of(row: ChatRequest) -> QuerySet[Act]:
    return Act.objects.filter(
        decision__asked__request=row, kind=ActKind.ASK, decision__undone_at=None
    )


def waiting_for_us(requests: Sequence[ChatRequest]) -> list[ChatRequest]:
    """Not sent, to be reminded, overdue, refused: what an officer has to do something about."""
    return [
        row
        for row in requests
        if row.state in {RequestState.DRAFT, RequestState.REFUSED}
        or row.is_overdue
        or (row.state == RequestState.SENT and row.remind_at and not row.reminded_at)
    ]
