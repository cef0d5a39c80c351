"""Letters that need a person: what was not understood, from whom it was not expected, whose it is."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import vault
from tereze.disruption import actions, wording
from tereze.disruption.actions.incoming import HANDED_OVER
from tereze.disruption.channels.email import inbox
from tereze.disruption.forms.letters import ElsewhereForm, TakeForm
from tereze.disruption.models import Incoming, Mailbox, Request
from tereze.disruption.models.request import WITH_PARTNER, Answer
from tereze.disruption.templatetags.disruption import undelivered
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.request import found
from tereze.disruption.vocabulary import ACKNOWLEDGED


PAGE = 50
KEYS: dict[str, str] = {
    Answer.DONE: "d",
    ACKNOWLEDGED: "a",
    Answer.REFUSED: "r",
    Answer.NEED_MORE: "q",
    Answer.ALREADY_GONE: "y",
}


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    visible = Incoming.objects.visible_to(request.user).select_related("request__partner")
    chosen = "all" if request.GET.get("view") == "all" else "waiting"
    # whose request is known stands first, and what waits longest
    waiting = visible.waiting().order_by("-state", "received_at", "pk")
    rows = visible if chosen == "all" else waiting
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    key = request.GET.get("letter", "")
    row = visible.filter(public_id=key).first() if key else next(iter(page), None)
    context = {
        "page": page,
        "row": row,
        "view": chosen,
        "tabs": tabs(visible.waiting().count(), chosen),
        "mailbox": mailbox_state(),
        **(detail(request, row) if row else {}),
    }
    htmx = getattr(request, "htmx", False)
    name = "disruption/letters.html#rows" if htmx else "disruption/letters.html"
    return render(request, name, context)


def tabs(waiting: int, chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Ждут нас"),
            "url": "?view=waiting",
            "current": chosen == "waiting",
            "badge": waiting,
        },
        {"label": _("Все письма"), "url": "?view=all", "current": chosen == "all"},
    ]


def mailbox_state() -> dict[str, Any]:
    """Read when, or why not: in words somebody can act on."""
    if not inbox.is_configured():
        return {"off": True}
    box = Mailbox.objects.filter(name=inbox.name()).first()
    if box is None:
        return {"starting": True}
    return {"box": box, "trouble": wording.mailbox_trouble(box.trouble), "detail": box.detail}


def detail(request: HttpRequest, row: Incoming) -> dict[str, Any]:
    user: Any = request.user
    open_ = row.state in {Incoming.State.WAITING, Incoming.State.UNKNOWN}
    may = open_ and user.can(Permission.REQUEST_DRAFT)
    takes = may and row.request is not None and row.request.state in WITH_PARTNER
    return {
        "may_act": may,
        "answers": answers_of(row) if takes else [],
        "can_take": takes,
        "why": wording.letter_why(row.why),
    }


def answers_of(row: Incoming) -> list[dict[str, Any]]:
    """Buttons with a key each; the machine's guess stands first."""
    request = row.request
    assert request is not None  # noqa: S101 - asked only for letters of a request
    names: dict[str, Any] = {
        Answer.DONE: request.kind_of.done,
        Answer.REFUSED: Answer.REFUSED.label,
        Answer.NEED_MORE: Answer.NEED_MORE.label,
    }
    if request.kind_of.looked_at:
        names[Answer.ALREADY_GONE] = Answer.ALREADY_GONE.label
    if request.acknowledged_at is None:
        names[ACKNOWLEDGED] = _("принято в работу")
    ordered = sorted(names, key=lambda value: value != row.guess)
    return [
        {"value": value, "label": names[value], "key": KEYS[value], "guessed": value == row.guess}
        for value in ordered
    ]


def one(request: HttpRequest, key: str) -> Incoming:
    rows = Incoming.objects.visible_to(request.user).select_related("request__partner", "mailbox")
    return get_object_or_404(rows, public_id=key)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    row, user = one(request, key), request.user
    form = TakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Напишите причину или вопрос: без неё отказ не принимается."))
        return back_to(row)
    data = form.cleaned_data
    try:
        actions.take_letter(row=row, said=data["answer"], words=data["text"], user=user)
        messages.success(request, _("Ответ записан."))
    except actions.WordsMissingError:
        messages.error(request, _("Напишите причину или вопрос: без неё отказ не принимается."))
        return back_to(row)
    except UnlawfulStepError:
        messages.warning(request, _("Письмо уже разобрано, или уведомление в другом состоянии."))
    return redirect("disruption:letters")


def back_to(row: Incoming) -> HttpResponse:
    return redirect(f"{reverse('disruption:letters')}?letter={row.public_id}")


@requires(Permission.REQUEST_DRAFT)
@require_POST
def place(request: HttpRequest, key: str) -> HttpResponse:
    row = one(request, key)
    try:
        number = request.POST.get("number", "")
        if actions.place_letter(row=row, number=number, user=request.user):
            messages.success(request, _("Письмо отнесено к уведомлению. Теперь скажите, что это."))
        else:
            messages.error(request, _("Отправленного уведомления с таким номером нет."))
    except UnlawfulStepError:
        messages.warning(request, _("Письмо уже разобрано."))
    return back_to(row)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    rows = Incoming.objects.visible_to(request.user).filter(
        public_id__in=request.POST.getlist("letter")[: 2 * PAGE]
    )
    count = actions.dismiss_letters(rows=list(rows), user=request.user)
    messages.success(request, _("Отложено писем: %(n)d") % {"n": count})
    return redirect("disruption:letters")


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def source(request: HttpRequest, key: str) -> HttpResponse:
    """The original as it came, as a download no program runs. Reading it leaves a trace."""
    row = one(request, key)
    if row.why == HANDED_OVER:
        raise Http404  # whoever may read it finds it where it was handed over
    user: Any = request.user
    record("mail.read", target=row, by=user.actor)
    response = HttpResponse(vault.read(row.sha256), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.public_id}.eml.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires(Permission.REQUEST_READ)
@require_safe
def panel(request: HttpRequest, key: str) -> HttpResponse:
    """On a request's page: every letter about it, both ways, and what to do with one that failed."""
    row = found(request, key)
    user: Any = request.user
    why = undelivered(row)
    context = {
        "row": row,
        "log": log_of(row),
        "undelivered": why,
        "form": ElsewhereForm(row) if why and user.can(Permission.REQUEST_APPROVE) else None,
    }
    return render(request, "disruption/letters_panel.html", context)


def log_of(row: Request) -> list[dict[str, Any]]:
    out = [
        {
            "at": letter.sent_at or letter.created_at,
            "out": True,
            "text": letter.get_purpose_display(),
            "who": letter.to,
            "state": letter_state(letter),
        }
        for letter in row.letters.all()
    ]
    came = [
        {
            "at": letter.received_at,
            "out": False,
            "text": letter.get_kind_display(),
            "who": letter.content.get("sender", ""),
            "state": letter.get_state_display(),
            "url": f"{reverse('disruption:letters')}?view=all&letter={letter.public_id}",
        }
        for letter in row.incoming.all()[:PAGE]
    ]
    return sorted([*out, *came], key=lambda entry: entry["at"], reverse=True)


def letter_state(letter: Any) -> str:
    if letter.returned_at:
        return wording.returned_text(letter.returned_why)
    if letter.sent_at:
        return _("отправлено")
    return _("ждёт почтового сервера") if letter.next_action_at else _("не отправлено")


@requires(Permission.REQUEST_APPROVE)
@require_POST
def elsewhere(request: HttpRequest, key: str) -> HttpResponse:
    row = found(request, key)
    form = ElsewhereForm(row, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect("disruption:request", key)
    data = form.cleaned_data
    try:
        actions.send_elsewhere(
            request=row, channel=data["channel"], email=data["email"], user=request.user
        )
        messages.success(request, _("Уведомление идёт другим путём."))
    except UnlawfulStepError:
        messages.warning(
            request, _("Уведомление уже в другом состоянии. Посмотрите, что изменилось.")
        )
    return redirect("disruption:request", key)
