"""A request to a chat's administrator: prepared and sent by an officer, answered behind a link."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import public, requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.intake.channels.web.door import from_our_pages
from tereze.watch.actions import asking
from tereze.watch.actions.agreeing import AlreadyDecidedError
from tereze.watch.cards import cards_of
from tereze.watch.models import ChatAdministrator, ChatRequest
from tereze.watch.models.requests import RequestState
from tereze.watch.reasons import told
from tereze.watch.submissions import texts
from tereze.watch.submissions.forms import AddressForm, ChatAnswerForm
from tereze.watch.views.wall import officer_of


DELETABLE = timedelta(days=2)  # about so long WhatsApp lets an administrator delete for everyone
ADMINISTRATOR = Actor("partner", "chat_administrator", "администратор чата")


def find(user: User, key: str) -> ChatRequest:
    rows = ChatRequest.objects.visible_to(user).select_related("source__unit", "administrator")
    found: ChatRequest | None = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


@requires(Permission.WALL_VIEW)
@require_safe
def chat_request(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    return render(request, "watch/chat_request.html", page(find(user, key), user))


def page(found: ChatRequest, user: User) -> dict[str, Any]:
    messages = asking.publications(found)
    words = words_for(found)
    person = found.administrator
    may_send = user.can(Permission.WALL_HOLD)
    return {
        "asked": found,
        "cards": cards_of(messages, user),
        "words": words,
        "wa_me": texts.wa_me(person.phone, words) if person and words and may_send else "",
        "person": person,
        "form": AddressForm(
            people=people_for(found),
            initial={
                "administrator": person.public_id if person else "",
                "language": found.language,
            },
        ),
        "may_send": may_send,
        "is_late": any(now() - one.sent_at > DELETABLE for one in messages),
        "may_register": user.can(Permission.CHAT_ADMINISTRATORS),
    }


def people_for(found: ChatRequest) -> list[ChatAdministrator]:
    """Those who administer this chat first, then everybody of the register."""
    listed = ChatAdministrator.objects.listed().filter(unit=found.source.unit_id).order_by("pk")
    return sorted(listed, key=lambda one: not one.administers(found.source))


def link_of(found: ChatRequest) -> str:
    return settings.PUBLIC_URL + reverse("watch:chat_answer", args=[asking.token_of(found)])


def words_for(found: ChatRequest) -> str:
    """What is to be written to the administrator now; nothing when nothing is."""
    if found.state == RequestState.DRAFT:
        return texts.ask(found, asking.standing_publications(found), link_of(found))
    if found.state == RequestState.SENT:
        return texts.remind(found, link_of(found))
    if found.state == RequestState.WITHDRAWN and found.sent_at:
        return texts.withdraw(found)
    return ""


@requires(Permission.WALL_HOLD)
@require_POST
def act(request: HttpRequest, key: str, what: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    try:
        if what == "address":
            form = AddressForm(request.POST, people=people_for(found))
            if form.is_valid():
                asking.address(
                    request=found,
                    administrator=form.chosen,
                    language=form.cleaned_data["language"],
                    by=user,
                )
        elif what == "sent":
            asking.sent(request=found, by=user)
            said.success(request, _("Записано: отправлено. Часы пошли."))
        elif what == "reminded":
            asking.reminded(request=found, by=user)
            said.success(request, _("Записано: напомнили."))
        else:
            raise Http404
    except AlreadyDecidedError:
        said.warning(request, _("Просьба уже в другом состоянии: посмотрите, что изменилось."))
    return redirect(found)


@public
@never_cache
@from_our_pages
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """For the administrator. Opening it does nothing: WhatsApp itself opens links it shows."""
    found = (
        ChatRequest.objects.select_related("source__unit")
        .filter(token_hash=token_hash(token))
        .exclude(state=RequestState.DRAFT)
        .first()
    )
    if found is None:
        raise Http404
    form = ChatAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_answer(found, form)
        except asking.NothingToAnswerError:
            form.add_error(None, _("На эту просьбу уже ответили, или её отозвали."))
        else:
            return redirect("watch:chat_answer", token)
    language = "kk" if getattr(request, "LANGUAGE_CODE", "kk") == "kk" else "ru"
    context = {
        "asked": found,
        "form": form,
        "publications": [(one, told(one)[language]) for one in asking.publications(found)],
        "may_answer": found.state in asking.OPEN,
    }
    return render(request, "watch/chat_answer.html", context)


def take_answer(found: ChatRequest, form: ChatAnswerForm) -> None:
    values = form.cleaned_data
    if values["done"]:
        asking.confirm(request=found, by=ADMINISTRATOR, words=values["words"])
    else:
        asking.refuse(
            request=found, refusal=values["refusal"], by=ADMINISTRATOR, words=values["words"]
        )
