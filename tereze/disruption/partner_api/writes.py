"""What their system may do. Each call is answered 202 with an operation that can be read again."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from tereze.disruption import actions
from tereze.disruption.forms.requests import answers_for
from tereze.disruption.models import PartnerKey, Request, State, Word
from tereze.disruption.partner_api.auth import key_of
from tereze.disruption.partner_api.operations import Act, Call, perform, single
from tereze.disruption.partner_api.problems import Problem
from tereze.disruption.partner_api.reading import note_fetched, one, visible_to
from tereze.disruption.partner_api.schemas import (
    AcknowledgeIn,
    AnswerIn,
    AnswerWords,
    BulkIn,
    NoticeIn,
    OperationOut,
    ProblemOut,
    TextIn,
)
from tereze.disruption.recognition import NotAnAddressError
from tereze.disruption.transitions import UnlawfulStepError


router = Router()
RESPONSES: Any = {
    202: OperationOut, 400: ProblemOut, 401: ProblemOut, 404: ProblemOut, 409: ProblemOut,
    413: ProblemOut, 422: ProblemOut, 429: ProblemOut,
}  # fmt: skip
Token = Annotated[
    str | None,  # looked at by us: a missing one has a code of its own
    Header(
        alias="Idempotency-Key",
        description="Required: your own token of 1 to 200 characters, one for each act",
    ),
]
Correlation = Annotated[
    str | None, Header(alias="X-Correlation-Id", description="Your own id; echoed and stored")
]


def act_on(key: PartnerKey, request: Request, do: Any) -> Act:
    """The request is read again inside the transaction; answering it proves that they have it."""

    def run() -> dict[str, str]:
        row = one(key, request.public_id)
        note_fetched([row], key)
        try:
            return do(row) or {}
        except UnlawfulStepError as error:
            raise Problem("not_your_turn") from error

    return Act(run, request)


@router.post(
    "/requests/{request_id}/acknowledge", response=RESPONSES, operation_id="acknowledge",
    summary="Say that you have it and somebody is on it",
)  # fmt: skip
def acknowledge(
    request: HttpRequest,
    request_id: str,
    body: AcknowledgeIn,
    token: Token = None,
    correlation: Correlation = None,
) -> Any:
    key = key_of(request)
    row = one(key, request_id)
    call = Call.read(request, "acknowledge", request_id, body.dict())

    def do(row: Request) -> None:
        if row.state == State.ACKNOWLEDGED:
            raise Problem("already_acknowledged")
        actions.acknowledge(request=row, by=key.actor)

    return Status(202, single(perform(call, [act_on(key, row, do)])))


@router.post(
    "/requests/{request_id}/answer", response=RESPONSES, operation_id="answer",
    summary="Answer: done, account closed, already gone, refused, need more",
)  # fmt: skip
def answer(
    request: HttpRequest,
    request_id: str,
    body: AnswerIn,
    token: Token = None,
    correlation: Correlation = None,
) -> Any:
    """After `done`, `account_closed` or `already_gone` we look ourselves; only our own look makes
    it `verified`."""
    key = key_of(request)
    row = one(key, request_id)
    call = Call.read(request, "answer", request_id, body.dict())
    return Status(202, single(perform(call, [answering(key, row, body, body.who)])))


def answering(key: PartnerKey, request: Request, said: AnswerWords, who: str) -> Act:
    def do(row: Request) -> None:
        if said.answer not in {str(value) for value, _label in answers_for(row)}:
            raise Problem("answer_not_possible")
        if said.held_amount is not None and not holds_money(row, said):
            raise Problem("answer_not_possible")
        actions.answer(
            request=row,
            answer=said.answer,
            text=said.text,
            refusal=said.reason_code or "",
            held_amount=said.held_amount,
            by=key.actor,
            who=who,
        )

    return act_on(key, request, do)


def holds_money(row: Request, said: AnswerWords) -> bool:
    return row.kind == "hold_money" and said.answer == "done"


@router.post(
    "/requests/answers", response=RESPONSES, operation_id="answer_many",
    summary="Answer up to 100 requests in one call",
)  # fmt: skip
def answer_many(
    request: HttpRequest, body: BulkIn, token: Token = None, correlation: Correlation = None
) -> Any:
    """Each item stands for itself: one that is refused does not stop the others. Items come back in
    the order in which they were sent."""
    key = key_of(request)
    call = Call.read(request, "bulk_answer", "", body.dict())
    wanted = [item.request_id for item in body.answers]
    rows = {row.public_id: row for row in visible_to(key).filter(public_id__in=wanted)}
    acts = [
        answering(key, rows[item.request_id], item, body.who)
        if item.request_id in rows
        else Act(nobody_knows, named=item.request_id)
        for item in body.answers
    ]
    return Status(202, perform(call, acts))


def nobody_knows() -> dict[str, str]:
    raise Problem("not_found")


@router.post(
    "/requests/{request_id}/questions", response=RESPONSES, operation_id="ask",
    summary="Ask or say something in the request's thread",
)  # fmt: skip
def ask(
    request: HttpRequest,
    request_id: str,
    body: TextIn,
    token: Token = None,
    correlation: Correlation = None,
) -> Any:
    """Changes no status. If you cannot act before we answer, answer `need_more` instead."""
    return in_thread(request, request_id, body, Word.Kind.QUESTION)


@router.post(
    "/requests/{request_id}/appeals", response=RESPONSES, operation_id="appeal",
    summary="Appeal against the request itself",
)  # fmt: skip
def appeal(
    request: HttpRequest,
    request_id: str,
    body: TextIn,
    token: Token = None,
    correlation: Correlation = None,
) -> Any:
    return in_thread(request, request_id, body, Word.Kind.APPEAL)


def in_thread(request: HttpRequest, request_id: str, body: TextIn, kind: str) -> Any:
    key = key_of(request)
    row = one(key, request_id)
    call = Call.read(request, kind, request_id, body.dict())

    def do(row: Request) -> dict[str, str]:
        word = actions.say(
            request=row, kind=kind, text=body.text, by=key.actor, from_partner=True, who=body.who
        )
        return {"word_id": word.public_id}

    return Status(202, single(perform(call, [act_on(key, row, do)])))


@router.post(
    "/notices", response=RESPONSES, operation_id="notify",
    summary="Tell us unasked: you removed a page yourselves, or saw a seller again",
)  # fmt: skip
def notify(
    request: HttpRequest, body: NoticeIn, token: Token = None, correlation: Correlation = None
) -> Any:
    """If there is an open request about this page we go and look at it now."""
    key = key_of(request)
    call = Call.read(request, "notice", "", body.dict())

    def do() -> dict[str, str]:
        try:
            notice = actions.take_notice(
                partner=key.partner,
                kind=body.kind,
                url=body.url,
                text=body.text,
                by=key.actor,
                who=body.who,
            )
        except NotAnAddressError as error:
            raise Problem("not_an_address") from error
        found = {"request_id": notice.request.public_id} if notice.request else {}
        return {"notice_id": notice.public_id, **found}

    return Status(202, single(perform(call, [Act(do)])))
