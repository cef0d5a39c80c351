"""Whoever is called hears of it: by a letter over a real mail server and by the bot they linked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import Message as Letter
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.core.clock import now
from tereze.watch.actions import calling, deliveries, shifts, sources, summoning
from tereze.watch.actions import watching as looking_after
from tereze.watch.models import Call, Delivery, Reach, Source, Summons
from tests.city import wait_until
from tests.integration.watch.conftest import Running
from tests.mailbox import Mailbox, a_mailbox
from tests.watching import ADMINISTRATOR, Chat, StandIn, Time, watched


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.PUBLIC_URL = "https://tereze.example"
    with a_mailbox(settings) as box:
        yield box


@pytest.fixture
def source(unit: Unit, chat: Chat) -> Source:
    return watched(unit, chat, title="Жильцы дома 7")


@pytest.fixture
def duty(officer: Officer) -> User:
    user = officer(Role.DUTY_OFFICER)
    shifts.begin(by=user)
    return user


def make_blind(source: Source) -> None:
    sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")
    Source.objects.update(health_since=now() - timedelta(minutes=2))
    looking_after.call_for_the_blind()


def calls_lane() -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is Summons)
    while due.run_one(handler):
        pass


def body_of(letter: Letter) -> str:
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_a_blind_chat_is_a_letter_that_names_nobody(
    source: Source, officer: Officer, mailbox: Mailbox, client: Client
) -> None:
    named = officer(Role.OPERATIVE)
    sources.change_source(source=source, by=ADMINISTRATOR, on_call=named)
    client.force_login(named)
    answer = client.post("/desk/wall/calls/reach/", {"email": "akhmetova@police.example"})
    assert answer.status_code == 302
    make_blind(source)
    calls_lane()
    calls_lane()
    (letter,) = mailbox.letters
    assert letter["To"] == "akhmetova@police.example"
    words = body_of(letter)
    assert "https://tereze.example/desk/wall/" in words
    assert "Чат не виден" in words
    for told in ("Жильцы", source.chat_id, named.name, "kicked"):
        assert told not in str(letter) + words
    page = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert f"{named.name} (письмо отправлено" in page


@pytest.mark.parametrize(
    ("reply", "state", "letters"),
    [("550 no such user", "failed", 0), ("cut", "unknown", 1), ("451 later", "sent", 1)],
)
def test_no_letter_is_seen_twice(
    reply: str,
    state: str,
    letters: int,
    source: Source,
    officer: Officer,
    mailbox: Mailbox,
    time: Time,
) -> None:
    summoning.set_email(officer=officer(Role.CHIEF), email="chief@police.example")
    mailbox.reply = reply
    make_blind(source)
    calls_lane()
    mailbox.reply = "250 OK"
    time.move(minutes=1)
    calls_lane()
    assert Summons.objects.get().state == state
    assert len(mailbox.letters) == letters


def test_many_chats_blind_at_once_are_one_letter_until_somebody_comes(
    unit: Unit, chat: Chat, source: Source, officer: Officer, mailbox: Mailbox
) -> None:
    """The letter names no chat: a second one would say nothing that the first did not."""
    chief = officer(Role.CHIEF)
    summoning.set_email(officer=chief, email="chief@police.example")
    other = watched(unit, Chat(chat.city, -100777), title="Рынок")
    third = watched(unit, Chat(chat.city, -100778), title="Школа")
    make_blind(source)
    make_blind(other)
    calls_lane()
    assert len(mailbox.letters) == 1
    assert set(Summons.objects.values_list("state", flat=True)) == {"sent"}
    for call in Call.objects.open():
        calling.take(call=call, by=chief)
    make_blind(third)
    calls_lane()
    assert len(mailbox.letters) == 2  # they came and went again: this is news


def test_what_was_offered_when_we_died_is_not_offered_again(
    source: Source, officer: Officer, mailbox: Mailbox
) -> None:
    summoning.set_email(officer=officer(Role.CHIEF), email="chief@police.example")
    make_blind(source)
    Summons.objects.update(offered=1)
    calls_lane()
    assert (Summons.objects.get().state, mailbox.letters) == ("unknown", [])


def test_whoever_does_not_come_makes_the_next_one_called_and_then_the_chief(
    source: Source, officer: Officer, duty: User, mailbox: Mailbox, time: Time
) -> None:
    people = {
        "named": officer(Role.OPERATIVE),
        "duty": duty,
        "later": officer(Role.DISPATCHER),
        "chief": officer(Role.CHIEF),
    }
    shifts.begin(by=people["later"])
    for name, user in people.items():
        summoning.set_email(officer=user, email=f"{name}@police.example")
    sources.change_source(source=source, by=ADMINISTRATOR, on_call=people["named"])
    make_blind(source)
    for _ in people:
        due.run_until_idle()
        time.move(minutes=16)
    due.run_until_idle()
    assert [letter["To"].partition("@")[0] for letter in mailbox.letters] == list(people)
    call = Call.objects.get(person=duty)
    assert not call.to_chief
    assert Call.objects.get(person=people["chief"]).to_chief


def test_taken_calls_send_nothing_more(
    source: Source, officer: Officer, mailbox: Mailbox, time: Time
) -> None:
    chief = officer(Role.CHIEF)
    summoning.set_email(officer=chief, email="chief@police.example")
    make_blind(source)
    calling.take(call=Call.objects.get(), by=chief)
    calls_lane()
    assert mailbox.letters == []
    assert Summons.objects.get().why == "not_needed"


@pytest.mark.parametrize("by_webhook", [False, True])
def test_an_officer_links_the_bot_and_hears_of_a_call_there(
    by_webhook: bool,
    source: Source,
    officer: Officer,
    standin: StandIn,
    bot: int,
    watching: Running,
    client: Client,
) -> None:
    chief = officer(Role.CHIEF)
    client.force_login(chief)
    page = client.post("/desk/wall/calls/reach/code/").content.decode()
    code = page.partition("/start ")[2].partition("<")[0].strip()
    person, other = standin.resident("Начальник"), standin.resident("Чужой")
    if by_webhook:
        link_by_webhook(source, person, other, code)
    else:
        write(standin, other, bot, "/start wrong")
        write(standin, person, bot, f"/start {code}")
        watching.until(lambda: Reach.objects.exclude(bot_key="").exists(), what="the link")
    assert Reach.objects.get().telegram == str(person)
    assert not summoning.link(bot_key=source.bot_key, chat=str(other), code=code)  # good once
    if by_webhook:
        write(standin, person, bot, "/start")  # a bot may not write first
    make_blind(source)

    def told() -> bool:
        calls_lane()
        return Summons.objects.get().state == "sent"

    wait_until(told, what="the call, after the service asked to wait a second")
    heard = Chat(standin, person).messages()[-1]["text"]
    assert "вызывают" in heard
    assert source.title not in heard


def write(standin: StandIn, person: int, bot: int, text: str) -> None:
    standin.ask("POST", "/private", user_id=person, bot_id=bot, text=text)


def link_by_webhook(source: Source, person: int, other: int, code: str) -> None:
    """Of private chats nothing but a code is kept, and that until it was looked at."""

    def update(number: int, chat: int, text: str) -> dict[str, Any]:
        said = {"chat": {"id": chat, "type": "private"}, "text": text, "message_id": 1, "date": 1}
        return {"update_id": number, "message": said}

    assert not take(source, update(1, other, "Здравствуйте, меня обманули"))
    assert take(source, update(2, person, f"/start {code}"))
    assert Delivery.objects.count() == 1
    assert summoning.link(bot_key=source.bot_key, chat=str(person), code=code)


def take(source: Source, update: dict[str, Any]) -> bool:
    return deliveries.take(bot_key=source.bot_key, chats={source.chat_id}, update=update)


def test_a_bot_that_was_blocked_is_said(
    source: Source, officer: Officer, standin: StandIn, bot: int
) -> None:
    Reach.objects.create(officer=officer(Role.CHIEF), telegram="12345", bot_key=source.bot_key)
    make_blind(source)
    calls_lane()
    row = Summons.objects.get()
    assert (row.state, row.why) == ("failed", "refused")


@pytest.mark.parametrize("typed", ["no address", "a@b", "a@b.kz\nBcc: x@y.kz"])
def test_what_is_no_address_is_refused(typed: str, officer: Officer, client: Client) -> None:
    client.force_login(officer(Role.DISPATCHER))
    answer = client.post("/desk/wall/calls/reach/", {"email": typed})
    assert answer.status_code == 422
    assert not Reach.objects.exclude(email="").exists()
