"""Batches for partners that want a file: made, downloaded, handed over."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.actions.files import waiting_for_file
from tereze.disruption.forms.files import FileForm, HandedForm
from tereze.disruption.models import FileIn, FileOut, Partner


SHOWN = 20


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def files(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    own = Partner.objects.of(user.unit)
    partners = own.filter(channel=Partner.Channel.FILE) | own.filter(
        requests__channel=Partner.Channel.FILE
    )
    context = {
        "entries": [entry_of(partner) for partner in partners.distinct().order_by("name")],
        "may_draft": user.can(Permission.REQUEST_DRAFT),
        "handed_form": HandedForm(),
        "file_form": FileForm(),
    }
    return render(request, "disruption/files.html", context)


def entry_of(partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "waiting": len(waiting_for_file(partner)),
        "out": FileOut.objects.filter(partner=partner)[:SHOWN],
        "came": FileIn.objects.filter(partner=partner)[:SHOWN],
    }


@requires(Permission.REQUEST_DRAFT)
@require_POST
def make(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    partner = get_object_or_404(Partner.objects.of(user.unit), public_id=key)
    try:
        file = actions.make_file(partner=partner, user=user)
    except actions.NothingToSendError:
        messages.warning(request, _("Для этого партнёра сейчас ничего не ждёт."))
        return redirect("disruption:files")
    messages.success(
        request,
        _("Файл готов и опечатан, строк: %(n)d. Скачайте его и передайте партнёру.")
        % {"n": file.rows.count()},
    )
    return redirect("disruption:files")


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def download(request: HttpRequest, key: str, name: str) -> HttpResponse:
    file = get_object_or_404(FileOut.objects.visible_to(request.user), public_id=key)
    part = file.evidence.file(f"requests.{name}") if name in {"csv", "xlsx"} else None
    if part is None:
        raise Http404
    response = HttpResponse(part.content(), content_type=part.media_type)
    called = f"tereze-{file.partner.slug}-{file.created_at:%Y%m%d-%H%M}.{name}"
    response["Content-Disposition"] = f'attachment; filename="{called}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires(Permission.REQUEST_DRAFT)
@require_POST
def handed(request: HttpRequest, key: str) -> HttpResponse:
    file = get_object_or_404(FileOut.objects.visible_to(request.user), public_id=key)
    form = HandedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Напишите, кому и как передан файл."))
        return redirect("disruption:files")
    at = min(form.cleaned_data["at"] or now(), now())
    done = actions.hand_file(
        file=file, how=form.cleaned_data["how"], at=max(at, file.created_at), user=request.user
    )
    messages.success(request, _("Передано, часы партнёра идут. Уведомлений: %(n)d") % {"n": done})
    return redirect("disruption:files")
