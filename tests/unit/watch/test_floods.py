"""A flood of blocks stops the machine, and somebody is called."""

import html
import re

import pytest
from django.test import Client

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.watch.actions import calling, deciding, shifts, sources
from tereze.watch.models import Call, Message, Source
from tests.unit.watch.conftest import BACKEND, Officer, Say
from tests.watching import ADMINISTRATOR, ADVERT, Time, lawful


@pytest.mark.django_db
def test_whoever_came_is_called_again_by_the_next_flood_and_not_by_its_every_message(
    say: Say, source: Source, officer: Officer, time: Time
) -> None:
    chief = officer(Role.CHIEF)
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=1)

    def flood(number: int) -> int:
        for word in range(4):
            say(f"{ADVERT}, пишите {number} {word}")
            for call in Call.objects.open():
                calling.take(call=call, by=chief)
        return Call.objects.count()

    assert flood(1) == 1
    time.move(minutes=1)
    sources.let_go_on(sources=[source], by=chief.actor)
    time.move(minutes=1)
    assert flood(2) == 2
    time.move(hours=1)
    assert flood(3) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("is_on_duty", [True, False])
def test_where_there_is_no_chief_somebody_is_called_all_the_same(
    is_on_duty: bool, say: Say, source: Source, officer: Officer
) -> None:
    able = officer(Role.DUTY_OFFICER)
    if is_on_duty:
        shifts.begin(by=able)
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=1)
    for number in range(2):
        say(f"{ADVERT}, пишите {number}")
    assert Call.objects.get().person == able


@pytest.mark.django_db
def test_a_flood_stops_the_machine_and_calls_the_person_named(
    say: Say, source: Source, officer: Officer, time: Time, client: Client
) -> None:
    named, chief = officer(Role.DUTY_OFFICER), officer(Role.CHIEF)
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=2, on_call=named)
    for number in range(5):
        say(f"{ADVERT}, пишите {number}")
    assert Message.objects.filter(standing="blocked").count() == 2
    assert [call.person for call in Call.objects.all()] == [named]
    time.move(minutes=16)
    due.run_until_idle()
    assert [(c.person, c.to_chief) for c in Call.objects.order_by("pk")] == [
        (named, False),
        (chief, True),
    ]
    client.force_login(named, backend=BACKEND)
    assert source.title in client.get("/desk/wall/calls/").content.decode()
    client.post(f"/desk/wall/calls/{Call.objects.get(person=named).public_id}/take/")
    assert not Call.objects.open().exists()
    client.post("/desk/wall/go-on/", {"chats": source.public_id})
    assert say(f"{ADVERT}, пишите ещё").standing == "blocked"


@pytest.mark.django_db
def test_many_halted_chats_are_one_line_and_one_call_and_one_key_lets_those_shown_go_on(
    unit: Unit, say: Say, officer: Officer, client: Client
) -> None:
    def flood(chats: list[Source]) -> None:
        for source in chats:
            say(f"{ADVERT}, пишите", source=source)
            say(f"{ADVERT}, пишите ещё", source=source)

    chats = [
        sources.add_source(
            unit=unit, kind="telegram", chat_id=f"-{n}", title=f"Двор {n}", by=ADMINISTRATOR,
            **lawful(mode="automatic", token="1:a", hourly_limit=1, author_act="none"),
        )
        for n in range(9)
    ]  # fmt: skip
    flood(chats[:8])
    client.force_login(officer(Role.CHIEF), backend=BACKEND)
    flood(chats[:8])  # now there is a chief to be called
    page = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert page.count("МАШИНА ОСТАНОВИЛАСЬ: за час удалено публикаций – 8") == 1
    assert "и ещё 3" in page
    calls = client.get("/desk/wall/calls/").content.decode()
    assert calls.count("/take/") == 1
    shown = str(re.search('"chats": "(.+?)"', html.unescape(page))[1])  # type: ignore[index]
    flood(chats[8:])  # halted after the page was drawn
    client.post("/desk/wall/go-on/", {"chats": f"{shown} nonsense"})
    assert deciding.halted(chats) == chats[8:]
    assert not Call.objects.open().exclude(source=chats[8]).exists()
    say(f"{ADVERT}, опять", source=chats[0])
    before = Source.objects.get(pk=chats[1].pk).counted_from
    client.post("/desk/wall/go-on/", {"chats": shown})  # a second press, or an old screen
    assert Source.objects.get(pk=chats[1].pk).counted_from == before


@pytest.mark.django_db
def test_nobody_named_calls_the_chief_and_all_chats_together_have_a_limit(
    say: Say, officer: Officer, settings: object
) -> None:
    chief = officer(Role.CHIEF)
    settings.WATCH_UNIT_HOURLY = 1  # type: ignore[attr-defined]
    assert [say(f"{ADVERT}, пишите {n}").standing for n in range(2)] == ["blocked", "waiting"]
    assert Call.objects.get().person == chief


@pytest.mark.django_db
def test_a_call_is_nobody_elses(say: Say, source: Source, officer: Officer, client: Client) -> None:
    officer(Role.CHIEF)
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=1)
    say(f"{ADVERT}, пишите 1")
    say(f"{ADVERT}, пишите 2")
    client.force_login(officer(Role.DISPATCHER), backend=BACKEND)
    address = f"/desk/wall/calls/{Call.objects.get().public_id}/take/"
    assert client.post(address).status_code == 404
    assert client.post("/desk/wall/go-on/", {"chats": source.public_id}).status_code == 403
