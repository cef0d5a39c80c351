"""Requests about no page: money, a number, data, our own mistake. And filling one in anew."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.actions.drafting import grounds_for
from tereze.disruption.forms.details import FORMS, stored
from tereze.disruption.forms.requests import AddressedForm
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Request, State
from tereze.disruption.prefilling import prefilled
from tereze.disruption.views.drafting import links_from
from tereze.disruption.views.request import act, found


@requires(Permission.REQUEST_DRAFT)
def draft_form(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    user: Any = request.user
    asked = request.POST if request.method == "POST" else request.GET
    links = links_from(asked, user)
    initial = {**prefilled(user.unit, kind, links), **initial_from(request, kind)}
    addressed = AddressedForm(user.unit, kind, request.POST or None, initial=initial)
    form = FORMS[kind](request.POST or None, initial=initial)
    if request.method == "POST" and addressed.is_valid() and form.is_valid():
        data = actions.as_it_leaves(stored(form.cleaned_data), user.unit, links)
        done = actions.register_form(
            partner=addressed.cleaned_data["partner"],
            kind=kind,
            form=data,
            files=actions.store_form(data),
            reason=addressed.cleaned_data["reason"],
            links=links,
            by=user.actor,
            user=user,
            ground=addressed.cleaned_data["ground"],
            money_left_at=form.cleaned_data.get("left_at"),
        )
        if done.merged:
            messages.info(request, _("Такой запрос уже открыт: добавлено к нему."))
        return redirect("disruption:request", done.request.public_id)
    return page(request, KINDS[kind].name, [form, addressed], links)


def initial_from(request: HttpRequest, kind: str) -> dict[str, Any]:
    names = {*FORMS[kind].base_fields, "reason"}
    return {name: request.GET[name] for name in names & {*request.GET}}


@requires(Permission.REQUEST_DRAFT)
def fill(request: HttpRequest, key: str) -> HttpResponse:
    """What the machine filled in from the report is corrected before anybody signs."""
    row = found(request, key)
    if row.kind not in FORMS or row.state not in {State.CAPTURED, State.HELD}:
        raise Http404
    form = FORMS[row.kind](request.POST or None, initial=row.form)
    if request.method == "POST" and form.is_valid():
        links = row.links.values_list("kind", "key")
        data = actions.as_it_leaves(stored(form.cleaned_data), row.unit, links)
        files = actions.store_form(data)

        def do(_request: HttpRequest, row: Request, user: Any) -> str:
            actions.fill_form(request=row, form=data, files=files, by=user.actor)
            return _("Форма обновлена и опечатана.")

        return act(request, key, Permission.REQUEST_DRAFT, do)
    return page(request, row.kind_of.name, [form], [])


def page(
    request: HttpRequest, title: Any, filled: list[forms.Form], links: list[tuple[str, str]]
) -> HttpResponse:
    wrong = any(form.is_bound and form.errors for form in filled)
    context = {"title": title, "forms": filled, "links": links}
    return render(request, "disruption/draft_form.html", context, status=422 if wrong else 200)


@requires(Permission.REQUEST_DRAFT)
def correction_of(request: HttpRequest, key: str) -> HttpResponse:
    """The form to put right what we asked for by mistake."""
    row = get_object_or_404(Request.objects.visible_to(request.user), public_id=key)
    if not grounds_for("correct_removal", row.partner) or not row.number:
        raise Http404
    response = redirect("disruption:draft_form", "correct_removal")
    response["Location"] += f"?link=request:{row.public_id}"
    return response
