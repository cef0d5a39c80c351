"""The statement of reasons as a file, for both sides."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption.models import Request
from tereze.disruption.reasons import statement_of
from tereze.disruption.views.portal import own
from tereze.disruption.views.request import found


@requires(Permission.REQUEST_READ)
@require_safe
def for_officer(request: HttpRequest, key: str) -> HttpResponse:
    return as_file(found(request, key))


@requires(Permission.PORTAL_USE)
@require_safe
def for_partner(request: HttpRequest, key: str) -> HttpResponse:
    return as_file(get_object_or_404(own(request), public_id=key))


def as_file(row: Request) -> HttpResponse:
    if not row.answer:
        raise Http404
    text = json.dumps(statement_of(row), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"statement-of-reasons-{row.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
