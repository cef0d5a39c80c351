"""The thread of a request: questions, replies, appeals and what was decided about them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze import live
from tereze.accounts.models import User
from tereze.accounts.permissions import ROLE_PERMISSIONS, Permission
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.answering import LONGEST, WordsMissingError
from tereze.disruption.actions.approving import stop_looking
from tereze.disruption.models import Request, Word
from tereze.disruption.redaction import redact
from tereze.disruption.reporters import own_of
from tereze.disruption.transitions import UnlawfulStepError, move
from tereze.disruption.webhooks import outbox


class OwnDecisionError(PermissionDenied):
    """Who signed a request does not decide the appeal against it, as long as another can."""


@transaction.atomic
def say(
    *,
    request: Request,
    kind: str,
    text: str,
    by: Actor,
    from_partner: bool,
    who: str = "",
    for_user: bool = False,
) -> Word:
    """A question, a reply or an appeal. Changes no state and stops no clock.

    What we write is redacted like everything that leaves. Raises WordsMissingError without words,
    UnlawfulStepError for a request the partner never had, or a second appeal beside an open one.
    """
    # the row is the lock: two colleagues appealing at once make one appeal
    row = Request.objects.select_for_update().get(pk=request.pk)
    if row.delivered_at is None or (kind == Word.Kind.APPEAL and row.appealed_since):
        raise UnlawfulStepError(kind)
    word = add_word(
        row, kind, clean(row, text, from_partner), by, from_partner, who=who, for_user=for_user
    )
    waits = waiting_after(kind, from_partner=from_partner, word=word)
    Request.objects.filter(pk=row.pk).update(**waits)
    announce(row)
    return word


def waiting_after(kind: str, *, from_partner: bool, word: Word) -> dict[str, Any]:
    if not from_partner:
        return {"asked_since": None}
    if kind == Word.Kind.APPEAL:
        return {"appealed_since": word.at}
    return {"asked_since": word.at} if kind == Word.Kind.QUESTION else {}


@transaction.atomic
def decide_appeal(*, request: Request, upheld: bool, text: str, user: Any) -> Word:
    """An officer who may sign, other than the signatory, says who was right, and why.

    Upheld: the request ends here and counts as overturned; asking for a return is the next form.
    """
    if not user.can(Permission.REQUEST_APPROVE):
        raise PermissionDenied(Permission.REQUEST_APPROVE)
    row = Request.objects.select_for_update().get(pk=request.pk)
    if row.appealed_since is None:
        raise UnlawfulStepError("no appeal")
    if not may_decide(row, user):
        raise OwnDecisionError
    outcome = Word.Outcome.UPHELD if upheld else Word.Outcome.REJECTED
    words = clean(row, text, False)
    if upheld:
        at = now()
        move(
            row,
            "overturned",
            by=user.actor,
            note=words,
            overturned_at=at,
            closed_at=row.closed_at or at,
            next_action_at=None,
        )
        stop_looking(row)  # when it is back, that is as it should be
    word = add_word(row, Word.Kind.DECISION, words, user.actor, False, outcome=outcome)
    Request.objects.filter(pk=row.pk).update(appealed_since=None, asked_since=None)
    announce(row)
    request.refresh_from_db()
    return word


def may_decide(request: Request, user: User) -> bool:
    return not signed(request, user) or not others_deciding(request.unit_id, user)


def signed(request: Request, user: User) -> bool:
    if request.signed_by_id is None:  # signed before accounts were kept with signatures
        return request.signatory == user.name
    return user.pk == request.signed_by_id


def others_deciding(unit_id: int, user: User) -> bool:
    able = [
        role for role, rights in ROLE_PERMISSIONS.items() if Permission.REQUEST_APPROVE in rights
    ]
    colleagues = User.objects.working().filter(unit=unit_id, role__in=able)
    return colleagues.exclude(pk=user.pk).exists()


@transaction.atomic
def read_words(*, request: Request, by_partner: bool) -> None:
    """One side has the thread on its screen: what the other wrote is no longer new."""
    unread = request.words.filter(from_partner=not by_partner, seen_at=None)
    if unread.update(seen_at=now()):
        announce(request)


def clean(request: Request, text: str, from_partner: bool) -> str:
    """As it may stand in the thread; the partner's own words stay as they were written."""
    text = text.strip()
    if not from_partner:
        text = redact(text, own_of(request.unit, request.links.values_list("kind", "key")))
    if not text:
        raise WordsMissingError("word")
    return text[:LONGEST]


def add_word(
    request: Request,
    kind: str,
    text: str,
    by: Actor,
    from_partner: bool,
    *,
    who: str = "",
    **fields: Any,
) -> Word:
    word = Word.objects.create(
        request=request,
        kind=kind,
        text=text,
        author=(who or by.name)[:200],
        from_partner=from_partner,
        **fields,
    )
    detail = {"word": word.public_id, **{name: value for name, value in fields.items() if value}}
    record(f"word.{kind}", target=request, by=by, detail=detail)
    outbox.tell_word(word)
    return word


def announce(request: Request) -> None:
    live.publish("requests")
    live.publish(f"request:{request.public_id}")
    live.publish(f"portal:{request.partner.public_id}")
