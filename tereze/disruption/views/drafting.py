"""New requests: one, or a pasted list; and what is offered on the pages of reports and cases."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.casework.models import Case
from tereze.disruption import actions
from tereze.disruption.forms.requests import DraftForm
from tereze.disruption.models import Capture, Request, State
from tereze.disruption.recognition import Target
from tereze.intake.models import Report


def links_from(data: Any, user: Any) -> list[tuple[str, str]]:
    """What the request is for. A report or a case the officer may not see is not named."""
    pairs = [value.partition(":") for value in data.getlist("link")[:50]]
    links = [(kind, key[:100]) for kind, _colon, key in pairs]
    visible: dict[str, QuerySet[Any]] = {
        "report": Report.objects.visible_to(user),
        "case": Case.objects.visible_to(user),
        "request": Request.objects.visible_to(user),
    }
    return [
        (kind, key)
        for kind, key in links
        if kind in visible and visible[kind].filter(public_id=key).exists()
    ]


@requires(Permission.REQUEST_DRAFT)
def draft(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    initial = {name: request.GET.get(name, "") for name in ("addresses", "reason", "kind")}
    form = DraftForm(user.unit, request.POST or None, initial=initial)
    links = links_from(request.POST if request.method == "POST" else request.GET, user)
    if request.method == "POST" and form.is_valid():
        batch = actions.draft_many(
            unit=user.unit,
            text=form.cleaned_data["addresses"],
            reason=form.cleaned_data["reason"],
            kind=form.cleaned_data["kind"],
            partner=form.cleaned_data["partner"],
            ground=form.cleaned_data["ground"],
            links=links,
            by=user.actor,
            user=user,
        )
        return after(request, form, batch, links)
    return page(request, form, links, status=422 if form.errors else 200)


def after(
    request: HttpRequest, form: DraftForm, batch: actions.Batch, links: list[tuple[str, str]]
) -> HttpResponse:
    made = [*batch.drafted, *batch.merged]
    if not made:
        why = {reason for _line, reason in batch.refused}
        form.add_error(
            "partner" if "partner" in why else "addresses",
            _("По этому адресу партнёр не определяется: выберите, кому писать.")
            if "partner" in why
            else _("Это не адреса страниц."),
        )
        return page(request, form, links, status=422)
    if len(made) == 1 and not batch.refused:
        if batch.merged:
            messages.info(request, _("Об этом адресе уже есть уведомление: добавлено к нему."))
        return redirect("disruption:request", made[0].public_id)
    request.session[f"batch:{batch.key}"] = {
        "merged": [row.public_id for row in batch.merged],
        "refused": batch.refused[:100],
    }
    return redirect("disruption:batch", batch.key)


def page(
    request: HttpRequest, form: DraftForm, links: list[tuple[str, str]], status: int
) -> HttpResponse:
    return render(request, "disruption/draft.html", {"form": form, "links": links}, status=status)


@requires(Permission.REQUEST_READ)
def batch(request: HttpRequest, key: str) -> HttpResponse:
    """How far a pasted list has come."""
    visible = Request.objects.visible_to(request.user).select_related("partner", "capture")
    told = request.session.get(f"batch:{key}", {})
    rows = list(visible.filter(batch=key).order_by("pk"))
    merged = list(visible.filter(public_id__in=told.get("merged", [])))
    if not rows and not merged:
        raise Http404
    captured = [row for row in rows if row.state != State.DRAFTED]
    stuck = [
        r
        for r in rows
        if r.state == State.DRAFTED and r.capture.state == Capture.State.NEEDS_PERSON
    ]
    context = {
        "key": key,
        "rows": rows,
        "merged": merged,
        "refused": told.get("refused", []),
        "captured": len(captured),
        "stuck": len(stuck),
        "ready": [row for row in rows if row.state == State.CAPTURED],
        "sent": sum(1 for row in rows if row.delivered_at),
        "can_approve": request.user.can(Permission.REQUEST_APPROVE),  # type: ignore[union-attr]
    }
    fragment = getattr(request, "htmx", False)
    return render(
        request, "disruption/batch.html#progress" if fragment else "disruption/batch.html", context
    )


def draft_url(pages: list[Target], reason: str, links: list[tuple[str, str]]) -> str:
    query = {
        "addresses": "\n".join(page.address for page in pages),
        "reason": reason,
        "kind": pages[0].kind if pages else "",
        "link": [f"{kind}:{key}" for kind, key in links],
    }
    return f"{reverse('disruption:draft')}?{urlencode(query, doseq=True)}"
