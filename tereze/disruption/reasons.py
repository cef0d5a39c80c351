"""A statement of reasons for each answer, in the shape of the EU's DSA Transparency Database.

The shape is theirs (required fields, lengths, closed lists), the territory is ours: `KZ`, which
their service itself would refuse. `reasons.schema.json` says it in full. An answer that restricts
nothing (a refusal, a question) has no restriction of their list, so it is their "other", in words.
No personal data: whatever identifies somebody is taken out of the texts.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tereze.detection.typology import GROUNDS
from tereze.disruption.models import Request
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.redaction import LIKE_A_CARD, merged
from tereze.indicators import extract


LONGEST = {"ground": 500, "explanation": 2000, "facts": 5000, "other": 500}
IDENTIFYING = frozenset(
    {"phone", "whatsapp", "card", "iban", "iin", "email", "telegram", "instagram", "plate"}
)
HIDDEN = "[…]"
REMOVED = {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]}
CLOSED = {"decision_account": "DECISION_ACCOUNT_TERMINATED"}
# what "done" means in their words, by kind of request; elsewhere it is their "other"
DONE: dict[str, dict[str, Any]] = {
    "remove_listing": REMOVED,
    "delete_message": REMOVED,
    "close_account": CLOSED,
    "restrict_site": {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]},
    "hold_money": {"decision_monetary": "DECISION_MONETARY_SUSPENSION"},
    "check_number": {"decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION"},
}
CONTENT: dict[str, tuple[str, str]] = {
    "remove_listing": ("CONTENT_TYPE_PRODUCT", ""),
    "correct_removal": ("CONTENT_TYPE_PRODUCT", ""),
    "delete_message": ("CONTENT_TYPE_TEXT", ""),
    "hold_money": ("CONTENT_TYPE_OTHER", "payment"),
    "check_number": ("CONTENT_TYPE_OTHER", "telephone number"),
    "restrict_site": ("CONTENT_TYPE_OTHER", "web site or channel"),
}
KEYWORDS = {
    "remove_listing": ["KEYWORD_INAUTHENTIC_LISTINGS"],
    "close_account": ["KEYWORD_INAUTHENTIC_ACCOUNTS"],
}


def statement_of(request: Request) -> dict[str, Any]:
    """The statement for the request's present answer. Raises ValueError where there is none."""
    if not request.answer or request.answered_at is None:
        raise ValueError("not answered")
    zone = ZoneInfo(request.unit.zone)
    content, other = CONTENT.get(request.kind, ("CONTENT_TYPE_OTHER", "account"))
    return {
        **decision_of(request),
        **({"category_specification": KEYWORDS[request.kind]} if request.kind in KEYWORDS else {}),
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": legal_ground(request),
        "illegal_content_explanation": explanation(request)[: LONGEST["explanation"]],
        "content_type": [content],
        **({"content_type_other": other} if other else {}),
        "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
        "territorial_scope": ["KZ"],
        "content_date": day(
            request.evidence.seen_at if request.evidence else request.created_at, zone
        ),
        "application_date": day(request.answered_at, zone),
        "decision_facts": facts(request),
        **source_of(request),
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        # a second answer to the same request is a statement of its own
        "puid": f"{request.public_id}-{request.answered_at:%Y%m%d%H%M%S}",
    }


def decision_of(request: Request) -> dict[str, Any]:
    """At least one of the four kinds of restriction; an answer without one is their "other"."""
    if request.answer == Answer.ACCOUNT_CLOSED:
        return {**REMOVED, **CLOSED} if request.kind == "remove_listing" else CLOSED
    if request.answer == Answer.DONE and request.kind in DONE:
        return DONE[request.kind]
    return {
        "decision_visibility": ["DECISION_VISIBILITY_OTHER"],
        "decision_visibility_other": without_restriction(request)[: LONGEST["other"]],
    }


def without_restriction(request: Request) -> str:
    words = nameless(request.answer_text)
    if request.answer == Answer.REFUSED:
        code = request.refusal or Refusal.OTHER
        return f"No restriction: refused ({code}). {words}".strip()
    if request.answer == Answer.NEED_MORE:
        return f"No restriction yet: the platform asks for more. {words}".strip()
    if request.answer == Answer.ALREADY_GONE:
        return "No restriction: the content was already gone."
    return f"Done without a restriction of visibility: {request.kind}. {words}".strip()


def source_of(request: Request) -> dict[str, str]:
    if request.answer == Answer.ALREADY_GONE:
        return {"source_type": "SOURCE_VOLUNTARY"}
    return {
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
        "source_identity": f"{request.unit.name}, № {request.number}"[: LONGEST["other"]],
    }


def legal_ground(request: Request) -> str:
    ground = GROUNDS.get(request.ground)
    return (ground.text["ru"] if ground else request.ground)[: LONGEST["ground"]]


def explanation(request: Request) -> str:
    """Their list of grounds has none for "not illegal": who alleges it is said in words."""
    alleged = request.answer in (Answer.REFUSED, Answer.NEED_MORE)
    words = nameless(request.reason) or "-"
    return f"Alleged by the request, not found by the platform. {words}" if alleged else words


def schema_of_statements() -> dict[str, Any]:
    text = Path(__file__).with_name("reasons.schema.json").read_text(encoding="utf-8")
    return {name: value for name, value in json.loads(text).items() if name != "$schema"}


def facts(request: Request) -> str:
    seal = request.evidence.manifest_sha256 if request.evidence else "-"
    said = nameless(request.answer_text)
    lines = [
        f"Request {request.number}: {request.kind}.",
        f"Evidence sealed before the request was sent, SHA-256 of its manifest: {seal}.",
        f"Answer: {request.answer}." + (f" {said}" if said else ""),
    ]
    return "\n".join(lines)[: LONGEST["facts"]]


def nameless(text: str) -> str:
    spans = [(*found.span(), HIDDEN) for found in LIKE_A_CARD.finditer(text)]
    spans += [(*found.span, HIDDEN) for found in extract(text) if found.type in IDENTIFYING]
    for start, end, word in merged(spans):
        text = text[:start] + word + text[end:]
    return text


def day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()
