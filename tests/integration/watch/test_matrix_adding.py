"""Adding a room and keeping lists, through the pages, against a real Synapse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch.actions import officers, sources
from tereze.watch.models import Act, Decision, Message, PolicyList, Source
from tests.integration.watch.conftest import Running
from tests.matrix import watched
from tests.synapse import Person, Room, Synapse
from tests.watching import ADMINISTRATOR, ADVERT, lawful


pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]  # the server starts in the first
RULE = "m.policy.rule.user"


@pytest.fixture(autouse=True)
def door(synapse: Synapse, settings: Any) -> None:
    settings.ALLOWED_PRIVATE = [synapse.url.removeprefix("http://")]


@pytest.fixture
def page(officer: Callable[[str], User]) -> Client:
    client = Client(headers={"accept-language": "ru"})
    client.force_login(
        officer(Role.IT_SPECIALIST), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def paste(page: Client, synapse: Synapse, address: str, **typed: str) -> Any:
    values = {"address": address, "server": synapse.url, "language": "ru", **typed}
    return page.post(reverse("watch:new_matrix"), values, follow=True)


def test_a_pasted_link_shows_what_may_be_done_there(
    synapse: Synapse, room: Room, account: Person, page: Client
) -> None:
    link = f"https://matrix.to/#/{quote(room.id)}?via=balqash.test"
    answer = paste(page, synapse, link, user=account.id, password=account.password)
    source = Source.objects.get()
    assert (source.mode, source.chat_id, source.title) == ("off", room.id, "Балхаш объявления")
    assert source.token not in {"", account.password}
    text = answer.content.decode()
    assert "Что Tereze здесь может" in text
    assert text.count(">да<") == 5
    assert "Включить пока нельзя" in text


def test_an_invitation_is_followed_and_the_account_is_known_next_time(
    unit: Unit, synapse: Synapse, room: Room, account: Person, page: Client
) -> None:
    watched(unit, room, account, mode="off")
    private = room.owner.room("Закрытый", preset="private_chat", invite=[account.id])
    answer = paste(page, synapse, private.id)
    assert Source.objects.get(chat_id=private.id).rights["can_delete"] is False
    assert private.membership(account) == "join"
    assert "Закрытый" in answer.content.decode()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("address", "Так адреса чатов Matrix не выглядят"),
        ("server", "Это не адрес сервера Matrix"),
        ("password", "Сервер не принял имя и пароль"),
        ("token", "Сервер не принял ключ доступа"),
        ("credentials", "Нужны имя и пароль или ключ доступа"),
        ("private", "Нас туда не пускают"),
        ("nowhere", "Такого чата на сервере нет"),
        ("twice", "Этот чат уже есть в списке"),
    ],
)
def test_what_goes_wrong_is_said(
    case: str,
    words: str,
    unit: Unit,
    synapse: Synapse,
    room: Room,
    account: Person,
    page: Client,
) -> None:
    key = {"token": account.token}
    match case:
        case "address":
            answer = paste(page, synapse, "https://t.me/chat", **key)
        case "server":
            answer = paste(page, synapse, room.id, **key, server="http://elsewhere.example")
        case "password":
            answer = paste(page, synapse, room.id, user=account.id, password="wrong")
        case "token":
            answer = paste(page, synapse, room.id, token="revoked")
        case "credentials":
            answer = paste(page, synapse, room.id)
        case "private":
            private = room.owner.room("Закрытый", preset="private_chat")
            answer = paste(page, synapse, private.id, **key)
        case "nowhere":
            answer = paste(page, synapse, "#nothing:balqash.test", **key)
        case _:
            watched(unit, room, account, mode="off")
            answer = paste(page, synapse, room.id, **key)
    assert words in answer.content.decode()
    assert Source.objects.count() == (case == "twice")


def test_an_encrypted_room_is_said_to_be_unreadable_at_once(
    synapse: Synapse, room: Room, account: Person, page: Client
) -> None:
    room.put_state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    answer = paste(page, synapse, room.id, token=account.token)
    assert Source.objects.get().rights["encrypted"] is True
    assert answer.content.decode().count(">да<") == 4


def test_an_account_that_hides_who_it_is_is_refused_before_it_goes_in(
    synapse: Synapse, room: Room, page: Client
) -> None:
    citizen = synapse.person("oksana")
    room.owner.ask("POST", f"/rooms/{quote(room.id)}/invite", {"user_id": citizen.id})
    answer = paste(page, synapse, room.id, user=citizen.id, password=citizen.password)
    assert "Тайно чаты не наблюдают" in answer.content.decode()
    assert not Source.objects.exists()
    assert room.membership(citizen) == "invite"


def test_a_sample_minute_counts_and_changes_nothing_in_the_chat(
    unit: Unit, room: Room, aigul: Person, account: Person, page: Client, watching: Running
) -> None:
    source = watched(unit, room, account, mode="off")
    address = reverse("watch:source", args=[source.public_id])
    page.post(reverse("watch:sample", args=[source.public_id]))
    event = room.send(aigul, ADVERT)
    watching.until(
        lambda: Message.objects.filter(standing="shadow").exists(), what="the message in shadow"
    )
    assert room.is_there(event)
    part = page.get(address, headers={"hx-request": "true"}).content.decode()
    assert "Осталось секунд" in part
    assert "<dt>Машина удалила бы</dt><dd>1</dd>" in part
    assert not Act.objects.exists()


def test_a_sample_needs_what_is_lawful(
    unit: Unit, room: Room, account: Person, page: Client
) -> None:
    source = sources.add_source(
        unit=unit,
        kind="matrix",
        chat_id=room.id,
        title="x",
        by=ADMINISTRATOR,
        **lawful(consent_by="", token=account.token, server=account.server.url),
    )
    page.post(reverse("watch:sample", args=[source.public_id]))
    assert Source.objects.get().mode == "off"


def test_our_bans_are_published_and_taken_back(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    page: Client,
    watching: Running,
    work_off: Callable[[], None],
    officer: Callable[[str], User],
) -> None:
    source = watched(unit, room, account, author_act="ban")
    page.post(reverse("watch:policy_lists"), {"way": "own", "account": source.bot_key})
    policy = PolicyList.objects.get()
    room.send(aigul, ADVERT)
    watching.until(lambda: Act.objects.filter(kind="ban", look="verified").exists(), what="the ban")
    work_off()
    public = Room(aigul, policy.room)
    aigul.ask("POST", f"/join/{policy.room}", {})
    rule = public.state(RULE, f"rule:{aigul.id}")
    assert (rule["entity"], rule["recommendation"]) == (aigul.id, "m.ban")
    assert "ст." in rule["reason"]
    assert ADVERT not in rule["reason"]
    officers.undo(decision=Decision.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert public.state(RULE, f"rule:{aigul.id}") == {}


def test_a_followed_list_informs_and_what_is_too_broad_is_refused(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    page: Client,
    watching: Running,
    work_off: Callable[[], None],
) -> None:
    source = watched(unit, room, account, mode="review")
    shared = room.owner.room("Чужой список")
    for entity in ("*", "@*:balqash.test", "@aigul-*:balqash.test", account.id):
        content = {"entity": entity, "reason": "спам", "recommendation": "m.ban"}
        shared.put_state(RULE, content, f"rule:{entity}")
    page.post(
        reverse("watch:policy_lists"),
        {"way": "followed", "account": source.bot_key, "address": shared.id},
    )
    work_off()
    rules = {rule["entity"]: rule["refused"] for rule in PolicyList.objects.get().rules}
    assert rules == {
        "*": "no_account",
        "@*:balqash.test": "local_too_broad",
        "@aigul-*:balqash.test": "",
        account.id: "hits_us",
    }
    room.send(aigul, ADVERT)
    watching.until(lambda: Message.objects.filter(standing="waiting").exists(), what="the queue")
    assert room.membership(aigul) == "join"
    shown = page.get(Message.objects.get().get_absolute_url()).content.decode()
    assert "Чужой список: спам" in shown
    assert "слишком широко" in page.get(reverse("watch:policy_lists")).content.decode()
