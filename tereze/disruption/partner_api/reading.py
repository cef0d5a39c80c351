"""What a key may read, and the request as JSON."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from tereze.disruption.actions.delivery import mark_delivered
from tereze.disruption.documents import (
    VISIBLE,
    WAS_WITHDRAWN,
    ground_of,
    is_their_turn,
    status_of,
)
from tereze.disruption.forms.requests import answers_for
from tereze.disruption.kinds import About
from tereze.disruption.models import PartnerKey, Request, RequestStep, State, Word
from tereze.disruption.partner_api.problems import Problem
from tereze.disruption.transitions import UnlawfulStepError


LAST_STEP = RequestStep.objects.filter(request=OuterRef("pk")).order_by("-at", "-pk")
LAST_RETURN = LAST_STEP.filter(event__in=["supplied", "still_there", "came_back"])


def visible_to(key: PartnerKey) -> Any:
    """Only this partner's, and only what was sent: the one place where the API finds requests."""
    return (
        Request.objects.filter(VISIBLE, partner=key.partner)
        .annotate(
            was_withdrawn=WAS_WITHDRAWN,
            updated=Subquery(LAST_STEP.values("at")[:1]),
            returned=Subquery(LAST_RETURN.values("at")[:1]),
        )
        .select_related("partner__unit", "unit", "evidence")
    )


def whole(rows: Any) -> Any:
    return rows.prefetch_related("evidence__files", "words")


def one(key: PartnerKey, request_id: str) -> Request:
    found: Request | None = visible_to(key).filter(public_id=request_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def changed_since(moment: Any) -> Q:
    return Q(Exists(RequestStep.objects.filter(request=OuterRef("pk"), at__gte=moment))) | Q(
        Exists(Word.objects.filter(request=OuterRef("pk"), at__gte=moment))
    )


def note_fetched(rows: Iterable[Request], key: PartnerKey) -> None:
    """What stood in the list and is now in their hands is delivered: the clock starts."""
    for row in rows:
        if row.state != State.APPROVED:
            continue
        try:
            mark_delivered(request=row, by=key.actor, note="API")
        except UnlawfulStepError:  # the webhook, or another of their readers, was first
            row.refresh_from_db()


def address(name: str, *arguments: str) -> str:
    return settings.PUBLIC_URL + reverse(f"partner_api:{name}", args=arguments)


def document(request: Request) -> dict[str, Any]:
    return {
        "id": request.public_id,
        "number": request.number,
        "kind": request.kind,
        "ask": str(request.kind_of.ask),
        "status": status_of(request),
        "your_turn": is_their_turn(request),
        "address": request.address,
        "listing": request.listing,
        "title": request.title,
        "reason": request.reason,
        "form": request.form if request.kind_of.about is About.FORM else {},
        "ground": ground_of(request),
        "signatory": {
            "name": request.signatory,
            "post": request.signatory_post,
            "unit": request.unit.name,
        },
        "allowed_answers": [value for value, _label in answers_for(request)],
        "clock": {
            "next_deadline": request.next_deadline,
            "acknowledge_by": request.acknowledge_by,
            "act_by": request.act_by,
            "overdue_since": request.overdue_at,
            "escalated_at": request.escalated_at,
        },
        "moments": moments_of(request),
        "answer": answer_of(request),
        "evidence": evidence_of(request),
        "thread": [word_of(word) for word in request.words.all()],
        "statement_of_reasons_url": address("statement_of_reasons", request.public_id)
        if request.answer
        else None,
    }


def moments_of(request: Request) -> dict[str, Any]:
    return {
        "signed": request.approved_at,
        "delivered": request.delivered_at,
        "acknowledged": request.acknowledged_at,
        "answered": request.answered_at,
        "verified": request.gone_at,
        "reopened": getattr(request, "returned", None),
        "closed": request.closed_at,
        "updated": getattr(request, "updated", None),
    }


def answer_of(request: Request) -> dict[str, Any] | None:
    """The last one. What we replied to stands no longer on the row, but in its step."""
    if request.answered_at is None:
        return None
    answer, text = request.answer, request.answer_text
    if not answer:
        said = request.steps.filter(event="answered").order_by("at", "pk").last()
        if said is None:
            return None
        answer, _colon, text = said.note.partition(": ")
    return {
        "answer": answer,
        "reason_code": request.refusal,
        "text": text,
        "by": request.answered_by,
        "at": request.answered_at,
    }


def evidence_of(request: Request) -> dict[str, Any] | None:
    evidence = request.evidence
    if evidence is None:
        return None
    return {
        "id": evidence.public_id,
        "seen_at": evidence.seen_at,
        "manifest_sha256": evidence.manifest_sha256,
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "url": address("evidence_file", request.public_id, file.name),
            }
            for file in evidence.outgoing_files()
        ],
        "package_url": address("evidence_package", request.public_id),
    }


def word_of(word: Word) -> dict[str, Any]:
    return {
        "id": word.public_id,
        "at": word.at,
        "kind": word.kind,
        "from_partner": word.from_partner,
        "author": word.author,
        "text": word.text,
    }
