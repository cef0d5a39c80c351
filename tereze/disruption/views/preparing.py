"""What an officer does to a request before it is signed, and the papers that go with it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.casework.actions import note_reading
from tereze.core import tables
from tereze.disruption import actions
from tereze.disruption.document import document_of
from tereze.disruption.exporting import form_rows
from tereze.disruption.forms.requests import EnclosureForm, HoldForm, NeedsForm
from tereze.disruption.models import Request
from tereze.disruption.views.request import act, context_of, found


def refused(request: HttpRequest, row: Request, **forms: Any) -> HttpResponse:
    return render(request, "disruption/request.html", context_of(request, row, **forms), status=422)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def needs(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = NeedsForm(row, request.POST)
    if not form.is_valid():
        return refused(request, row, needs_form=form)

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.set_needs(request=row, by=user.actor, **form.cleaned_data)
        return _("Записано.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_APPROVE)
@require_POST
def hold(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return refused(request, row, hold_form=form)

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        data = form.cleaned_data
        actions.hold(request=row, user=user, why=data["why"], until=data["until"])
        return _("Придержано. В назначенное время уведомление снова попросит подписи.")

    try:
        return act(request, key, Permission.REQUEST_APPROVE, do)
    except actions.EndMissingError:
        form.add_error("until", _("Время должно наступить в ближайшие 30 дней."))
        return refused(request, row, hold_form=form)


@requires(Permission.REQUEST_APPROVE)
@require_POST
def release(request: HttpRequest, key: str) -> HttpResponse:
    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.release(request=row, by=user.actor)
        return _("Больше не придерживается.")

    return act(request, key, Permission.REQUEST_APPROVE, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def enclose(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = EnclosureForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, row, enclosure_form=form)
    kind = form.cleaned_data["kind"]
    name, content = form.cleaned_data["file"]
    files = actions.store_enclosure(row, kind, name, content)

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.enclose(request=row, kind=kind, name=name, files=files, by=user.actor)
        return _("Файл приложен и опечатан.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def document(request: HttpRequest, key: str) -> HttpResponse:
    """The very bytes that are signed."""
    row = found(request, key)
    response = HttpResponse(document_of(row), content_type="text/plain; charset=utf-8")
    name = row.number or row.public_id
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response


@requires(Permission.REQUEST_DRAFT)
@require_safe
@never_cache
def export(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The filled form as a file, or as a sheet of paper."""
    row = found(request, key)
    if not row.number:
        return redirect("disruption:request", key)
    if row.evidence is not None:
        note_reading(evidence=row.evidence, by=request.user.actor)  # type: ignore[union-attr]
    rows = form_rows(row)
    if form == "csv":
        return tables.as_csv(row.number, (_("Поле"), _("Значение")), rows)
    if form == "json":
        content = {
            "number": row.number,
            "kind": row.kind,
            "partner": row.partner.slug,
            "form": row.form,
            "address": row.address,
            "rows": rows,
        }
        response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = f'attachment; filename="{row.number}.json"'
        return response
    if form == "sheet":
        return render(request, "disruption/sheet.html", {"row": row, "rows": rows})
    raise Http404
