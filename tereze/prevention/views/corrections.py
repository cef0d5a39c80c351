from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.access import public, requires
from tereze.core.actor import Actor
from tereze.intake.channels.web.door import from_our_pages, receiving_unit
from tereze.prevention import quota
from tereze.prevention.actions.corrections import answer_correction, ask_correction
from tereze.prevention.checking import identifiers
from tereze.prevention.forms import AnswerForm, CorrectionForm
from tereze.prevention.models import Correction
from tereze.prevention.models.correction import CorrectionState


@public
@never_cache
@from_our_pages
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    form = CorrectionForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    page = "prevention/correction.html"
    if request.method != "POST":
        return render(request, page, context)
    if not form.is_valid():
        return render(request, page, context, status=422)
    unit = receiving_unit()
    if unit is None or not quota.may_ask(request, texts=5, numbers=0):
        context["try_again_at"] = quota.next_hour()
        return render(request, page, context, status=429)
    ask_correction(
        unit=unit, language=get_language() or "kk", by=Actor.resident(), **form.cleaned_data
    )
    return redirect("prevention:correction_sent")


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "prevention/correction_sent.html")


@requires(Permission.CORRECTION_ANSWER)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    rows = Correction.objects.visible_to(user).order_by("-at")[:200]
    waiting = sorted(rows, key=lambda row: row.state != CorrectionState.OPEN)
    return render(request, "prevention/corrections.html", {"corrections": waiting})


@requires(Permission.CORRECTION_ANSWER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(Correction.objects.visible_to(user), public_id=public_id)
    form = AnswerForm(request.POST or None, initial={"answer": row.answer})
    if request.method == "POST" and form.is_valid():
        answer_correction(
            correction=row,
            accept="accept" in request.POST,
            answer=form.cleaned_data["answer"],
            by=user,
        )
        return redirect("prevention:corrections")
    record("correction.read", target=row, by=user.actor)
    context = {"correction": row, "form": form, "found": identifiers(row.subject)[0]}
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/correction_answer.html", context, status=status)
