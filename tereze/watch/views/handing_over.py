"""The public page on which a chat is handed over, and its receipt. Guarded as the report's page is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.access import public
from tereze.core.actor import Actor
from tereze.core.ids import new_token, token_hash
from tereze.core.limits import Window, address_of, device_of
from tereze.intake import receipts
from tereze.intake.channels.web.door import (
    Question,
    from_our_pages,
    must_answer,
    must_stop,
    receiving_unit,
)
from tereze.intake.uploads import guard_uploads, incoming_files
from tereze.watch.appeal_forms import CodeForm
from tereze.watch.models import Submission
from tereze.watch.models.requests import ChatRequest, RequestState
from tereze.watch.submissions.forms import HandOverForm
from tereze.watch.submissions.taking import Handed, receipt_of
from tereze.watch.submissions.taking import hand_over as take
from tereze.watch.submissions.words import problems_of


LONGEST_TOKEN = 64
WRONG_BY_DEVICE = Window(10, 600)
WRONG_BY_ADDRESS = Window(300, 600)


@public
@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return page(request, HandOverForm(), new_token())
    guard_uploads(request)  # before anything reads the form
    form = HandOverForm(request.POST)
    token = request.POST.get("token", "")[:LONGEST_TOKEN] or new_token()
    handed = handed_in(request, form)
    if handed.is_empty:
        words = _("Приложите файл из «Экспорт чата» или снимок экрана, или вставьте текст.")
        for name, why in problems_of([[f.name, f.problem] for f in handed.files if f.problem]):
            words = f"{name}: {why}"
        form.add_error(None, words)
        return page(request, form, token, status=422)
    if must_stop(request):
        return busy(request, 429)
    if must_answer(request):
        asked = HandOverForm(initial=request.POST.dict())
        return page(request, asked, token, Question(), status=429)
    unit = receiving_unit()
    if unit is None:
        return busy(request, 503)
    made = take(
        unit=unit,
        handed=handed,
        channel=Submission.Channel.PAGE,
        scope="page",
        key=token,
        by=Actor.resident(),
    )
    return redirect("watch:whatsapp_receipt", receipt_of(made))


def handed_in(request: HttpRequest, form: HandOverForm) -> Handed:
    """Whatever the form holds: nothing typed is refused."""
    form.full_clean()
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "phone")}
    is_administrator = request.POST.get("sender") == Submission.Sender.ADMINISTRATOR
    senders = Submission.Sender
    return Handed(
        text=request.POST.get("text", ""),
        title=request.POST.get("title", ""),
        files=tuple(incoming_files(request)),
        sender=senders.ADMINISTRATOR if is_administrator else senders.MEMBER,
        language=get_language() or "kk",
        contact=typed,
    )


def page(
    request: HttpRequest,
    form: HandOverForm,
    token: str,
    question: Question | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "token": token, "question": question}
    return render(request, "watch/whatsapp.html", context, status=status)


def busy(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "intake/web/busy.html", status=status)
    response["Retry-After"] = "600"
    return response


@public
@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What became of it: figures and states, never a word of the chat."""
    found = Submission.objects.filter(receipt_hash=token_hash(token)).first()
    if found is None:
        raise Http404
    context = {
        "submission": found,
        "code": receipts.in_groups(token),
        "flagged": found.findings.count(),
        "problems": problems_of(found.problems),
        "pictures": found.files.filter(role="picture", read_at=None, is_gone=False).count(),
        "requests": requests_about(found),
    }
    return render(request, "watch/whatsapp_receipt.html", context)


def requests_about(submission: Submission) -> list[ChatRequest]:
    found = ChatRequest.objects.filter(asked__decision__message__findings__submission=submission)
    shown = found.exclude(state__in=[RequestState.DRAFT, RequestState.WITHDRAWN])
    return list(shown.distinct().order_by("pk"))


@public
@never_cache
@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """For whoever has the code and not the page's address."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        if Submission.objects.filter(receipt_hash=token_hash(typed)).exists():
            return redirect("watch:whatsapp_receipt", typed)
        within = WRONG_BY_DEVICE.hit(device_of(request))
        if not WRONG_BY_ADDRESS.hit(address_of(request)) or not within:
            form.add_error("code", _("Слишком много неверных кодов. Подождите 10 минут."))
            return render(request, "watch/whatsapp_code.html", {"form": form}, status=429)
        form.add_error("code", _("Такого кода нет: проверьте цифры."))
    return render(request, "watch/whatsapp_code.html", {"form": form})
