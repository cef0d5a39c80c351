"""The author's page behind the link in the chat, and the officers' list of objections."""

from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.access import public, requires
from tereze.accounts.permissions import Permission
from tereze.core.ids import token_hash
from tereze.intake import receipts
from tereze.watch.actions import appeals as actions
from tereze.watch.actions.deciding import appeal_token
from tereze.watch.actions.officers import AlreadyDecidedError
from tereze.watch.actions.undoing import is_lost, undo_of
from tereze.watch.appeal_forms import AnswerForm, AppealForm, CodeForm
from tereze.watch.cards import card_of
from tereze.watch.figures import DAYS, by_rule
from tereze.watch.models import Appeal, Decision
from tereze.watch.models.decisions import ActKind, ActState
from tereze.watch.undoing import Undo
from tereze.watch.views.wall import officer_of


SHOWN = 30  # rules, the worst first
AUTHOR: dict[Undo, Any] = {
    Undo.NONE: "",
    Undo.LIFTING: gettext_lazy("Снимаем ограничения; это занимает до минуты."),
    Undo.LIFTED: gettext_lazy("Ограничения сняты, мы это проверили."),
    Undo.NOTHING: gettext_lazy("Ограничений нет."),
    Undo.HELD: gettext_lazy("Ограничение остаётся из-за решения о другой вашей публикации."),
    Undo.TASK: gettext_lazy("Ограничение снимает сотрудник вручную; загляните сюда позже."),
}


@public
@never_cache
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the decision and its reason, never the text: anybody in the chat has the link."""
    decision = find(token)
    form = AppealForm(request.POST or None)
    language = get_language() or "kk"
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal(decision=decision, language=language, **form.cleaned_data)
        except actions.NothingToAppealError:
            form.add_error(None, _("Это решение уже отменено или обжалуется."))
        else:
            return redirect("watch:appeal", token)
    context = {
        "decision": decision,
        "heading": heading(decision),
        "why": why(decision),
        "code": receipts.spoken(token),
        "undo": str(AUTHOR[undo_of(decision)]) if decision.undone_at else "",
        "lost": is_lost(decision),
        "appeals": decision.appeals.order_by("pk"),
        "may_appeal": actions.may_be_appealed(decision),
        "is_final": is_final(decision),
        "form": form,
    }
    return render(request, "watch/appeal.html", context)


def heading(decision: Decision) -> str:
    """What was not deleted still stands before its author's eyes: they read why they are silent."""
    done = decision.acts.filter(state__in=[ActState.DONE, ActState.GONE])
    kinds = set(done.values_list("kind", flat=True))
    if kinds and ActKind.DELETE not in kinds:
        return _("Почему ограничен автор публикации")
    return _("Почему публикация удалена")


def is_final(decision: Decision) -> bool:
    answered = decision.appeals.filter(state="upheld").count()
    return decision.undone_at is None and answered >= actions.MOST


@public
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """For whoever has the code and not the link."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        if Decision.objects.filter(appeal_hash=token_hash(typed)).exists():
            return redirect("watch:appeal", typed)
        form.add_error("code", _("Такого кода нет: проверьте цифры."))
    return render(request, "watch/code.html", {"form": form})


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
    found = found.prefetch_related("calls__person")
    context = {
        "open": found.filter(state="open").order_by("answer_due")[:100],
        "answered": found.exclude(state="open").order_by("-answered_at")[:50],
        "rules": by_rule(officer_of(request).unit, get_language() or "ru")[:SHOWN],
        "days": DAYS,
    }
    return render(request, "watch/appeals.html", context)


@requires(Permission.APPEAL_ANSWER)
def answer(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = Appeal.objects.visible_to(user).filter(public_id=key).first()
    if found is None:
        raise Http404
    own = not actions.may_answer(found, user)
    form = AnswerForm(
        request.POST or None,
        initial={"repost": found.wants_repost},
        taken_back=found.decision.undone_at is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(
                appeal=found,
                overturn=form.cleaned_data["overturn"],
                text=form.cleaned_data["answer"],
                by=user,
                repost=form.cleaned_data["repost"],
            )
        except actions.OwnDecisionError:
            form.add_error(None, _("Это ваше решение: ответить должен другой сотрудник."))
        except actions.TakenBackError:
            form.add_error(None, _("Решение тем временем отменили: оставить его в силе нельзя."))
        except AlreadyDecidedError:
            said.error(
                request, _("Коллега ответил раньше: ваш ответ не записан и автору не показан.")
            )
            return redirect("watch:answer_appeal", key)
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
