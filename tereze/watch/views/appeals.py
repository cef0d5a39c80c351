"""The author's page behind the link in the chat, and the officers' list of objections."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.access import public, requires
from tereze.accounts.permissions import Permission
from tereze.core.ids import token_hash
from tereze.watch.actions import appeals as actions
from tereze.watch.actions.deciding import appeal_token
from tereze.watch.actions.officers import AlreadyDecidedError
from tereze.watch.cards import card_of
from tereze.watch.forms import AnswerForm, AppealForm
from tereze.watch.models import Appeal, Decision
from tereze.watch.views.wall import officer_of


@public
@never_cache
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the decision and its reason, never the text: anybody in the chat has the link."""
    decision = find(token)
    form = AppealForm(request.POST or None)
    language = get_language() or "kk"
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal(decision=decision, text=form.cleaned_data["text"], language=language)
        except actions.NothingToAppealError:
            form.add_error(None, _("Это решение уже отменено или обжалуется."))
        else:
            return redirect("watch:appeal", token)
    context = {
        "decision": decision,
        "why": why(decision),
        "appeals": decision.appeals.order_by("pk"),
        "is_open": decision.appeals.filter(state="open").exists(),
        "form": form,
    }
    return render(request, "watch/appeal.html", context)


def find(token: str) -> Decision:
    found: Decision | None = (
        Decision.objects.select_related("message__source__unit")
        .filter(appeal_hash=token_hash(token))
        .first()
    )
    if found is None:
        raise Http404
    return found


def why(decision: Decision) -> str:
    return str(decision.why.get("kk" if get_language() == "kk" else "ru", ""))


@public
@never_cache
@require_safe
def together(request: HttpRequest, token: str) -> HttpResponse:
    """All decisions of one notice, each with its link: a chat holds only the first few."""
    decision = find(token)
    others = Decision.objects.filter(notice=decision.notice_id) if decision.notice_id else None
    found = [decision] if others is None else others.select_related("message").order_by("pk")
    rows = [(one, why(one), appeal_token(one)) for one in found]
    context = {"source": decision.message.source, "rows": rows}
    return render(request, "watch/together.html", context)


@requires(Permission.APPEAL_ANSWER)
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    found = Appeal.objects.visible_to(officer_of(request)).select_related(
        "decision__message__source", "decision__officer", "answered_by"
    )
    context = {
        "open": found.filter(state="open").order_by("answer_due")[:100],
        "answered": found.exclude(state="open").order_by("-answered_at")[:50],
    }
    return render(request, "watch/appeals.html", context)


@requires(Permission.APPEAL_ANSWER)
def answer(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = Appeal.objects.visible_to(user).filter(public_id=key).first()
    if found is None:
        raise Http404
    own = found.decision.officer_id == user.pk
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(
                appeal=found,
                overturn=form.cleaned_data["overturn"],
                text=form.cleaned_data["answer"],
                by=user,
            )
        except actions.OwnDecisionError:
            form.add_error(None, _("Это ваше решение: ответить должен другой сотрудник."))
        except AlreadyDecidedError:
            form.add_error(None, _("На это обжалование уже ответили."))
        else:
            return redirect("watch:appeals")
    message = found.decision.message
    context = {
        "appeal": found,
        "own": own,
        "form": form,
        "card": card_of(message, user, decision=found.decision, reasons=30),
    }
    return render(request, "watch/answer.html", context)
