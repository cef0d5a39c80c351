"""Asking the administrator: sealed first, sent by a person, timed, answered behind a link."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.core.clock import now
from tereze.watch.actions import administrators, asking, officers
from tereze.watch.models import Act, Call, ChatAdministrator, ChatRequest, Message, Seal
from tereze.watch.submissions import texts
from tereze.watch.views.chat_requests import words_for
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, Send
from tests.watching import Time


pytestmark = pytest.mark.django_db
FILE = "Чат WhatsApp с контактом Дом 5.txt"


@pytest.fixture
def message(send: Send) -> Message:
    return send(**{FILE: CHAT.encode()}).findings.get().message


@pytest.fixture
def person(chief: User) -> ChatAdministrator:
    return administrators.add(
        by=chief,
        name="Сауле Н.",
        phone="+77770001122",
        chats=["Дом  5", "Двор"],
        language="kk",
        consent_at=now(),
        consent="на встрече",
        notes="",
    )


def asked(message: Message, by: User) -> ChatRequest:
    officers.ask_to_delete(message=message, by=by)
    return ChatRequest.objects.get()


def standing(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.standing, message.trouble


def link(request: ChatRequest) -> str:
    return reverse("watch:chat_answer", args=[asking.token_of(request)])


def test_the_sealed_copy_comes_first_and_nothing_is_sent_by_us(
    message: Message, chief: User
) -> None:
    request = asked(message, chief)
    assert Seal.objects.get().content["text"]["text"] == ADVERT
    act = Act.objects.get()
    assert (act.kind, act.state, act.next_action_at) == ("ask", "waiting", None)
    assert standing(message) == ("requested", "")
    assert request.state == "draft"


def test_if_it_cannot_be_sealed_nothing_is_asked(
    message: Message, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "seal", lambda message: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        officers.ask_to_delete(message=message, by=chief)
    assert not ChatRequest.objects.exists()
    assert standing(message) == ("waiting", "")


def test_whoever_is_in_the_register_is_written_to_in_their_language(
    message: Message, chief: User, person: ChatAdministrator
) -> None:
    request = asked(message, chief)
    assert (request.administrator, request.language) == (person, "kk")
    words = words_for(request)
    assert words.startswith("Сәлеметсіз бе")
    assert link(request) in words
    assert "«Куплю карту" in words
    assert "1234567" not in words.replace(" ", "")  # the author's own number stays with us
    address = texts.wa_me(person.phone, words)
    assert address.startswith("https://wa.me/77770001122?text=%D0%A1")
    assert len(address) < 8000


def test_several_publications_are_one_message(send: Send, chief: User) -> None:
    chat = "".join(f"21.11.2026, 09:{m} - Азамат: {ADVERT} {m}\n" for m in range(10, 20))
    sent = send(**{FILE: chat.encode()})
    for finding in sent.findings.all():
        officers.ask_to_delete(message=finding.message, by=chief)
    words = words_for(ChatRequest.objects.get())
    assert words.count("\n– ") == texts.SHOWN + 1
    assert "и ещё 5" in words


def test_the_clock_reminds_then_calls(message: Message, chief: User, time: Time) -> None:
    request = asked(message, chief)
    asking.sent(request=request, by=chief)
    time.move(hours=2, minutes=1)
    due.run_until_idle()
    request.refresh_from_db()
    assert request.remind_at is not None
    assert not Call.objects.exists()
    time.move(hours=2)
    due.run_until_idle()
    request.refresh_from_db()
    assert request.is_overdue
    assert standing(message) == ("stuck", "ask:overdue")
    assert Call.objects.get().kind == "unanswered"
    asking.confirm(request=request, by=chief.actor)  # late, but done
    assert standing(message) == ("confirmed", "")
    assert Call.objects.get().taken_at is not None


def test_a_request_nobody_sends_calls_too(message: Message, chief: User, time: Time) -> None:
    request = asked(message, chief)
    time.move(minutes=16)
    due.run_until_idle()
    assert Call.objects.get().kind == "unsent"
    asking.sent(request=request, by=chief)
    assert Call.objects.get().taken_at is not None


def test_the_database_wants_a_clock_for_what_was_sent(message: Message, chief: User) -> None:
    request = asked(message, chief)
    with pytest.raises(IntegrityError):
        ChatRequest.objects.filter(pk=request.pk).update(state="sent")


def test_opening_the_link_does_nothing_and_answering_does(
    message: Message, chief: User, client: Client
) -> None:
    request = asked(message, chief)
    assert client.get(link(request)).status_code == 404  # not sent yet
    asking.sent(request=request, by=chief)
    page = client.get(link(request)).content.decode()  # WhatsApp opens links to show a preview
    client.head(link(request))
    assert ADVERT[:20] in page
    assert "&lt;Message" not in page
    assert "1234567" not in page.replace(" ", "")
    assert standing(message)[0] == "requested"
    client.post(link(request), {"done": "yes"})
    assert standing(message) == ("confirmed", "")
    act = Act.objects.get()
    assert (act.state, act.look, act.result) == ("done", "unknown", "administrator_says")
    again = client.post(link(request), {"done": "no", "refusal": "disagrees"})
    assert again.status_code == 200
    assert standing(message) == ("confirmed", "")


@pytest.mark.parametrize(
    ("refusal", "state", "stands"),
    [
        ("already_gone", "gone", ("confirmed", "")),
        ("disagrees", "failed", ("stuck", "ask:disagrees")),
        ("whatsapp_too_late", "failed", ("stuck", "ask:whatsapp_too_late")),
        ("not_administrator", "failed", ("stuck", "ask:not_administrator")),
    ],
)
def test_cannot_or_will_not_because(
    message: Message, chief: User, client: Client, refusal: str, state: str, stands: tuple[str, str]
) -> None:
    request = asked(message, chief)
    asking.sent(request=request, by=chief)
    client.post(link(request), {"done": "no", "refusal": refusal, "words": "Потому что"})
    assert standing(message) == stands
    assert Act.objects.get().state == state
    request.refresh_from_db()
    assert request.words == "Потому что"


def test_a_refusal_needs_its_reason_and_can_become_a_deletion(
    message: Message, chief: User, client: Client
) -> None:
    request = asked(message, chief)
    asking.sent(request=request, by=chief)
    for typed in ({}, {"done": "no"}, {"done": "no", "refusal": "other_reason"}):
        client.post(link(request), typed)
        assert standing(message)[0] == "requested"
    client.post(link(request), {"done": "no", "refusal": "disagrees"})
    client.post(link(request), {"done": "yes"})
    assert standing(message) == ("confirmed", "")


def test_the_link_answers_one_request_and_opens_nothing_else(
    message: Message, chief: User, client: Client
) -> None:
    token = asking.token_of(asked(message, chief))
    for name in ("watch:appeal", "watch:whatsapp_receipt"):
        assert client.get(reverse(name, args=[token])).status_code == 404
    wrong = str((int(token[0]) + 1) % 10) + token[1:]
    assert client.get(reverse("watch:chat_answer", args=[wrong])).status_code == 404


def test_a_page_of_somebody_else_cannot_answer(
    message: Message, chief: User, client: Client
) -> None:
    request = asked(message, chief)
    asking.sent(request=request, by=chief)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(link(request), {"done": "yes"}, headers=headers).status_code == 403


@pytest.mark.parametrize("is_sent", [False, True])
def test_taken_back_the_request_is_withdrawn_and_says_so(
    message: Message, chief: User, client: Client, is_sent: bool
) -> None:
    request = asked(message, chief)
    if is_sent:
        asking.sent(request=request, by=chief)
    officers.undo(decision=message.decisions.get(), by=chief)
    request.refresh_from_db()
    assert (request.state, request.next_action_at) == ("withdrawn", None)
    assert standing(message) == ("undone", "")
    assert Act.objects.get().state == "cancelled"
    assert bool(words_for(request)) is is_sent
    assert (
        "отозвана" in client.get(link(request), headers={"Accept-Language": "ru"}).content.decode()
    )
    client.post(link(request), {"done": "yes"})
    assert standing(message) == ("undone", "")
    officers.ask_to_delete(message=message, by=chief)  # on second thoughts
    assert standing(message) == ("requested", "")


def test_the_rest_of_a_request_stands_when_one_is_taken_back(send: Send, chief: User) -> None:
    chat = f"21.11.2026, 09:15 - А: {ADVERT}\n21.11.2026, 09:16 - Б: {ADVERT} срочно\n"
    first, second = [f.message for f in send(**{FILE: chat.encode()}).findings.order_by("pk")]
    for one in (first, second):
        officers.ask_to_delete(message=one, by=chief)
    officers.undo(decision=first.decisions.get(), by=chief)
    request = ChatRequest.objects.get()
    assert asking.publications(request) == [second]
    asking.sent(request=request, by=chief)
    asking.confirm(request=request, by=chief.actor)
    assert (standing(first)[0], standing(second)[0]) == ("undone", "confirmed")


@pytest.mark.parametrize("what", ["delete", "restrict", "ban", "ban_everywhere", "hold", "repost"])
def test_what_we_cannot_do_there_is_not_offered(
    message: Message, chief: User, client: Client, what: str
) -> None:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("watch:act", args=[message.public_id, what]))
    assert answer.status_code == 404
    page = client.get(message.get_absolute_url()).content.decode()
    assert f"/do/{what}/" not in page
    assert "/do/ask/" in page


def test_who_only_looks_cannot_ask(message: Message, officer: Callable[[str], User]) -> None:
    with pytest.raises(PermissionDenied):
        officers.ask_to_delete(message=message, by=officer(Role.OBSERVER))


def test_asked_twice_is_asked_once(message: Message, chief: User) -> None:
    asked(message, chief)
    with pytest.raises(officers.AlreadyDecidedError):
        officers.ask_to_delete(message=message, by=chief)
