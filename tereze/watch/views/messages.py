"""One message: its words, reasons, versions, decisions, acts and looks; and the keys."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as said
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.disruption.models import Request
from tereze.intake.models import Report
from tereze.linking.reads import shared_with
from tereze.watch.actions import lists, officers, pursuing, shifts, undoing
from tereze.watch.cards import (
    as_seen,
    card_of,
    cards_of,
    keepers_of,
    last_decisions,
    requests_about,
)
from tereze.watch.connectors.base import RefusedError
from tereze.watch.indicators import found_in
from tereze.watch.models import Decision, Message, MessagePicture, PolicyList
from tereze.watch.models.decisions import Verdict
from tereze.watch.models.lists import Way
from tereze.watch.picture_words import shown_of
from tereze.watch.pursuits import PURSUED
from tereze.watch.sealing import unwrapped
from tereze.watch.views.wall import fragment, officer_of
from tereze.watch.words import pursued_words, result_words, undo_words


OTHERS = 20


def find(user: User, key: str) -> Message:
    found: Message | None = (
        Message.objects.visible_to(user)
        .select_related("source__unit")
        .filter(public_id=key)
        .first()
    )
    if found is None:
        raise Http404
    return found


@requires(Permission.WALL_VIEW)
@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    if found.author and not getattr(request, "htmx", False):
        record("message.author_read", target=found, by=user.actor, unit=found.source.unit.slug)
    return render(request, fragment(request, "watch/message.html"), page(found, user))


def page(found: Message, user: User) -> dict[str, Any]:
    key = found.public_id
    decision = last_decisions([found]).get(found.pk)
    visible = Message.objects.visible_to(user).select_related("source").exclude(pk=found.pk)
    same_text = visible.filter(text_key=found.text_key) if found.text_key else visible.none()
    same_author = (
        visible.filter(author_trail=found.author_trail) if found.author_trail else visible.none()
    )
    pictures = shown_of([found], get_language() or "ru")[found.pk]
    versions = Message.objects.filter(source=found.source, external_id=found.external_id)
    return {
        "message": found,
        "card": card_of(
            found,
            user,
            decision=decision,
            reasons=30,
            pictures=pictures,
            request=requests_about([found]).get(key),
            keeper=keepers_of([found]).get(found.pk),
        ),
        "author": found.author or {},
        "versions": cards_of(list(versions.select_related("source").order_by("version")), user),
        "history": history(found),
        "seal": getattr(found, "seal", None),
        "same_text": cards_of(list(same_text.order_by("-pk")[:OTHERS]), user),
        "same_author": cards_of(list(same_author.order_by("-pk")[:OTHERS]), user),
        "indicators": found_in(found),
        **pursued(found, user),
        "listed": lists.listed(found.author, followed(user)) if found.author else [],
    }


@requires(Permission.WALL_VIEW)
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """The copy drawn anew; the file as it was posted is only in the vault."""
    visible = MessagePicture.objects.visible_to(officer_of(request))
    found = visible.filter(public_id=key).exclude(shown="").first()
    if found is None:
        raise Http404
    answer = HttpResponse(unwrapped(found.shown), content_type="image/jpeg")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, max-age=600"  # the wall asks for itself again and again
    return answer


def pursued(found: Message, user: User) -> dict[str, Any]:
    """What stands about its numbers and links elsewhere, as far as the reader may open it."""
    keys = {
        shared.key for shared in shared_with("message", found.public_id) if shared.kind == "report"
    }
    mine = Report.objects.visible_to(user).filter(public_id__in=keys)
    named_by = list(mine.order_by("-received_at")[:OTHERS])
    asked = Request.objects.about(PURSUED, found.public_id).select_related("partner")
    return {
        "named_by": named_by,
        "named_by_others": len(keys) - len(named_by),
        "asked": asked.order_by("created_at"),
        "may_read_requests": user.can(Permission.REQUEST_READ),
    }


def followed(user: User) -> list[PolicyList]:
    return list(PolicyList.objects.visible_to(user).filter(way=Way.FOLLOWED))


def history(found: Message) -> list[dict[str, Any]]:
    decisions = Decision.objects.filter(message=found).select_related(
        "officer", "undone_by", "notice"
    )
    language = "kk" if get_language() == "kk" else "ru"
    return [
        {
            "decision": decision,
            "why": decision.why.get(language, ""),
            "undo": undo_words(undoing.undo_of(decision)),
            "lost": undoing.is_lost(decision),
            "agreements": decision.agreements.select_related("asked_by", "answered_by"),
            "acts": [(act, result_words(act.result)) for act in decision.acts.order_by("pk")],
            "appeals": decision.appeals.order_by("pk"),
        }
        for decision in decisions.order_by("pk")
    ]


Deed = Callable[[Message, User], str]


def blocks(*ladder: str) -> Deed:
    def do(found: Message, user: User) -> str:
        decision = officers.block(message=found, ladder=ladder, by=user)
        if decision.agreements.filter(state="open").exists():
            return _("Это слишком широко для одного: ждём согласия второго сотрудника.")
        return _("Решение принято, исполняется.")

    return do


def hold(found: Message, user: User) -> str:
    officers.hold(message=found, by=user)
    return _("Автор придержан на %(hours)s ч, публикация остаётся. Решите, что с ней.") % {
        "hours": found.source.hold_hours
    }


def release(found: Message, user: User) -> str:
    officers.release(message=found, by=user)
    return _("Отмечено как безобидное.")


def last_decision(found: Message) -> Decision:
    decision = last_decisions([found]).get(found.pk)
    if decision is None:
        raise officers.AlreadyDecidedError
    return decision


def undo(found: Message, user: User) -> str:
    decision = last_decision(found)
    officers.undo(decision=decision, by=user)
    now_undone = Decision.objects.get(pk=decision.pk)
    if now_undone.verdict == Verdict.ASK:
        return _("Отменено: уведомление отозвано, если владелец его ещё не исполнил.")
    words = undo_words(undoing.undo_of(now_undone))
    if undoing.is_lost(now_undone):
        words += " " + _(
            "Удалённую публикацию сервис вернуть не может: верните текст от имени бота."
        )
    return words


def repost(found: Message, user: User) -> str:
    officers.repost(decision=last_decision(found), by=user)
    return _("Текст возвращается в чат.")


def retry(found: Message, user: User) -> str:
    officers.retry(message=found, by=user)
    return _("Пробуем ещё раз.")


def close(found: Message, user: User) -> str:
    officers.close(message=found, by=user)
    return _("Закрыто: больше ничего не сделать.")


def pursue(found: Message, user: User) -> str:
    return pursued_words(pursuing.pursue(message=found, by=user))


def ask(found: Message, user: User) -> str:
    if found.source.is_web:
        officers.ask_owner(message=found, by=user)
        return _(
            "Копия снята, уведомление владельцу сайта готовится: его подписывают в «Площадках»."
        )
    officers.ask_to_delete(message=found, by=user)
    return _("Просьба администратору чата готова: отправьте её на странице чата.")


def take(found: Message, user: User) -> str:
    shifts.take_in_hand(message=found, by=user)
    return _("Публикация за вами: остальные это видят.")


# in a chat that was handed over nothing can be done by us
OURS_ONLY = {"delete", "restrict", "ban", "ban_everywhere", "hold", "repost", "retry"}
DEEDS: dict[str, Deed] = {
    "ask": ask,
    "delete": blocks("delete"),
    "restrict": blocks("delete", "restrict"),
    "ban": blocks("delete", "ban"),
    "ban_everywhere": blocks("delete", "ban_everywhere"),
    "hold": hold,
    "release": release,
    "undo": undo,
    "repost": repost,
    "retry": retry,
    "close": close,
    "pursue": pursue,
    "take": take,
}


class QuickerError(Exception):
    """Another officer has it in hand since the button was drawn."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def do(found: Message, what: str, user: User, *, seen: str | None) -> str:
    """Of two officers who press at the same moment the second is told what the first one did."""
    if seen is None or what == "pursue":  # that adds what is missing, whoever was first
        return DEEDS[what](found, user)
    with transaction.atomic():
        current = officers.locked(found)
        keeper = keepers_of([current]).get(found.pk)
        if as_seen(what, current, keeper) != seen:
            if what != "take" or keeper is None:
                raise officers.AlreadyDecidedError
            raise QuickerError(
                _("%(name)s уже занимается этой публикацией. Нажмите ещё раз, если она нужна вам.")
                % {"name": keeper.name}
            )
        return DEEDS[what](found, user)


@requires(Permission.WALL_HOLD)
@require_POST
def act(request: HttpRequest, key: str, what: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    if what not in DEEDS or (found.source.is_handed_over and what in OURS_ONLY):
        raise Http404
    if what == "ask" and not (found.source.is_handed_over or found.source.is_web):
        raise Http404
    try:
        words = do(found, what, user, seen=request.POST.get("seen"))
    except QuickerError as quicker:
        words = quicker.words
    except RefusedError:
        words = _("Здесь удалить нельзя: можно просить владельца сайта.")
    except officers.AlreadyDecidedError:
        words = _("Уже решено: посмотрите, как публикация выглядит сейчас.")
    if getattr(request, "htmx", False):  # the page asks for itself anew
        answer = render(request, "watch/said.html", {"words": words})
        answer["HX-Trigger"] = "live:wall-paced"
        return answer
    said.success(request, words)
    return redirect("watch:wall")
