"""Following a report by its receipt. Nobody needs an account, and nobody can guess 89 bits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tereze.core.access import public
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.limits import Window, address_of, device_of
from tereze.intake.actions import add_attachments, add_supplement
from tereze.intake.advice import advice_context
from tereze.intake.channels.web.door import from_our_pages
from tereze.intake.channels.web.forms import ReceiptForm, SupplementForm
from tereze.intake.models import Report
from tereze.intake.receipts import LENGTH, WrongReceiptError, read_receipt, receipt_hash
from tereze.intake.uploads import guard_uploads, incoming_files, refusal


FOLLOWED = "followed_report"
TERM = 1800  # seconds: on a shared phone the report closes by itself
# Only wrong codes count, and a right one opens whatever has been counted: nobody behind the same
# address can shut another out.
WRONG_BY_DEVICE = Window(10, 600)
WRONG_BY_ADDRESS = Window(300, 600)


@public
@never_cache
@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "intake/web/follow.html", {"form": ReceiptForm()})
    try:
        receipt = read_receipt(request.POST.get("receipt", ""))
    except WrongReceiptError as wrong:
        return refuse(request, reading_problem(wrong))
    report = Report.objects.filter(receipt_hash=receipt_hash(receipt)).first()
    if report is None:
        within = WRONG_BY_DEVICE.hit(device_of(request))
        if not WRONG_BY_ADDRESS.hit(address_of(request)) or not within:
            return refuse(request, _("Слишком много неверных кодов. Подождите 10 минут."), 429)
        return refuse(request, _("Такого кода у нас нет. Сверьте цифры с записью."))
    request.session[FOLLOWED] = [report.public_id, now().timestamp()]
    return redirect("intake:followed")


def reading_problem(wrong: WrongReceiptError) -> str:
    if wrong.reason == "digit":
        return _("Одна из цифр не та, или две соседние поменялись местами. Проверьте код.")
    typed = ngettext(
        "Вы ввели %(count)s цифру, а в коде их %(length)s.",
        "Вы ввели %(count)s цифр, а в коде их %(length)s.",
        wrong.length,
    )
    return typed % {"count": wrong.length, "length": LENGTH}


def refuse(request: HttpRequest, problem: str, status: int = 422) -> HttpResponse:
    form = ReceiptForm(request.POST)
    form.full_clean()
    form.add_error("receipt", problem)
    return render(request, "intake/web/follow.html", {"form": form}, status=status)


def followed_report(request: HttpRequest) -> Report | None:
    key, at = request.session.get(FOLLOWED, ("", 0))
    if now().timestamp() - at > TERM:
        return None
    return Report.objects.filter(public_id=key).select_related("repeat_of").first()


@public
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    report = followed_report(request)
    if report is None:
        return redirect("intake:follow")
    return render(
        request,
        "intake/web/followed.html",
        {
            "report": report,
            "form": SupplementForm(),
            "supplements": report.supplements.filter(by=str(Actor.resident())),
            "files": report.attachments.filter(by=str(Actor.resident())),
            **advice_context(report, get_language()),
        },
    )


@public
@from_our_pages
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    guard_uploads(request)
    report = followed_report(request)
    if report is None:
        return redirect("intake:follow")
    files = incoming_files(request)
    added = add_supplement(report=report, text=request.POST.get("text", ""), by=Actor.resident())
    stored = add_attachments(report=report, files=files, by=Actor.resident())
    for name, why in stored.refused:
        messages.warning(request, f"{name}: {refusal(why)}")
    if added or stored.files:
        messages.success(request, _("Добавлено к вашему сообщению."))
    return redirect("intake:followed")


@public
@from_our_pages
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    request.session.pop(FOLLOWED, None)
    return redirect("intake:follow")
