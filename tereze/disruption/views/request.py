"""One request: its life so far, and what can be done now."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.casework.actions import Part, store_parts
from tereze.disruption import actions, wording
from tereze.disruption.forms.details import FORMS, rows_of
from tereze.disruption.forms.requests import (
    EnclosureForm,
    HoldForm,
    NeedsForm,
    ScreenshotForm,
    SentForm,
    TypedAnswerForm,
    fit_to,
    said,
)
from tereze.disruption.kinds import PAGES
from tereze.disruption.looks import BLIND
from tereze.disruption.models import Lookout, Partner, Request, State
from tereze.disruption.models.request import GONE, WITH_PARTNER
from tereze.disruption.needs import NAMES, NeedsMissingError, missing, needs_of, take_numbers
from tereze.disruption.reads import origins, probably_again
from tereze.disruption.shown import seen_at_capture
from tereze.disruption.transitions import UnlawfulStepError, lawful
from tereze.disruption.verification import Outcome


def found(request: HttpRequest, key: str) -> Request:
    rows = Request.objects.visible_to(request.user).select_related(
        "partner__our_officer", "partner__unit", "unit", "evidence", "capture"
    )
    return get_object_or_404(rows, public_id=key)


@requires(Permission.REQUEST_READ)
def show(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    name = (
        "disruption/request.html#now"
        if getattr(request, "htmx", False)
        else "disruption/request.html"
    )
    return render(request, name, context_of(request, row))


def context_of(request: HttpRequest, row: Request, **forms: Any) -> dict[str, Any]:
    user: Any = request.user
    take_numbers(row)
    needed, lacking = needs_of(row), missing(row)
    return {
        "row": row,
        "timeline": list(wording.timeline_of(row)),
        "looks": list(row.looks.order_by("-at")[:10]),
        "photos": row.looks.exclude(photos={}).order_by("-at").first(),
        "is_blind": needs_eyes(row),
        "terms": row.partner.terms_at(row.delivered_at or row.created_at),
        "files": list(row.evidence.files.all()) if row.evidence else [],
        "seen": seen_at_capture(row),
        "links": list(origins(row, user)),
        "again": probably_again(row),
        "can": {
            "approve": lawful("approved", row.state)
            and not lacking
            and user.can(Permission.REQUEST_APPROVE),
            "needs": bool(needed)
            and lawful("numbers_set", row.state)
            and user.can(Permission.REQUEST_DRAFT),
            "fill": row.kind in FORMS
            and row.state in {State.CAPTURED, State.HELD}
            and user.can(Permission.REQUEST_DRAFT),
            "hold": lawful("held", row.state) and user.can(Permission.REQUEST_APPROVE),
            "release": lawful("released", row.state) and user.can(Permission.REQUEST_APPROVE),
            "enclose": lawful("enclosed", row.state) and user.can(Permission.REQUEST_DRAFT),
            "correct": bool(row.delivered_at)
            and row.kind in {"remove_listing", "close_account", "delete_message", "check_number"}
            and user.can(Permission.REQUEST_DRAFT),
            "screenshot": row.kind in PAGES
            and row.state in {State.DRAFTED, State.CAPTURED}
            and user.can(Permission.REQUEST_DRAFT),
            "look": lawful("look_asked", row.state) and user.can(Permission.REQUEST_DRAFT),
            "send": (
                row.state in {State.APPROVED, State.REOPENED} or row.undelivered_at is not None
            )
            and row.channel == Partner.Channel.BY_HAND
            and user.can(Permission.REQUEST_DRAFT),
            "type_answer": row.state in WITH_PARTNER and user.can(Permission.REQUEST_DRAFT),
            "supply": row.state == State.ANSWERED
            and row.answer not in GONE
            and user.can(Permission.REQUEST_DRAFT),
            "looked": needs_eyes(row) and user.can(Permission.REQUEST_DRAFT),
            "close": lawful("closed", row.state) and user.can(Permission.REQUEST_APPROVE),
            "withdraw": lawful("withdrawn", row.state) and user.can(Permission.REQUEST_DRAFT),
        },
        "screenshot_form": ScreenshotForm(),
        "sent_form": SentForm(row),
        "answer_form": fit_to(TypedAnswerForm(), row),
        "needed": needed,
        "lacking": [NAMES[need] for need in lacking],
        "needs_form": NeedsForm(row),
        "hold_form": HoldForm(),
        "enclosure_form": EnclosureForm(),
        "enclosures": list(row.enclosures.select_related("evidence")),
        "form_rows": rows_of(row),
        **forms,
    }


def needs_eyes(row: Request) -> bool:
    """The machine is not let in: only a person can say what is there."""
    lookout = Lookout.objects.filter(request=row).first()
    is_blind = row.state == State.VERIFIED and lookout is not None and lookout.blind >= BLIND
    return row.state == State.COULD_NOT_LOOK or is_blind


Act = Callable[[HttpRequest, Request, Any], str]


def act(request: HttpRequest, key: str, permission: str, do: Act) -> HttpResponse:
    """Do it and say so; what somebody else did first is said too."""
    user: Any = request.user
    if not user.can(permission):
        raise PermissionDenied(permission)
    row = found(request, key)
    try:
        messages.success(request, do(request, row, user))
    except UnlawfulStepError:
        messages.warning(
            request, _("Уведомление уже в другом состоянии. Посмотрите, что изменилось.")
        )
    except NeedsMissingError as error:
        messages.error(request, _("Сначала нужно: %(what)s.") % {"what": error.text})
    except actions.WordsMissingError:
        messages.error(request, _("Напишите, что именно: без слов это не принимается."))
    return redirect("disruption:request", key)


@requires(Permission.REQUEST_APPROVE)
@require_POST
def approve(request: HttpRequest, key: str) -> HttpResponse:
    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.approve(request=row, user=user)
        return _("Утверждено, исходящий № %(number)s") % {"number": row.number}

    return act(request, key, Permission.REQUEST_APPROVE, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def capture_again(request: HttpRequest, key: str) -> HttpResponse:
    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.capture_again(request=row, by=user.actor)
        return _("Снимок поставлен в очередь.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def screenshot(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = ScreenshotForm(request.POST, request.FILES)
    if not form.is_valid():
        context = context_of(request, row, screenshot_form=form)
        return render(request, "disruption/request.html", context, status=422)
    files = store_parts(picture_parts(form))

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.attach_screenshot(request=row, files=files, by=user.actor)
        return _("Снимок опечатан.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


def picture_parts(form: ScreenshotForm) -> list[Part]:
    media_type, content = form.cleaned_data["picture"]
    name = "screenshot.png" if media_type == "image/png" else "screenshot.jpg"
    return [Part(name, media_type, content, outgoing=form.cleaned_data["clean_of_victim"])]


@requires(Permission.REQUEST_DRAFT)
@require_POST
def sent(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = SentForm(row, request.POST)
    if not form.is_valid():
        context = context_of(request, row, sent_form=form)
        return render(request, "disruption/request.html", context, status=422)

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.sent_by_hand(request=row, by=user.actor, **form.cleaned_data)
        return _("Отмечено: отправлено. Часы партнёра идут.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def typed_answer(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = fit_to(TypedAnswerForm(request.POST), row)
    if not form.is_valid():
        context = context_of(request, row, answer_form=form)
        return render(request, "disruption/request.html", context, status=422)

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.answer(request=row, who=form.cleaned_data["who"], by=user.actor, **said(form))
        return _("Ответ записан.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def supply(request: HttpRequest, key: str) -> HttpResponse:
    def do(asked: HttpRequest, row: Request, user: Any) -> str:
        actions.supply(request=row, text=asked.POST.get("text", ""), by=user.actor)
        return _("Сведения дополнены, уведомление снова у партнёра.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def look(request: HttpRequest, key: str) -> HttpResponse:
    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.look_now(request=row, by=user.actor)
        return _("Проверка назначена.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def looked(request: HttpRequest, key: str) -> HttpResponse:
    """An officer looked with their own eyes; the picture is required."""
    form = ScreenshotForm(request.POST, request.FILES)
    outcome = request.POST.get("outcome")
    if not form.is_valid() or outcome not in {Outcome.GONE, Outcome.THERE}:
        messages.error(request, _("Приложите снимок экрана и выберите, что вы увидели."))
        return redirect("disruption:request", key)
    files = store_parts(picture_parts(form))

    def do(_request: HttpRequest, row: Request, user: Any) -> str:
        actions.person_looked(request=row, gone=outcome == Outcome.GONE, files=files, by=user.actor)
        return _("Записано.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_APPROVE)
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    def do(asked: HttpRequest, row: Request, user: Any) -> str:
        why = asked.POST.get("text", "").strip()[:500]
        if not why:
            raise actions.WordsMissingError
        actions.close(request=row, why=why, by=user.actor)
        return _("Закрыто.")

    return act(request, key, Permission.REQUEST_APPROVE, do)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    def do(asked: HttpRequest, row: Request, user: Any) -> str:
        why = asked.POST.get("text", "").strip()[:500]
        if not why:
            raise actions.WordsMissingError
        actions.withdraw(request=row, why=why, by=user.actor)
        return _("Отозвано.")

    return act(request, key, Permission.REQUEST_DRAFT, do)
