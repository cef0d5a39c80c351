"""What an officer does with a report. Each address does one thing and answers with the report."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.core.clock import now
from tereze.intake import actions
from tereze.intake.actions.pictures import correct
from tereze.intake.desk.reading import report_context, visible_report
from tereze.intake.models import AttachmentPicture, Report
from tereze.intake.reading import parse_when
from tereze.intake.uploads import incoming_files, refusal
from tereze.linking.actions import confirm_indicator, withdraw_confirmation
from tereze.linking.models import Indicator


LONGEST_WORDS = 20_000
Act = Callable[[Any, Report], str]  # does it; answers what to say


def act(request: Any, public_id: str, do: Act) -> HttpResponse:
    report = visible_report(request, public_id)
    status, said, problem = 200, "", ""
    try:
        said = do(request, report)
    except actions.NotLawfulError as why:
        status, problem = 422, str(why)
    except actions.NotOpenError:
        return HttpResponse(status=409)
    if not request.htmx and status == 200:
        return redirect("intake:report_page", public_id)
    fresh = visible_report(request, public_id)
    part = "#body" if request.htmx else ""
    context = report_context(request, fresh, said=said, problem=problem, typed=request.POST)
    return render(request, f"intake/desk/report.html{part}", context, status=status)


@requires(Permission.REPORT_KUI)
@require_POST
def enter_kui(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_enter_kui)


def do_enter_kui(request: Any, report: Report) -> str:
    at = parse_when(request.POST.get("at", ""), at=now(), zone=report.unit.zone)
    if at is None:
        raise actions.NotLawfulError(_("Введите дату и время, как в КУИ: 22.11.2026 14:30."))
    number = request.POST.get("number", "")
    if report.is_open:
        actions.enter_kui(report=report, number=number, at=at, by=request.user)
        return _("Внесено в КУИ.")
    actions.correct_kui(report=report, number=number, at=at, by=request.user)
    return _("Номер КУИ исправлен. Прежний остался в истории.")


@requires(Permission.REPORT_KUI)
@require_POST
def close_as_repeat(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_close_as_repeat)


def do_close_as_repeat(request: Any, report: Report) -> str:
    number = request.POST.get("of", "").strip()
    found = Report.objects.filter(unit=report.unit, number__endswith=number) if number else None
    of = found.first() if found is not None and found.count() == 1 else None
    if of is None:
        raise actions.NotLawfulError(_("Сообщения с таким номером нет. Введите его целиком."))
    actions.close_as_repeat(report=report, of=of, by=request.user)
    return _("Закрыто как повтор.")


@requires(Permission.REPORT_KUI)
@require_POST
def transfer(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_transfer)


def do_transfer(request: Any, report: Report) -> str:
    actions.transfer(
        report=report,
        to=request.POST.get("to", ""),
        outgoing_number=request.POST.get("outgoing", ""),
        by=request.user,
    )
    return _("Передано.")


@requires(Permission.REPORT_KUI)
@require_POST
def propose_no_offence(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_propose)


def do_propose(request: Any, report: Report) -> str:
    actions.propose_no_offence(
        report=report, reason=request.POST.get("reason", ""), by=request.user
    )
    return _("Предложено. До решения начальника сообщение остаётся в списке.")


@requires(Permission.REPORT_APPROVE_CLOSE)
@require_POST
def decide_no_offence(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_decide)


def do_decide(request: Any, report: Report) -> str:
    if request.POST.get("decision") == "approve":
        actions.approve_no_offence(report=report, by=request.user)
        return _("Утверждено.")
    actions.refuse_no_offence(report=report, by=request.user)
    return _("Сообщение остаётся в работе.")


@requires(Permission.REPORT_KUI)
@require_POST
def reopen(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_reopen)


def do_reopen(request: Any, report: Report) -> str:
    actions.reopen(report=report, reason=request.POST.get("reason", ""), by=request.user)
    return _("Сообщение снова в списке.")


@requires(Permission.REPORT_KUI)
@require_POST
def set_scheme(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_set_scheme)


def do_set_scheme(request: Any, report: Report) -> str:
    try:
        actions.set_scheme(report=report, scheme=request.POST.get("scheme", ""), by=request.user)
    except KeyError as error:
        raise Http404 from error
    return _("Схема указана.")


@requires(Permission.REPORT_KUI)
@require_POST
def supplement(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_supplement)


def do_supplement(request: Any, report: Report) -> str:
    files = incoming_files(request)
    by = request.user.actor
    added = actions.add_supplement(report=report, text=request.POST.get("text", ""), by=by)
    stored = actions.add_attachments(report=report, files=files, by=by)
    refused = [f"{name}: {refusal(why)}" for name, why in stored.refused]
    if refused or not (added or stored.files):
        raise actions.NotLawfulError("; ".join(refused) or _("Напишите текст или выберите файл."))
    return _("Добавлено.")


@requires(Permission.INDICATOR_CONFIRM)
@require_POST
def confirm(request: Any, public_id: str) -> HttpResponse:
    return act(request, public_id, do_confirm)


def do_confirm(request: Any, report: Report) -> str:
    """The officer is sure that this number is the fraudster's: the public check may say so."""
    kind, _colon, key = request.POST.get("indicator", "").partition(":")
    own = Indicator.objects.of("report", report.public_id)
    indicator = own.filter(type=kind, value_key=key).first()
    if indicator is None:
        raise Http404
    if indicator.confirmed_at is None:
        confirm_indicator(indicator=indicator, by=request.user.actor)
        return _("Подтверждено: страница проверки может сказать, что он известен.")
    withdraw_confirmation(indicator=indicator, by=request.user.actor)
    return _("Подтверждение снято.")


@requires(Permission.REPORT_KUI)
@require_POST
def picture_words(request: Any, public_id: str, picture_id: str) -> HttpResponse:
    """An officer compared what was read in a picture with the picture."""

    def do(request: Any, report: Report) -> str:
        pictures = AttachmentPicture.objects.select_related("attachment__report__unit")
        found = get_object_or_404(pictures, public_id=picture_id, attachment__report=report)
        correct(picture=found, text=request.POST.get("words", "")[:LONGEST_WORDS], by=request.user)
        return _("Текст снимка сверен.")

    return act(request, public_id, do)


@requires(Permission.REPORT_IDENTITY)
@require_POST
@never_cache
def identity(request: Any, public_id: str) -> HttpResponse:
    """Who reported, and the words without masks. Leaves a trace."""
    report = visible_report(request, public_id)
    reporter = actions.read_identity(report=report, by=request.user, why="page")
    context = {"report": report, "reporter": reporter}
    return render(request, "intake/desk/identity.html", context)
