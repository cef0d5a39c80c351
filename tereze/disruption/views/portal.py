"""The partner's side: their queue, their requests, nothing of anybody else."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.forms.requests import AnswerForm, fit_to, said
from tereze.disruption.models import PartnerMember, Request, State
from tereze.disruption.models.request import WITH_PARTNER, Answer
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.files import serve


PAGE = 50


def own(request: HttpRequest) -> Any:
    return (
        Request.objects.visible_to(request.user)
        .select_related("partner__unit", "unit", "evidence")
        .prefetch_related("evidence__files")
    )


def partner_of(request: HttpRequest) -> Any:
    member = getattr(request.user, "partner_member", None)
    if member is None:
        raise Http404
    return member.partner


@requires(Permission.PORTAL_USE)
def queue(request: HttpRequest) -> HttpResponse:
    partner = partner_of(request)
    done = request.GET.get("view") == "done"
    rows = own(request)
    waiting = rows.filter(state__in=WITH_PARTNER)
    chosen = (
        rows.exclude(state__in=WITH_PARTNER).order_by("-answered_at")
        if done
        else waiting.order_by(F("act_by").asc(nulls_last=True), "delivered_at")
    )
    context = {
        "partner": str(partner),
        "is_manager": request.user.partner_member.duty == PartnerMember.Duty.MANAGER,  # type: ignore[union-attr]
        "officer": partner.our_officer,
        "topic": f"portal:{partner.public_id}",
        "page": Paginator(chosen, PAGE).get_page(request.GET.get("page")),
        "done": done,
        "tabs": [
            {"label": _("Ждут ответа"), "url": "?", "current": not done, "badge": waiting.count()},
            {"label": _("Отвеченные"), "url": "?view=done", "current": done},
        ],
        "answers": Answer.choices,
    }
    name = (
        "disruption/portal.html#rows"
        if getattr(request, "htmx", False)
        else "disruption/portal.html"
    )
    return render(request, name, context)


@requires(Permission.PORTAL_USE)
def show(request: HttpRequest, key: str) -> HttpResponse:
    return page_of(request, get_object_or_404(own(request), public_id=key))


def page_of(
    request: HttpRequest, row: Request, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    form = fit_to(form or AnswerForm(), row)
    context = {
        "partner": str(row.partner),
        "row": row,
        "form": form,
        "open": row.state in WITH_PARTNER,
        "acknowledgeable": row.state in {State.DELIVERED, State.REOPENED},
        "topic": f"portal:{row.partner.public_id}",
    }
    return render(request, "disruption/portal_request.html", context, status=status)


@requires(Permission.PORTAL_USE)
@require_POST
def acknowledge(request: HttpRequest, key: str) -> HttpResponse:
    row = get_object_or_404(own(request), public_id=key)
    try:
        actions.acknowledge(request=row, by=request.user.actor)  # type: ignore[union-attr]
    except UnlawfulStepError:
        messages.info(request, _("Уже принято в работу."))
    return redirect("disruption:portal_request", key)


@requires(Permission.PORTAL_USE)
@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    row = get_object_or_404(own(request), public_id=key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page_of(request, row, form, status=422)
    done = answer_rows([row], form, request)
    if done:
        messages.success(request, _("Спасибо, ответ принят."))
    else:
        messages.warning(request, _("На это уведомление уже ответили."))
    return redirect("disruption:portal")


@requires(Permission.PORTAL_USE)
@require_POST
def answer_many(request: HttpRequest) -> HttpResponse:
    """One answer for all that are ticked."""
    rows = list(own(request).filter(public_id__in=request.POST.getlist("request")[:200]))
    form = AnswerForm(request.POST)
    if not rows:
        messages.warning(request, _("Отметьте хотя бы одно уведомление."))
    elif not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
    else:
        done = answer_rows(rows, form, request)
        messages.success(request, _("Принято ответов: %(n)d") % {"n": done})
        if done < len(rows):
            messages.info(request, _("На остальные уже ответили."))
    return redirect("disruption:portal")


def answer_rows(rows: list[Request], form: AnswerForm, request: HttpRequest) -> int:
    """Each in its own transaction; what a colleague answered first is left as it is."""
    user: Any = request.user
    done = 0
    for row in rows:
        try:
            actions.answer(
                request=row,
                by=user.actor,
                **said(form),
            )
        except UnlawfulStepError:
            continue
        done += 1
    return done


@requires(Permission.PORTAL_USE)
@require_safe
def portal_file(request: HttpRequest, key: str, name: str) -> HttpResponse:
    return outgoing_file(get_object_or_404(own(request), public_id=key), name)


def outgoing_file(row: Request, name: str) -> HttpResponse:
    """Only what is marked as holding no victim's data ever leaves."""
    file = row.evidence.file(name) if row.evidence else None
    if file is None or not file.outgoing:
        raise Http404
    return serve(file)
