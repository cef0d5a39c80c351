"""The desk's half of the thread: replies, and what is decided about an appeal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.actions.drafting import grounds_for
from tereze.disruption.actions.talking import may_decide
from tereze.disruption.models import Request, Word
from tereze.disruption.threads import thread_of
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.request import act, found


@requires(Permission.REQUEST_READ)
@require_safe
def panel(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    row = found(request, key)
    thread = thread_of(row)
    if user.can(Permission.REQUEST_DRAFT):
        actions.read_words(request=row, by_partner=False)
    signs = user.can(Permission.REQUEST_APPROVE)
    context = {
        "row": row,
        "thread": thread,
        "may_say": bool(row.delivered_at) and user.can(Permission.REQUEST_DRAFT),
        "may_decide": bool(row.appealed_since) and signs and may_decide(row, user),
        "not_by_them": bool(row.appealed_since) and signs and not may_decide(row, user),
        "question": Word.Kind.QUESTION,
        "reply": Word.Kind.REPLY,
    }
    return render(request, "disruption/thread_panel.html", context)


@requires(Permission.REQUEST_DRAFT)
@require_POST
def say(request: HttpRequest, key: str) -> HttpResponse:
    def do(asked: HttpRequest, row: Request, user: Any) -> str:
        kind = asked.POST.get("kind", "")
        kind = kind if kind == Word.Kind.QUESTION else Word.Kind.REPLY
        actions.say(
            request=row,
            kind=kind,
            text=asked.POST.get("text", ""),
            by=user.actor,
            from_partner=False,
        )
        return _("Отправлено: партнёр видит это в портале.")

    return act(request, key, Permission.REQUEST_DRAFT, do)


@requires(Permission.REQUEST_APPROVE)
@require_POST
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Upheld leads straight to the form that asks for what was removed to be put back."""
    user: Any = request.user
    row = found(request, key)
    outcome = request.POST.get("outcome")
    if outcome not in Word.Outcome.values:
        raise BadRequest("outcome")
    upheld = outcome == Word.Outcome.UPHELD
    try:
        actions.decide_appeal(
            request=row, upheld=upheld, text=request.POST.get("text", ""), user=user
        )
    except actions.WordsMissingError:
        messages.error(request, _("Решение принимается только со словами: почему."))
    except UnlawfulStepError:
        messages.warning(request, _("По этому обжалованию уже решено."))
    except actions.OwnDecisionError:
        raise PermissionDenied(_("Кто подписал, тот не решает.")) from None
    else:
        messages.success(request, _("Решение записано, партнёр его видит."))
        if upheld and may_correct(row, user):
            return redirect("disruption:correction_of", key)
    return redirect("disruption:request", key)


def may_correct(row: Request, user: Any) -> bool:
    removed = row.kind in {"remove_listing", "close_account", "delete_message", "check_number"}
    return (
        removed
        and bool(grounds_for("correct_removal", row.partner))
        and user.can(Permission.REQUEST_DRAFT)
    )
