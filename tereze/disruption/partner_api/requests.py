"""What their system may read."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator

from tereze.core.clock import now
from tereze.disruption.documents import STATUSES, THEIR_TURN
from tereze.disruption.models import Operation
from tereze.disruption.package import outgoing_package
from tereze.disruption.partner_api.auth import key_of
from tereze.disruption.partner_api.operations import told
from tereze.disruption.partner_api.paging import LARGEST, page_of
from tereze.disruption.partner_api.problems import Problem, field_of
from tereze.disruption.partner_api.reading import (
    changed_since,
    document,
    note_fetched,
    one,
    visible_to,
    whole,
)
from tereze.disruption.partner_api.schemas import (
    KindCode,
    Moment,
    OperationOut,
    OperationPage,
    ProblemOut,
    RequestOut,
    RequestPage,
    Status,
    storable,
)
from tereze.disruption.reasons import schema_of_statements, statement_of
from tereze.disruption.views.portal import outgoing_file


router = Router()
BINARY = {
    "description": "The file",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
STATEMENT = {
    "description": "The statement",
    "content": {"application/json": {"schema": schema_of_statements()}},
}
PROBLEMS: Any = {401: ProblemOut, 404: ProblemOut, 422: ProblemOut, 429: ProblemOut}
Cursor = Annotated[str, Query(max_length=200, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST)]
Since = Annotated[
    Moment | None,
    Query(description="Only what happened at or after this moment; with an offset"),
]


def closed(view: Callable[..., Any]) -> Callable[..., Any]:
    """A misspelt filter is refused: ignored, it would answer with everything."""
    known = signature(view).parameters

    @wraps(view)
    def inner(request: HttpRequest, **named: Any) -> Any:
        if unknown := sorted(set(request.GET) - set(known)):
            errors = [field_of({"loc": ("query", n), "type": "extra_forbidden"}) for n in unknown]
            raise Problem("invalid", errors=errors)
        return view(request, **named)

    return inner


@router.get(
    "/requests", response={200: RequestPage, **PROBLEMS}, operation_id="list_requests",
    summary="Your requests, oldest first",
)  # fmt: skip
@closed
def list_requests(
    request: HttpRequest,
    status: Annotated[list[Status], Query(description="Only these; may be repeated")] = [],  # noqa: B006
    kind: Annotated[list[KindCode], Query(description="Only these; may be repeated")] = [],  # noqa: B006
    your_turn: Annotated[bool | None, Query(description="true: what waits for you")] = None,
    updated_since: Since = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Pages are stable: a new request comes after all others and shifts nothing."""
    key = key_of(request)
    rows = visible_to(key)
    if status:
        wanted = STATUSES[status[0]]
        for name in status[1:]:
            wanted |= STATUSES[name]
        rows = rows.filter(wanted)
    if kind:
        rows = rows.filter(kind__in=kind)
    if your_turn is not None:
        rows = rows.filter(THEIR_TURN) if your_turn else rows.exclude(THEIR_TURN)
    if updated_since is not None:
        rows = rows.filter(changed_since(updated_since))
    found, following = page_of(whole(rows), "approved_at", cursor, limit, of="requests")
    note_fetched(found, key)
    return {"items": [document(row) for row in found], "next_cursor": following}


@router.get(
    "/requests/{request_id}", response={200: RequestOut, **PROBLEMS}, operation_id="get_request",
    summary="One request with its evidence and thread",
)  # fmt: skip
def get_request(request: HttpRequest, request_id: str) -> Any:
    key = key_of(request)
    row = one(key, request_id)
    note_fetched([row], key)
    row.words.filter(from_partner=False, seen_at=None).update(seen_at=now())
    return document(row)


@router.get(
    "/requests/{request_id}/files/{name}", url_name="evidence_file",
    operation_id="get_file", summary="One evidence file, byte for byte",
    response={200: None, **PROBLEMS}, openapi_extra={"responses": {200: BINARY}},
)  # fmt: skip
def evidence_file(request: HttpRequest, request_id: str, name: str) -> Any:
    try:
        return outgoing_file(one(key_of(request), request_id), name)
    except Http404 as error:
        raise Problem("not_found") from error


@router.get(
    "/requests/{request_id}/package", url_name="evidence_package",
    operation_id="get_package", summary="All files with manifest and checksums, as ZIP",
    response={200: None, **PROBLEMS}, openapi_extra={"responses": {200: BINARY}},
)  # fmt: skip
def evidence_package(request: HttpRequest, request_id: str) -> Any:
    key = key_of(request)
    row = one(key, request_id)
    if row.evidence is None:
        raise Problem("not_found")
    made = outgoing_package(evidence=row.evidence, to=key.partner.name, by=key.actor)
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@router.get(
    "/requests/{request_id}/statement-of-reasons", url_name="statement_of_reasons",
    operation_id="get_statement_of_reasons", response={200: dict[str, Any], **PROBLEMS},
    openapi_extra={"responses": {200: STATEMENT}},
    summary="Your answer in the shape of the DSA Transparency Database, with KZ in scope",
)  # fmt: skip
def statement_of_reasons(request: HttpRequest, request_id: str) -> Any:
    row = one(key_of(request), request_id)
    if not row.answer:
        raise Problem("not_found")
    return statement_of(row)


@router.get(
    "/operations", response={200: OperationPage, **PROBLEMS}, operation_id="list_operations",
    summary="What you asked us to do, oldest first",
)  # fmt: skip
@closed
def list_operations(
    request: HttpRequest,
    correlation_id: Annotated[str, Query(max_length=200), AfterValidator(storable)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    rows = Operation.objects.filter(partner=key_of(request).partner)
    if correlation_id:
        rows = rows.filter(correlation=correlation_id)
    found, following = page_of(rows, "at", cursor, limit, of="operations")
    return {"items": [told(row) for row in found], "next_cursor": following}


@router.get(
    "/operations/{operation_id}", response={200: OperationOut, **PROBLEMS},
    operation_id="get_operation", summary="What became of one call",
)  # fmt: skip
def get_operation(request: HttpRequest, operation_id: str) -> Any:
    rows = Operation.objects.filter(partner=key_of(request).partner)
    found = rows.filter(public_id=operation_id).first()
    if found is None:
        raise Problem("not_found")
    return told(found)
