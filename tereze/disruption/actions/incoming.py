"""What becomes of a letter that came in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze import live
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.casework.actions import StoredPart, seal_evidence
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.answering import WordsMissingError, acknowledge, answer
from tereze.disruption.actions.returned import letter_returned
from tereze.disruption.models import Incoming, Letter, Mailbox, Request
from tereze.disruption.models.request import SEEN_BY_PARTNER, WITH_PARTNER, Answer, Refusal
from tereze.disruption.transitions import UnlawfulStepError, move
from tereze.disruption.vocabulary import ACKNOWLEDGED, refusal_in


SKEW = timedelta(minutes=5)  # between the mail server's clock and ours
OUR_TURNS = ("delivered", "supplied", "came_back", "sent_again", "resent", "still_there")
HANDED_OVER = "handed_over"  # a resident's, not a partner's
QUIET = {Incoming.Kind.AUTO_REPLY, Incoming.Kind.RECEIPT, Incoming.Kind.DELAYED}


@transaction.atomic
def letter_arrived(
    *, mailbox: Mailbox, uidvalidity: int, uid: int, stored: StoredPart, by: Actor, **facts: Any
) -> Incoming | None:
    """The row of a letter that lies in the vault, and how far the mailbox is read: one commit."""
    known = Incoming.objects.filter(mailbox=mailbox, sha256=stored.sha256).exists()
    row = None
    if (
        not known
        and not Incoming.objects.filter(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid).exists()
    ):
        row = Incoming.objects.create(
            mailbox=mailbox,
            unit=mailbox.unit,
            uidvalidity=uidvalidity,
            uid=uid,
            sha256=stored.sha256,
            stored=stored.size,
            next_action_at=now(),
            **facts,
        )
        record("mail.arrived", target=row, by=by)
    Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=uidvalidity, last_uid=uid)
    return row


@transaction.atomic
def sort_in(
    *,
    row: Incoming,
    kind: str,
    content: dict[str, Any],
    letter: Letter | None,
    trusted: bool,
    guess: str,
    words: str,
    by: Actor,
) -> None:
    """Take it as an answer, note it, or put it before an officer. Once."""
    if not Incoming.objects.filter(pk=row.pk, state=Incoming.State.NEW).exists():
        return
    row.kind, row.content, row.guess = kind, {**content, "words": words}, guess
    if letter is None:
        quiet = kind in QUIET or kind == Incoming.Kind.DELIVERED
        settle(row, Incoming.State.NOTED if quiet else Incoming.State.UNKNOWN, by=by)
        return
    request = letter.request
    row.letter, row.request, row.unit = letter, request, request.unit
    row.evidence = seal_letter(row, request, by)
    if kind == Incoming.Kind.BOUNCE:
        came_back(row, letter, by)
    elif kind != Incoming.Kind.ANSWER:
        noted(row, by)
    elif why := why_not(row, request, trusted):
        row.why = why
        told(row, by)
        settle(row, Incoming.State.WAITING, by=by)
    else:
        taken(row, guess, words, Actor("partner", request.partner.slug, sender_of(row)), by)


def why_not(row: Incoming, request: Request, trusted: bool) -> str:
    """Why a person has to decide, or nothing."""
    if not trusted:
        return "sender"
    if not row.guess:
        return "unclear"
    if request.state not in WITH_PARTNER:
        return "not_their_turn"
    if row.guess == ACKNOWLEDGED and request.acknowledged_at is not None:
        return "acknowledged_before"
    turn = request.steps.filter(event__in=OUR_TURNS).last()
    if turn is not None and row.received_at < turn.at - SKEW:
        return "earlier"
    return ""


def seal_letter(row: Incoming, request: Request, by: Actor) -> Evidence:
    """The original with its hash, among the request's evidence. It never leaves the house."""
    part = StoredPart("letter.eml", "message/rfc822", row.sha256, row.stored, False)
    return seal_evidence(
        unit=request.unit,
        files=[part],
        kind=Evidence.Kind.UPLOAD,
        origin=f"mailbox {row.mailbox.name}",
        by=by,
        seen_at=row.received_at,
        subject=("request", request.public_id),
        facts={"uid": row.uid, "uidvalidity": row.uidvalidity, "cut": row.cut},
    )


def sender_of(row: Incoming) -> str:
    name, address = row.content.get("name", ""), row.content.get("sender", "")
    return f"{name} <{address}>"[:200] if name else address


def settle(row: Incoming, state: str, *, by: Actor, who: str = "") -> None:
    row.state, row.next_action_at = state, None
    row.handled_by, row.handled_at = who, now() if who else None
    row.save()
    record("mail.sorted", target=row, by=by, detail={"state": state, "kind": row.kind})
    live.publish("requests")
    if row.request is not None:
        live.publish(f"request:{row.request.public_id}")


def told(row: Incoming, by: Actor) -> None:
    if row.request is not None:
        move(row.request, "letter_came", by=by, note=f"letter: {row.kind}", evidence=row.evidence)


def noted(row: Incoming, by: Actor) -> None:
    told(row, by)
    settle(row, Incoming.State.NOTED, by=by)


def came_back(row: Incoming, letter: Letter, by: Actor) -> None:
    why = str(row.content.get("detail") or "bounce")
    if letter_returned(letter=letter, why=why, by=by, evidence=row.evidence):
        settle(row, Incoming.State.NOTED, by=by)
    else:
        noted(row, by)


def taken(row: Incoming, said: str, words: str, author: Actor, by: Actor) -> None:
    request = row.request
    assert request is not None  # noqa: S101 - both callers have checked
    if said == ACKNOWLEDGED:
        acknowledge(request=request, by=author, evidence=row.evidence)
    else:
        answer(
            request=request,
            answer=said,
            text=words,
            refusal=(refusal_in(words) or Refusal.OTHER) if said == Answer.REFUSED else "",
            who=sender_of(row),
            by=author,
            evidence=row.evidence,
        )
    settle(row, Incoming.State.TAKEN, by=by, who=author.name)


@transaction.atomic
def belongs_elsewhere(*, row: Incoming, by: Actor) -> None:
    """Another room has taken it, and keeps of it what it may: here only that it came."""
    if Incoming.objects.filter(pk=row.pk, state=Incoming.State.NEW).exists():
        row.kind, row.why = Incoming.Kind.ANSWER, HANDED_OVER
        nothing = ("sender", "name", "text", "detail", "words")
        row.content = {**dict.fromkeys(nothing, ""), "subject": "WhatsApp", "files": []}
        settle(row, Incoming.State.NOTED, by=by)


@transaction.atomic
def unreadable(*, row: Incoming, why: str, by: Actor) -> None:
    """Not even its headers make sense: the sealed original is all there is."""
    if Incoming.objects.filter(pk=row.pk, state=Incoming.State.NEW).exists():
        row.kind, row.why = Incoming.Kind.ANSWER, why
        settle(row, Incoming.State.UNKNOWN, by=by)


def for_officers(row: Incoming, user: Any) -> Incoming:
    if not user.can(Permission.REQUEST_DRAFT):
        raise PermissionDenied(Permission.REQUEST_DRAFT)
    waiting = (Incoming.State.WAITING, Incoming.State.UNKNOWN)
    fresh = Incoming.objects.select_for_update().filter(pk=row.pk, state__in=waiting).first()
    if fresh is None:
        raise UnlawfulStepError("this letter was dealt with")
    return fresh


@transaction.atomic
def take_letter(*, row: Incoming, said: str, user: Any, words: str = "") -> None:
    """An officer read it: this is the partner's answer."""
    row = for_officers(row, user)
    if row.request is None:
        raise UnlawfulStepError("no request")
    if said not in {*Answer.values, ACKNOWLEDGED}:
        raise WordsMissingError(said)
    taken(row, said, words, user.actor, user.actor)


@transaction.atomic
def place_letter(*, row: Incoming, number: str, user: Any) -> bool:
    """An officer recognises what no mark told. False where there is no such request."""
    row = for_officers(row, user)
    found = Request.objects.visible_to(user).filter(number=number.strip()[:40])
    request = found.exclude(number="").filter(state__in=SEEN_BY_PARTNER).first()
    if request is None or row.request is not None:
        return False
    row.request, row.unit, row.why = request, request.unit, "placed"
    row.evidence = seal_letter(row, request, user.actor)
    told(row, user.actor)
    settle(row, Incoming.State.WAITING, by=user.actor)
    return True


@transaction.atomic
def dismiss_letters(*, rows: Sequence[Incoming], user: Any) -> int:
    """Not about any request of ours, or nothing follows from it. They stay where they are."""
    done = 0
    for row in rows:
        try:
            fresh = for_officers(row, user)
        except UnlawfulStepError:
            continue
        settle(fresh, Incoming.State.DISMISSED, by=user.actor, who=user.name)
        done += 1
    return done
