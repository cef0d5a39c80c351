"""The partner's side: one request, its files and its thread. Nothing of anybody else, ever."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.forms.requests import AnswerForm, fit_to, said
from tereze.disruption.forms.talking import WordForm
from tereze.disruption.models import Partner, PartnerMember, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.package import outgoing_package
from tereze.disruption.templatetags.disruption import only_pictures
from tereze.disruption.threads import thread_of
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.files import serve, serve_thumbnail


Duty = PartnerMember.Duty


def visible(request: HttpRequest) -> QuerySet[Request]:
    rows = Request.objects.visible_to(request.user)
    return rows.select_related("partner__unit", "unit", "evidence")


def own(request: HttpRequest) -> QuerySet[Request]:
    return visible(request).prefetch_related("evidence__files")


def listed(request: HttpRequest) -> QuerySet[Request]:
    """The same for a list, which shows one picture of each and none of the other files."""
    return visible(request).prefetch_related(only_pictures())


def member_of(request: HttpRequest) -> PartnerMember:
    members = PartnerMember.objects.select_related("partner__unit", "partner__our_officer")
    member = members.filter(user=request.user.pk, partner__is_active=True).first()
    if member is None:
        raise Http404
    return member


def partner_of(request: HttpRequest) -> Partner:
    return member_of(request).partner


def answering(request: HttpRequest) -> PartnerMember:
    """Who only reads is told so, and by whom that can be changed."""
    member = member_of(request)
    if member.duty == Duty.READER:
        raise PermissionDenied(_("Вы только читаете. Отвечать может ваш модератор."))
    return member


@requires(Permission.PORTAL_USE)
def show(request: HttpRequest, key: str) -> HttpResponse:
    return page_of(request, get_object_or_404(own(request), public_id=key))


def page_of(request: HttpRequest, row: Request, status: int = 200, **forms: Any) -> HttpResponse:
    member = member_of(request)
    thread = thread_of(row)
    if member.duty != Duty.READER and request.method == "GET":
        actions.read_words(request=row, by_partner=True)
    open_ = row.state in WITH_PARTNER and member.duty != Duty.READER
    context = {
        "partner": str(row.partner),
        "row": row,
        "thread": thread,
        "open": open_,
        "may_talk": member.duty != Duty.READER,
        "acknowledgeable": open_ and row.state in {State.DELIVERED, State.REOPENED},
        "topic": f"portal:{row.partner.public_id}",
        "form": fit_to(AnswerForm(), row),
        "word_form": WordForm(appealable=row.appealed_since is None),
        **forms,
    }
    fragment = getattr(request, "htmx", False)
    name = f"disruption/portal_request.html{'#now' if fragment else ''}"
    return render(request, name, context, status=status)


@requires(Permission.PORTAL_USE)
@require_POST
def acknowledge(request: HttpRequest, key: str) -> HttpResponse:
    answering(request)
    row = get_object_or_404(own(request), public_id=key)
    try:
        actions.acknowledge(request=row, by=request.user.actor)  # type: ignore[union-attr]
    except UnlawfulStepError:
        messages.info(request, _("Уже принято в работу."))
    return redirect("disruption:portal_request", key)


@requires(Permission.PORTAL_USE)
@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    answering(request)
    row = get_object_or_404(own(request), public_id=key)
    form = fit_to(AnswerForm(request.POST), row)
    if not form.is_valid():
        return page_of(request, row, form=form, status=422)
    try:
        actions.answer(request=row, by=request.user.actor, **said(form))  # type: ignore[union-attr]
    except UnlawfulStepError:
        messages.warning(request, _("На это уведомление уже ответили."))
    else:
        messages.success(request, _("Спасибо, ответ принят."))
    return redirect("disruption:portal")


@requires(Permission.PORTAL_USE)
@require_POST
def say(request: HttpRequest, key: str) -> HttpResponse:
    """A question, a reply, or an appeal, of theirs or of their user."""
    answering(request)
    row = get_object_or_404(own(request), public_id=key)
    form = WordForm(request.POST, appealable=row.appealed_since is None)
    if not form.is_valid():
        return page_of(request, row, word_form=form, status=422)
    try:
        actions.say(
            request=row,
            by=request.user.actor,  # type: ignore[union-attr]
            from_partner=True,
            **form.word(),
        )
    except UnlawfulStepError:
        messages.warning(request, _("Обжалование уже подано и рассматривается."))
    else:
        messages.success(request, _("Отправлено. Ответ появится на этой странице."))
    return redirect("disruption:portal_request", key)


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


@requires(Permission.PORTAL_USE)
@require_safe
def thumbnail(request: HttpRequest, key: str) -> HttpResponse:
    return serve_thumbnail(get_object_or_404(own(request), public_id=key))


@requires(Permission.PORTAL_USE)
@require_safe
@never_cache
def package(request: HttpRequest, key: str) -> HttpResponse:
    """All they may have of the evidence, with what it takes to check it."""
    row = get_object_or_404(own(request), public_id=key)
    if row.evidence is None:
        raise Http404
    made = outgoing_package(
        evidence=row.evidence,
        by=request.user.actor,  # type: ignore[union-attr]
        to=row.partner.name,
    )
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
