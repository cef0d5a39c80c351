"""What the partner says, by whatever channel."""

from decimal import Decimal

from django.db import transaction

from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.agreed import clocks_resumed, clocks_stopped
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.models import Letter, Lookout, Partner, Request
from tereze.disruption.models.request import GONE, Answer, Refusal
from tereze.disruption.redaction import redact
from tereze.disruption.reporters import own_of
from tereze.disruption.transitions import UnlawfulStepError, move


LONGEST = 2000


class WordsMissingError(ValueError):
    """A refusal, or a question, without its reason."""


def needs_words(answer: str, refusal: str = "") -> bool:
    """A question, and a refusal for which no named reason speaks."""
    unnamed = not refusal or refusal == Refusal.OTHER
    return answer == Answer.NEED_MORE or (answer == Answer.REFUSED and unnamed)


@transaction.atomic
def acknowledge(*, request: Request, by: Actor, evidence: Evidence | None = None) -> None:
    """They have it and somebody is on it. What was told of the first deadline is not told of the second."""
    move(
        request,
        "acknowledged",
        by=by,
        evidence=evidence,
        acknowledged_at=request.acknowledged_at or now(),
        next_action_at=request.act_by,
        escalated_at=None,
    )


@transaction.atomic
def answer(
    *,
    request: Request,
    answer: str,
    by: Actor,
    text: str = "",
    who: str = "",
    refusal: str = "",
    held_amount: Decimal | None = None,
    evidence: Evidence | None = None,
) -> None:
    """Done, refused with a reason, or a question. After "done" we look for ourselves at once."""
    text = text.strip()[:LONGEST]
    if needs_words(answer, refusal) and not text:
        raise WordsMissingError(answer)
    at = now()
    move(
        request,
        "answered",
        by=by,
        note=f"{Answer(answer).value}: {text}" if text else Answer(answer).value,
        at=at,
        evidence=evidence,
        answer=answer,
        answer_text=text,
        answered_by=who[:200] or by.name,
        refusal=(refusal or Refusal.OTHER) if answer == Answer.REFUSED else "",
        held_amount=held_amount if answer == Answer.DONE else None,
        answered_at=at,
        acknowledged_at=request.acknowledged_at or at,
        **clocks_stopped(request, at),
    )
    if answer in GONE and request.kind_of.looked_at:
        Lookout.objects.update_or_create(
            request=request, defaults={"since": at, "looks": 0, "next_action_at": at}
        )


@transaction.atomic
def supply(*, request: Request, text: str, by: Actor) -> None:
    """We answer their question or refusal: it is their turn again, with what was left of their time."""
    if request.answer in GONE:
        raise UnlawfulStepError("nothing was asked")
    links = list(request.links.values_list("kind", "key"))
    added = redact(text, own_of(request.unit, links)).strip()[:LONGEST]
    if not added:
        raise WordsMissingError("supply")
    move(
        request,
        "supplied",
        by=by,
        note=added,
        reason=f"{request.reason}\n\n{added}"[: 2 * LONGEST],
        answer="",
        answer_text="",
        refusal="",
        asked_since=None,
        **clocks_resumed(request, now()),
    )
    if request.channel == Partner.Channel.EMAIL and request.partner.email:
        write_letter(request, Letter.Purpose.SUPPLIED)
