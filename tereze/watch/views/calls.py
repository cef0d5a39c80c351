"""Those who are called by name, the second person, and the one who lets the machine go on."""

from typing import Any

from django.contrib import messages as said
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.watch.actions import agreeing, calling, deciding, raids, sources
from tereze.watch.models import Agreement, Call, Raid, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.views.wall import officer_of
from tereze.watch.words import blind_words


SHOWN = 20


@requires(Permission.WALL_VIEW)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """What this reader is called for; nothing, most of the time."""
    user = officer_of(request)
    found = Call.objects.open().filter(person=user).select_related("source", "appeal")
    rows = [
        {
            "call": same[0],
            "more": len(same) - 1,
            "why": blind_words(same[0].source) if same[0].kind == CallKind.BLIND else "",
        }
        for same in together(found)[:SHOWN]
    ]
    return render(request, "watch/calls.html", {"calls": rows})


def together(found: QuerySet[Call]) -> list[list[Call]]:
    """Chats that one trouble blinds, or one flood halts, are one call: one letter told of them, one
    key takes them."""
    troubles: dict[tuple[Any, ...], list[Call]] = {}
    for call in found.order_by("pk"):
        alike: tuple[Any, ...] = (call.pk,)
        if call.kind == CallKind.BLIND:
            alike = (call.source.health_reason, call.to_chief)
        elif call.kind == CallKind.FLOOD:
            alike = (call.to_chief,)
        troubles.setdefault((call.kind, *alike), []).append(call)
    return list(troubles.values())


@requires(Permission.WALL_VIEW)
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = Call.objects.filter(person=user, public_id=key).select_related("appeal").first()
    if found is None:
        raise Http404
    mine = Call.objects.open().filter(person=user).select_related("source")
    for call in next((calls for calls in together(mine) if found in calls), []):
        calling.take(call=call, by=user)
    if found.appeal is not None:
        return redirect("watch:answer_appeal", found.appeal.public_id)
    return redirect("watch:wall")


@requires(Permission.WALL_HOLD)
@require_POST
def agreement(request: HttpRequest, key: str, answer: str) -> HttpResponse:
    user = officer_of(request)
    found = Agreement.objects.filter(
        public_id=key, decision__message__source__unit=user.unit_id
    ).first()
    if found is None or answer not in {"agree", "refuse"}:
        raise Http404
    try:
        if answer == "agree":
            agreeing.agree(agreement=found, by=user)
            words = _("Вы согласились, исполняется.")
        else:
            agreeing.refuse(agreement=found, by=user)
            words = _("Не согласовано: этих шагов не будет.")
    except agreeing.SamePersonError:
        words = _("Согласиться должен другой сотрудник, не тот, кто просит.")
    except agreeing.AlreadyDecidedError:
        words = _("Уже решено: посмотрите, как публикация выглядит сейчас.")
    return answer_to(request, words)


@requires(Permission.WALL_BAN)
@require_POST
def let_go_on(request: HttpRequest) -> HttpResponse:
    """In the chats that stood on the screen, and only where the machine has stopped: a key pressed
    twice must not take the limit away."""
    user = officer_of(request)
    shown = request.POST.get("chats", "").split()
    found = Source.objects.visible_to(user).filter(public_id__in=shown).select_related("unit")
    sources.let_go_on(sources=deciding.halted(list(found)), by=user.actor)
    return answer_to(request, _("Машина продолжает, счёт за час начат заново."))


@requires(Permission.WALL_HOLD)
@require_POST
def close_raid(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = Raid.objects.filter(unit=user.unit_id, public_id=key).first()
    if found is None:
        raise Http404
    raids.close(raid=found, by=user)
    return answer_to(request, _("Набег закрыт."))


def answer_to(request: HttpRequest, words: str) -> HttpResponse:
    """A line above the wall for a key, the wall itself for a plain button."""
    if getattr(request, "htmx", False):  # the page asks for itself anew
        answer = render(request, "watch/said.html", {"words": words})
        answer["HX-Trigger"] = "live:wall-paced"
        return answer
    said.success(request, words)
    return redirect("watch:wall")
