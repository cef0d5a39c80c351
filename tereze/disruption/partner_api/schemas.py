"""The shapes that go in and out. What stands here is what openapi.json promises."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from tereze.disruption.kinds import KINDS
from tereze.disruption.models import PartnerNotice
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.partner_api.paging import LARGEST


LONGEST_WORDS = 2000
AnswerCode = Literal["done", "account_closed", "already_gone", "refused", "need_more"]
ReasonCode = Literal[
    "no_violation", "insufficient_evidence", "not_ours", "other_form_required",
    "technically_impossible", "too_late", "other",
]  # fmt: skip
NoticeKind = Literal["removed_ourselves", "seller_again"]
Status = Literal[
    "new", "acknowledged", "reopened", "answered", "not_verified", "verified", "withdrawn", "closed"
]
KindCode = Literal[
    "remove_listing", "close_account", "preserve_data", "provide_data", "hold_money",
    "check_number", "restrict_site", "delete_message", "correct_removal",
]  # fmt: skip
assert get_args(KindCode) == tuple(KINDS)  # noqa: S101 - checked once, on import
assert get_args(AnswerCode) == tuple(Answer.values)  # noqa: S101 - checked once, on import
assert get_args(ReasonCode) == tuple(Refusal.values)  # noqa: S101
assert get_args(NoticeKind) == tuple(PartnerNotice.Kind.values)  # noqa: S101


def storable(text: str) -> str:
    """One character no database takes: refused like any other that is no text."""
    if "\x00" in text:
        raise PydanticCustomError("not_text", "NUL in text")
    return text


def moment_of(text: Any) -> datetime:
    """Date, time and offset, and nothing else: a number or a bare date means different things to
    different readers. What lies outside the calendar once it is in UTC is no moment either."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise PydanticCustomError("not_a_moment", "no moment with an offset") from error


Moment = Annotated[datetime, BeforeValidator(moment_of)]


Words = Annotated[
    str,
    StringConstraints(max_length=LONGEST_WORDS, strip_whitespace=True),
    AfterValidator(storable),
]
SomeWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_WORDS, strip_whitespace=True),
    AfterValidator(storable),
]
Name = Annotated[
    str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(storable)
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(storable)]


class Sent(Schema):
    model_config = ConfigDict(extra="forbid")
    test: bool = Field(False, description="Validate everything, process nothing")
    who: Name = Field("", description="Name and post of your employee, as it shall be on record")


class AcknowledgeIn(Sent):
    pass


class AnswerWords(Schema):
    answer: AnswerCode = Field(description="What you did, or why not")
    reason_code: ReasonCode | None = Field(None, description="Required with `refused`, only there")
    text: Words = Field("", description="Words: required with `refused` and `need_more`")
    held_amount: Decimal | None = Field(
        None, ge=0, max_digits=15, decimal_places=2,
        description="Tenge held; only for `done` on `hold_money`",
    )  # fmt: skip

    @model_validator(mode="after")
    def says_why(self) -> "AnswerWords":
        if self.answer == "refused" and self.reason_code is None:
            raise PydanticCustomError("reason_code_missing", "reason_code is required")
        if self.answer != "refused" and self.reason_code is not None:
            raise PydanticCustomError("reason_code_unexpected", "reason_code only with refused")
        if self.answer in ("refused", "need_more") and not self.text:
            raise PydanticCustomError("words_missing", "text is required")
        return self


class AnswerIn(Sent, AnswerWords):
    pass


class BulkItem(AnswerWords):
    model_config = ConfigDict(extra="forbid")
    request_id: Id


class BulkIn(Sent):
    answers: list[BulkItem] = Field(min_length=1, max_length=LARGEST)

    @model_validator(mode="after")
    def each_once(self) -> "BulkIn":
        ids = [item.request_id for item in self.answers]
        if len(set(ids)) < len(ids):
            raise PydanticCustomError("twice", "a request is named twice")
        return self


class TextIn(Sent):
    text: SomeWords


class NoticeIn(Sent):
    kind: NoticeKind
    url: Annotated[
        str, StringConstraints(min_length=1, max_length=2000), AfterValidator(storable)
    ] = Field(description="Address of the page, as people open it")
    text: Words = Field("", description="What you did or saw")


class ItemOut(Schema):
    request_id: str | None = Field(description="As you named it, also where there is no such")
    status: Literal["done", "refused"] = Field(
        description="`refused`: nothing was changed, see `problem`"
    )
    problem: str | None = Field(description="Code of the problem, as in problem details")
    detail: str | None = Field(description="The same in words")
    result: dict[str, Any] = Field(description="Ids of what was made: `word_id`, `notice_id`")


class OperationOut(Schema):
    id: str | None = Field(description="null for a test: nothing was stored")
    status: Literal["completed", "incomplete", "validated"]
    action: str
    test: bool
    correlation_id: str
    at: datetime
    replayed: bool = Field(
        description="This Idempotency-Key had arrived before; nothing was redone"
    )
    items: list[ItemOut]


class OperationPage(Schema):
    items: list[OperationOut]
    next_cursor: str | None


class GroundOut(Schema):
    code: str
    text: str
    source: str


class SignatoryOut(Schema):
    name: str
    post: str
    unit: str


class FileOut(Schema):
    name: str
    media_type: str
    size: int
    sha256: str
    url: str


class EvidenceOut(Schema):
    id: str
    seen_at: datetime
    manifest_sha256: str
    files: list[FileOut]
    package_url: str


class WordOut(Schema):
    id: str
    at: datetime
    kind: Literal["question", "reply", "appeal", "decision"]
    from_partner: bool = Field(description="true: your side; false: the police")
    author: str
    text: str


class AnswerOut(Schema):
    answer: AnswerCode
    reason_code: str
    text: str
    by: str
    at: datetime | None


class MomentsOut(Schema):
    signed: datetime | None
    delivered: datetime | None = Field(description="Your clock starts here")
    acknowledged: datetime | None
    answered: datetime | None
    verified: datetime | None = Field(description="Our own first look that saw it gone")
    reopened: datetime | None = Field(description="The last time it came back to you")
    closed: datetime | None
    updated: datetime | None


class ClockOut(Schema):
    next_deadline: datetime | None = Field(
        description="The running one; null while it waits for us"
    )
    acknowledge_by: datetime | None
    act_by: datetime | None
    overdue_since: datetime | None
    escalated_at: datetime | None


class RequestOut(Schema):
    id: str
    number: str = Field(description="Outgoing number, for people and paper")
    kind: KindCode
    ask: str = Field(description="What we ask, in words")
    status: Status
    your_turn: bool = Field(description="true: the clock runs and we wait for your answer")
    address: str
    listing: str = Field(description="`olx:r9sfK`, or empty")
    title: str
    reason: str
    form: dict[str, str] = Field(description="Filled form of requests that are about no page")
    ground: GroundOut
    signatory: SignatoryOut
    allowed_answers: list[AnswerCode]
    clock: ClockOut
    moments: MomentsOut
    answer: AnswerOut | None = Field(description="Your last answer, also while it is your turn")
    evidence: EvidenceOut | None
    thread: list[WordOut]
    statement_of_reasons_url: str | None


class RequestPage(Schema):
    items: list[RequestOut]
    next_cursor: str | None


class EventOut(Schema):
    id: str = Field(description="The `webhook-id`")
    type: str
    at: datetime
    request_id: str | None
    state: Literal["waiting", "delivered", "failed", "kept"]
    tries: int
    next_try_at: datetime | None
    payload: dict[str, Any] = Field(description="The body, as it was or will be sent")


class EventPage(Schema):
    items: list[EventOut]
    next_cursor: str | None


class WebhookOut(Schema):
    url: str | None
    is_on: bool
    off_since: datetime | None
    off_why: str
    last_accepted_at: datetime | None


def with_in(schema: dict[str, Any]) -> None:
    """`in` is a word of Python's own: no attribute can bear it."""
    schema["properties"]["in"] = {"type": "string", "enum": ["body", "query", "path", "header"]}
    schema["required"].append("in")


class FieldProblem(Schema):
    model_config = ConfigDict(json_schema_extra=with_in)
    field: str
    code: str
    message: str


class ProblemOut(Schema):
    """RFC 9457 problem details, `application/problem+json`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    correlation_id: str
    errors: list[FieldProblem] = Field([], description="Only with `invalid`, and always there")
