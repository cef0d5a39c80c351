import re
from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.models import Unit
from tereze.core.access import public
from tereze.core.actor import Actor
from tereze.core.ids import new_token
from tereze.intake.actions import (
    DifferentBodyError,
    Incoming,
    Sending,
    add_attachments,
    add_supplement,
    hash_of,
    sent_before,
    submit_report,
)
from tereze.intake.advice import advice_context
from tereze.intake.channels.web.door import (
    Question,
    from_our_pages,
    must_answer,
    must_stop,
    receiving_unit,
)
from tereze.intake.forms import ReportForm
from tereze.intake.models import Channel
from tereze.intake.receipts import in_groups
from tereze.intake.statement import Statement, read_statement
from tereze.intake.uploads import guard_uploads, incoming_files, refusal


TOKEN = re.compile(r"[\w-]{1,64}")  # what stands in the address of the page after it


@public
@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """One page, one button. Only the story is asked for, and nothing typed is refused."""
    if request.method != "POST":
        return form_page(request, ReportForm(), new_token())
    guard_uploads(request)  # before anything reads the form
    if "draft" in request.POST:  # a text carried over from the check page: nothing is sent yet
        typed = ReportForm(initial={"text": request.POST.get("text", "")})
        return form_page(request, typed, new_token())
    statement = read_statement(request.POST, language=get_language() or "kk")
    files = incoming_files(request)
    token = request.POST.get("token", "")
    token = token if TOKEN.fullmatch(token) else new_token()
    if statement.is_empty() and not any(file.content for file in files):
        return form_page(request, ReportForm(request.POST), token, status=422)
    if must_stop(request):
        return busy(request, 429)
    if must_answer(request):
        typed = ReportForm(initial=request.POST.dict())
        return form_page(request, typed, token, Question(), status=429)
    unit = receiving_unit()
    if unit is None:
        return busy(request, 503)
    send(unit, statement, files, token)
    return redirect("intake:sent", token)


def send(unit: Unit, statement: Statement, files: list[Incoming], token: str) -> None:
    """One form makes one report. Who goes back and writes more has added to it."""
    by = Actor.resident()
    try:
        submit_report(
            unit=unit,
            statement=statement,
            channel=Channel.WEB,
            sending=sending_of(token, statement),
            files=files,
            by=by,
        )
    except DifferentBodyError as changed:
        add_supplement(report=changed.earlier, text=statement.as_text(), by=by)
        add_attachments(report=changed.earlier, files=files, by=by)


def sending_of(token: str, statement: Statement) -> Sending:
    return Sending(scope="web", key=token, body_hash=hash_of(asdict(statement)))


def busy(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "intake/web/busy.html", status=status)
    response["Retry-After"] = "600"
    return response


def form_page(
    request: HttpRequest,
    form: ReportForm,
    token: str,
    question: Question | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "token": token, "question": question}
    return render(request, "intake/web/report.html", context, status=status)


@public
@never_cache
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """Number, receipt and what to do now. The receipt is shown here for two hours, then never."""
    done = sent_before("web", token)
    if done is None:
        raise Http404
    return render(
        request,
        "intake/web/sent.html",
        {
            "report": done.report,
            "receipt": in_groups(done.receipt) if done.receipt else None,
            "refused": [(name, refusal(why)) for name, why in done.refused],
            "dangerous": done.report.attachments.filter(is_dangerous=True),
            **advice_context(done.report, get_language()),
        },
    )
