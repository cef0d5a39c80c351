"""One token, one act.

The token's row is written first; then each item is done in one transaction with the row that says
so. A crash between leaves a token without its items, and the same call finishes them. Twins that
arrive together are told apart by unique constraints, not by luck. What was refused stays refused
under its token: a repetition gets the answer of the first time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.disruption.models import Operation, OperationItem, PartnerKey, Request
from tereze.disruption.partner_api.auth import key_of
from tereze.disruption.partner_api.problems import Problem, words_of
from tereze.intake.actions import hash_of


LONGEST_TOKEN = 200


@dataclass(frozen=True)
class Act:
    """`do` returns public ids of what it made, or raises Problem and leaves everything as it was."""

    do: Callable[[], dict[str, str]]
    request: Request | None = None
    named: str = ""  # how the call named a request that is not there


@dataclass(frozen=True)
class Call:
    """What one writing call brought along."""

    key: PartnerKey
    token: str
    action: str
    correlation: str
    body: dict[str, Any]
    test: bool = field(default=False)

    @classmethod
    def read(cls, request: HttpRequest, action: str, subject: str, body: dict[str, Any]) -> "Call":
        token = request.headers.get("Idempotency-Key", "").strip()
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise Problem("idempotency_key_missing")
        return cls(
            key=key_of(request),
            token=token,
            action=action,
            correlation=correlation_of(request),
            body={**body, "action": action, "subject": subject},
            test=body["test"],
        )


def correlation_of(request: HttpRequest) -> str:
    return request.headers.get("X-Correlation-Id", "").strip()[:200]


def perform(call: Call, acts: Sequence[Act]) -> dict[str, Any]:
    """Do what was not done yet under this token; answer with all of it."""
    if call.test:
        return rehearse(call, acts)
    operation = begin(call, len(acts))
    done = set(operation.items.values_list("position", flat=True))
    acted = [
        once(operation, position, act) for position, act in enumerate(acts) if position not in done
    ]
    return {**told(operation), "replayed": not any(acted)}


def begin(call: Call, size: int) -> Operation:
    mine = {"partner": call.key.partner, "token_hash": token_hash(call.token)}
    body_hash = hash_of(call.body)
    operation = Operation.objects.filter(**mine).first()
    if operation is None:
        try:
            with transaction.atomic():
                operation = Operation.objects.create(
                    **mine,
                    key=call.key,
                    action=call.action,
                    body_hash=body_hash,
                    correlation=call.correlation,
                    size=size,
                )
        except IntegrityError:  # a twin was faster
            operation = Operation.objects.get(**mine)
    if operation.body_hash != body_hash:
        raise Problem("idempotency_key_reused")
    return operation


def once(operation: Operation, position: int, act: Act) -> bool:
    """The item's row is the lock: whoever writes it first does the act, in the same transaction.
    False where a twin did."""
    try:
        with transaction.atomic():
            item = OperationItem.objects.create(
                operation=operation, position=position, request=act.request
            )
            item.problem, item.result = outcome_of(act)
            item.save(update_fields=["problem", "result"])
    except IntegrityError:
        if not operation.items.filter(position=position).exists():
            raise  # it was something else
        return False
    return True


def outcome_of(act: Act) -> tuple[str, dict[str, str]]:
    try:
        with transaction.atomic():
            return "", act.do()
    except Problem as problem:
        return problem.code, {"request_id": act.named} if act.named else {}


class Rehearsed(Exception):  # noqa: N818 - the way out of a rehearsal
    """Rolls everything back."""


def rehearse(call: Call, acts: Sequence[Act]) -> dict[str, Any]:
    """The real thing, undone at once: a test that passes would have passed."""
    items = []
    for position, act in enumerate(acts):
        item = OperationItem(position=position, request=act.request)
        try:
            with transaction.atomic():
                item.problem, made = outcome_of(act)
                item.result = made if item.problem else {}  # what was made is gone again
                raise Rehearsed
        except Rehearsed:
            items.append(item)
    return {
        "id": None,
        "status": "validated",
        "action": call.action,
        "test": True,
        "correlation_id": call.correlation,
        "at": now(),
        "replayed": False,
        "items": [item_of(item) for item in items],
    }


def told(operation: Operation) -> dict[str, Any]:
    items = list(operation.items.select_related("request"))
    return {
        "id": operation.public_id,
        "status": "completed" if len(items) == operation.size else "incomplete",
        "action": operation.action,
        "test": False,
        "correlation_id": operation.correlation,
        "at": operation.at,
        "replayed": False,
        "items": [item_of(item) for item in items],
    }


def item_of(item: OperationItem) -> dict[str, Any]:
    return {
        "request_id": item.request.public_id if item.request else item.result.get("request_id"),
        "status": "refused" if item.problem else "done",
        "problem": item.problem or None,
        "detail": words_of(item.problem) if item.problem else None,
        "result": {} if item.problem else item.result,
    }


def single(answer: dict[str, Any]) -> dict[str, Any]:
    """Of a call about one thing its problem is the answer, the first time and ever after."""
    (item,) = answer["items"]
    if item["problem"]:
        raise Problem(item["problem"])
    return answer
