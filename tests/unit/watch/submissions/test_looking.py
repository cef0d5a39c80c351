"""A later copy of the chat is a look: «сообщение удалено» ends a request, a publication that still
stands there begins it again."""

from datetime import timedelta

import pytest

from tereze.accounts.models import User
from tereze.core import due
from tereze.watch.actions import asking, officers
from tereze.watch.models import Act, Call, ChatRequest, Message
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, Send
from tests.watching import Time


pytestmark = pytest.mark.django_db
FILE = "Чат WhatsApp с контактом Дом 5.txt"
HEAD = "21.11.2026, 09:15 - +7 701 123 45 67: "
SAYS = [
    "Данное сообщение удалено",
    "Это сообщение удалено.",
    "This message was deleted",
    "This message was deleted.",
    "You deleted this message",
    "Бұл хабар жойылды",
    "Хабарлама өшірілді",
    "Это сообщение удалено администратором Сауле",
    "This message was deleted by admin ~ Saule",
    "Хабарды топ әкімшісі Сәуле жойды",
]


def copy(words: str, *, head: str = HEAD, last: str = "") -> dict[str, bytes]:
    text = CHAT.replace(f"{HEAD}{ADVERT}", f"{head}{words}")
    return {FILE: (text + last).encode()}


def written_now(time: Time) -> str:
    return f"{time.now() + timedelta(hours=5):%d.%m.%Y, %H:%M} - Айгуль: Спасибо всем\n"


@pytest.fixture
def message(send: Send) -> Message:
    return send(**copy(ADVERT)).findings.get().message


def asked(message: Message, by: User) -> ChatRequest:
    officers.ask_to_delete(message=message, by=by)
    request: ChatRequest = ChatRequest.objects.get()
    asking.sent(request=request, by=by)
    return request


def stands(message: Message) -> tuple[str, str, str, str]:
    message.refresh_from_db()
    act = Act.objects.get(decision__message=message)
    return message.standing, message.trouble, act.state, act.look


@pytest.mark.parametrize("words", SAYS)
def test_deleted_in_its_place_ends_the_request(
    message: Message, chief: User, send: Send, time: Time, words: str
) -> None:
    request = asked(message, chief)
    sent = send(**copy(words))
    assert stands(message) == ("confirmed", "", "done", "not_found")
    request.refresh_from_db()
    assert (request.state, request.next_action_at, request.looked_in) == ("confirmed", None, sent)
    time.move(hours=5)
    due.run_until_idle()
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "after",
    [
        {},  # it is not there and nothing says why: another phone, or deleted for oneself
        {"words": "Данное сообщение удалено", "head": "21.11.2026, 09:15 - +7 777 000 00 00: "},
        {"words": "Данное сообщение удалено", "head": "21.11.2026, 09:16 - +7 701 123 45 67: "},
        {"words": "Сообщение удалено, пишите +7 702 555 44 33"},  # somebody's own words
    ],
)
def test_what_says_nothing_ends_nothing(
    message: Message, chief: User, send: Send, after: dict[str, str]
) -> None:
    asked(message, chief)
    chat = CHAT.replace(f"{HEAD}{ADVERT}\n", "").encode()
    send(**(copy(**after) if after else {FILE: chat}))  # type: ignore[arg-type]
    assert stands(message) == ("requested", "", "waiting", "")


def test_another_phones_name_for_the_author_does_not_matter(
    message: Message, chief: User, send: Send
) -> None:
    asked(message, chief)
    send(**copy("Данное сообщение удалено", head="21.11.2026, 09:15 - Скупщик: "))
    assert stands(message)[0] == "confirmed"


def test_an_advert_in_the_words_of_a_deletion_is_judged(send: Send) -> None:
    chat = f"{HEAD}Это сообщение удалено администратором {ADVERT[:50]}\n"
    assert send(**{FILE: chat.encode()}).findings.get().message.text["text"] == ADVERT[:50]


def test_of_two_the_clock_runs_for_the_other(send: Send, chief: User) -> None:
    both = f"{HEAD}{ADVERT}\n21.11.2026, 09:17 - Азамат: {ADVERT} срочно\n"
    found = [
        one.message for one in send(**{FILE: both.encode()}).findings.order_by("message__sent_at")
    ]
    for one in found:
        officers.ask_to_delete(message=one, by=chief)
    request = ChatRequest.objects.get()
    asking.sent(request=request, by=chief)
    send(**{FILE: both.replace(f"{HEAD}{ADVERT}", f"{HEAD}Данное сообщение удалено").encode()})
    request.refresh_from_db()
    assert request.state == "sent"
    assert [stands(one)[0] for one in found] == ["confirmed", "requested"]
    assert asking.standing_publications(request) == [found[1]]
    asking.become_overdue(request)
    assert [stands(one)[0] for one in found] == ["confirmed", "stuck"]
    asking.confirm(request=request, by=chief.actor)
    assert [stands(one)[3] for one in found] == ["not_found", "unknown"]


def test_seen_again_after_it_was_said_to_be_deleted(
    message: Message, chief: User, send: Send, time: Time
) -> None:
    request = asked(message, chief)
    asking.confirm(request=request, by=chief.actor)
    send(**copy(ADVERT))  # an old copy: nothing in it was written since
    assert stands(message)[0] == "confirmed"
    time.move(minutes=5)
    sent = send(**copy(ADVERT, last=written_now(time)))
    assert stands(message) == ("stuck", "ask:copy_shows_it", "waiting", "contradicted")
    request.refresh_from_db()
    assert (request.state, request.looked_in, request.is_overdue) == ("sent", sent, False)
    assert asking.waiting_for_us([request]) == [request]
    assert [call.kind for call in Call.objects.open()] == ["unsent"]  # the administrator was wrong
    asking.reminded(request=request, by=chief)
    assert stands(message)[0] == "requested"
    assert not Call.objects.open().exists()
    time.move(hours=4, minutes=1)
    due.run_until_idle()
    assert [call.kind for call in Call.objects.open()] == ["unanswered"]
    time.move(minutes=5)
    send(**copy("Данное сообщение удалено", last=written_now(time)))
    assert stands(message) == ("confirmed", "", "done", "not_found")
    assert not Call.objects.open().exists()


def test_the_same_copy_read_twice_says_it_once(message: Message, chief: User, send: Send) -> None:
    asked(message, chief)
    first = send(**copy("Данное сообщение удалено"))
    send(**copy("Данное сообщение удалено"))
    assert ChatRequest.objects.get().looked_in == first


def test_gone_before_it_was_asked(message: Message, chief: User, send: Send) -> None:
    officers.ask_to_delete(message=message, by=chief)
    send(**copy("Данное сообщение удалено"))
    assert stands(message) == ("confirmed", "", "gone", "not_found")
    assert ChatRequest.objects.get().state == "confirmed"
