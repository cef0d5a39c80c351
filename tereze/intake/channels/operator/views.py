from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.core.ids import new_token
from tereze.detection.typology import CALLER_SCRIPT
from tereze.indicators import extract
from tereze.intake.actions import (
    Sending,
    Submitted,
    read_identity,
    sent_before,
    submit_report,
)
from tereze.intake.advice import advice_context, advice_of
from tereze.intake.channels.operator.forms import CallForm
from tereze.intake.channels.operator.hints import hints_for
from tereze.intake.models import Channel, Report
from tereze.intake.receipts import in_groups, spoken
from tereze.intake.statement import Statement, read_statement


@requires(Permission.REPORT_REGISTER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponse:
    if request.method != "POST":
        form = CallForm(initial={"language": "kk" if request.user.language == "kk" else "ru"})
        return form_page(request, form, new_token())
    statement = statement_of(request)
    token = request.POST.get("token", "")[:64] or new_token()
    if statement.is_empty():
        return form_page(request, CallForm(request.POST), token, status=422)
    done = submit_report(
        unit=request.user.unit,
        statement=statement,
        channel=Channel.OPERATOR,
        sending=sending(request, token),
        registered_by=request.user,
        by=request.user.actor,
    )
    if done.report.has_identity:
        read_identity(report=done.report, by=request.user, why="call")
    return redirect("intake:call_taken", token)


def form_page(request: Any, form: CallForm, token: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "token": token, "script": CALLER_SCRIPT}
    return render(request, "intake/operator/call.html", context, status=status)


def statement_of(request: Any) -> Statement:
    spoken_language = "kk" if request.POST.get("language") == "kk" else "ru"
    return read_statement(request.POST, language=spoken_language)


def sending(request: Any, token: str) -> Sending:
    """Bound to the operator: nobody else opens the page with the receipt."""
    return Sending(scope=f"operator:{request.user.username}", key=token)


@requires(Permission.REPORT_REGISTER)
@require_POST
@never_cache
def hints(request: Any) -> HttpResponse:
    found = hints_for(statement_of(request), request.user)
    return render(request, "intake/operator/hints.html", {"hints": found})


@requires(Permission.REPORT_REGISTER)
@require_safe
@never_cache
def taken(request: Any, token: str) -> HttpResponse:
    """Number and receipt to read aloud; the advice ready to send in the caller's language."""
    done = answer_of(request, token)
    context = {
        "report": done.report,
        "receipt": in_groups(done.receipt) if done.receipt else None,
        "token": token,
        "links": sending_links(done),
        "call_url": reverse("intake:call"),
        "leaflet_url": reverse("intake:call_leaflet", args=[token]),
        "report_url": reverse("intake:report_page", args=[done.report.public_id]),
        "may_read": request.user.can(Permission.REPORT_READ),
        **advice_context(done.report),
    }
    return render(request, "intake/operator/taken.html", context)


@requires(Permission.REPORT_REGISTER)
@require_safe
@never_cache
def leaflet(request: Any, token: str) -> HttpResponse:
    """The advice on A5, in the caller's language."""
    done = answer_of(request, token)
    with translation.override(done.report.language):
        return render(
            request,
            "intake/operator/leaflet.html",
            {
                "report": done.report,
                "receipt": spoken(done.receipt) if done.receipt else "",
                "follow": settings.PUBLIC_URL + reverse("intake:follow"),
                **advice_context(done.report),
            },
        )


def answer_of(request: Any, token: str) -> Submitted:
    done = sent_before(sending(request, token).scope, token)
    if done is None:
        raise Http404
    return done


def sending_links(done: Submitted) -> dict[str, str]:
    number = telephone(done.report)
    text = quote(letter(done))
    return {
        "sms": f"sms:{number}?body={text}",
        "whatsapp": f"https://wa.me/{number.lstrip('+')}?text={text}",
    }


def telephone(report: Report) -> str:
    contact = report.reporter.get("contact", "")
    phones = [item.value for item in extract(contact) if item.type in {"phone", "whatsapp"}]
    return phones[0] if phones else ""


def letter(done: Submitted) -> str:
    """Short enough for a text message: the advice, the number, the code."""
    report = done.report
    with translation.override(report.language):
        lines = [
            advice_of(report).sms,
            _("Ваше сообщение: Tereze %(number)s (не КУИ).") % {"number": report.number},
        ]
        if done.receipt:
            address = settings.PUBLIC_URL + reverse("intake:follow")
            code = {"address": address, "code": spoken(done.receipt)}
            lines.append(_("Следить: %(address)s, код %(code)s") % code)
    return "\n".join(lines)
