"""`POST /api/v1/reports` and reading back by receipt.

The same Idempotency-Key never makes two reports: with the same body it gets the same answer, with
another body 422. Twins that arrive together are told apart by a unique constraint, not by luck.
"""

import json
from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status
from ninja.security import HttpBearer
from pydantic import BeforeValidator, Field

from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.core.limits import Window, address_of, device_of
from tereze.intake.actions import DifferentBodyError, Sending, hash_of, submit_report
from tereze.intake.advice import advice_of
from tereze.intake.models import ApiKey, Channel, Report, State
from tereze.intake.receipts import WrongReceiptError, read_receipt, receipt_hash
from tereze.intake.statement import read_statement, storable


ANSWER_FOR = timedelta(days=7)
LONGEST_KEY = 200
BY_KEY = Window(600, 60)
WRONG_BY_DEVICE = Window(20, 600)
WRONG_BY_ADDRESS = Window(300, 600)
USED_EVERY = timedelta(minutes=1)
router = Router(tags=["reports"])


def as_text(value: Any) -> str:
    """Whatever came is kept as text: a number, a list, broken characters."""
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


Text = Annotated[str, BeforeValidator(as_text)]


class NewReport(Schema):
    text: Text = Field("", description="What happened, in the resident's own words")
    language: Text = Field("ru", description="kk, ru or en: the language of the advice")
    when: Text = Field("", description="When it happened, as it was said")
    fraud_channel: Text = Field("", description="call, sms, whatsapp, telegram, instagram, …")
    fraudster: Text = Field("", description="Number, nickname, link of the other side")
    loss: Text = Field("", description="lost, attempt or empty")
    amount: Text = Field("", description="Money lost, in tenge, as it was said")
    money_when: Text = Field("", description="When the money left")
    bank_from: Text = Field("", description="From which bank")
    money_to: Text = Field("", description="Card, account, phone or name it went to")
    name: Text = Field("", description="The resident's name; empty when anonymous")
    contact: Text = Field("", description="The resident's phone or e-mail")
    district: Text = Field("", description="District or settlement")


# Described as required, answered with 400 where it is missing: the library would say 422.
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


class Contact(Schema):
    name: str
    phone: str
    note: str


class Told(Schema):
    title: str
    urgent: bool
    steps: list[str]
    contacts: list[Contact]
    scheme: str = Field(description="Slug of the likely scheme, or empty")
    scheme_advice: list[str]
    rules: list[str]


class Registered(Schema):
    number: str = Field(description="Tereze's number. It is not a КУИ number")
    receipt: str = Field(description="28 digits; opens the report for whoever holds them")
    advice: Told


class Kui(Schema):
    number: str
    at: str


class Followed(Schema):
    number: str
    state: str = Field(description="open, kui, repeat, transferred or no_offence")
    received_at: str
    kui: Kui | None
    advice: Told


class Problem(Schema):
    detail: str


class PartnerKey(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = (
            ApiKey.objects.filter(key_hash=token_hash(token), closed_at=None)
            .select_related("unit")
            .first()
        )
        if key and (key.last_used_at is None or key.last_used_at < now() - USED_EVERY):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now())
        return key


@router.post(
    "",
    auth=PartnerKey(),
    response={
        201: Registered, 400: Problem, 401: Problem, 409: Problem, 422: Problem, 429: Problem,
    },
    summary="Register a report",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)  # fmt: skip
def register_report(
    request: HttpRequest,
    response: HttpResponse,
    body: NewReport,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", include_in_schema=False)] = "",
) -> Any:
    """Needs an `Idempotency-Key`: repeat a request with the same key until you get an answer."""
    key: ApiKey = request.auth  # type: ignore[attr-defined] # set by PartnerKey
    if not idempotency_key.strip() or len(idempotency_key) > LONGEST_KEY:
        return Status(400, {"detail": "Send an Idempotency-Key of 1 to 200 characters."})
    if not BY_KEY.hit(key.key_hash):
        response["Retry-After"] = "60"
        return Status(429, {"detail": "Too many requests with this key; wait a minute."})
    typed = body.dict()
    statement = read_statement(typed, language=language_of(typed["language"]))
    if statement.is_empty():
        return Status(422, {"detail": "Send at least one of text, fraudster, money_to."})
    sending = Sending(
        scope=f"api:{key.pk}",
        key=idempotency_key.strip(),
        body_hash=hash_of(typed),
        answer_for=ANSWER_FOR,
        remember=lambda report: {"advice": told(report)},
    )
    try:
        done = submit_report(
            unit=key.unit,
            statement=statement,
            channel=Channel.API,
            sending=sending,
            by=key.actor,
            partner=key.partner,
        )
    except DifferentBodyError:
        return Status(422, {"detail": "This Idempotency-Key was used with another body."})
    if done.receipt is None:
        detail = f"Registered earlier as {done.report.number}; its receipt is no longer kept."
        return Status(409, {"detail": detail})
    if done.is_repeat:
        response["Idempotent-Replayed"] = "true"
    answer = {
        "number": done.report.number,
        "receipt": done.receipt,
        "advice": done.answer["advice"],
    }
    return Status(201, answer)


def language_of(typed: str) -> str:
    return typed if typed in {"kk", "ru", "en"} else "ru"


def told(report: Report) -> dict[str, Any]:
    advice = advice_of(report)
    return {
        "title": advice.title,
        "urgent": advice.urgent,
        "steps": list(advice.steps),
        "contacts": [{"name": c.name, "phone": c.phone, "note": c.note} for c in advice.contacts],
        "scheme": report.scheme,
        "scheme_advice": list(advice.scheme_advice),
        "rules": list(advice.rules),
    }


@router.get(
    "/{receipt}",
    response={200: Followed, 404: Problem, 429: Problem},
    summary="Read a report back by its receipt",
)
def follow_report(request: HttpRequest, receipt: str) -> Any:
    """The receipt is the key. Only wrong ones are counted; a right one always opens."""
    try:
        wanted = receipt_hash(read_receipt(receipt))
    except WrongReceiptError as wrong:
        return Status(404, {"detail": f"Not a receipt: wrong {wrong.reason}."})
    report = Report.objects.filter(receipt_hash=wanted).first()
    if report is None:
        within = WRONG_BY_DEVICE.hit(device_of(request))
        if not WRONG_BY_ADDRESS.hit(address_of(request)) or not within:
            return Status(429, {"detail": "Too many wrong receipts; wait ten minutes."})
        return Status(404, {"detail": "There is no report with this receipt."})
    in_kui = report.state == State.KUI
    answer = {
        "number": report.number,
        "state": report.state,
        "received_at": iso(report.received_at),
        "kui": {"number": report.kui_number, "at": iso(report.kui_at)} if in_kui else None,
        "advice": told(report),
    }
    return Status(200, answer)


def iso(moment: Any) -> str:
    return str(moment.isoformat())
