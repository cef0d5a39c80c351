"""A service whose clock is not ours: said on the wall, both ways, and gone when it is set right."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.watch.models import Message, Source
from tests import matrix
from tests.integration.watch.conftest import Running
from tests.synapse import Person, Room, Synapse
from tests.watching import Chat, StandIn, Time, watched


pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"


def health(source: Source) -> tuple[str, str]:
    found = Source.objects.get(pk=source.pk)
    return found.health, found.health_reason


def becomes(source: Source, *wanted: str) -> Callable[[], bool]:
    return lambda: health(source) == wanted


@pytest.mark.parametrize(
    ("seconds", "reason", "words"),
    [(600, "clock_ahead", "спешат на 600 с"), (-600, "clock_behind", "отстают на")],
)
def test_messages_dated_by_another_clock_than_ours(
    seconds: int,
    reason: str,
    words: str,
    unit: Unit,
    chat: Chat,
    resident: int,
    standin: StandIn,
    watching: Running,
    chief: User,
    client: Client,
) -> None:
    source = watched(unit, chat)
    watching.until(becomes(source, "ok", ""), what="sight")
    standin.ask("POST", "/clock", seconds=seconds)

    def write_until_told() -> bool:
        """One message after the other, as people write them."""
        if Message.objects.count() == len(chat.messages()):
            chat.post(resident, f"{HARMLESS} {len(chat.messages())}")
        return health(source) == ("blind", reason)

    watching.until(write_until_told, what="the doubt")
    client.force_login(chief)
    wall = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert "проверьте часы нашего сервера" in wall
    page = client.get(source.get_absolute_url(), headers={"Accept-Language": "ru"})
    assert words in page.content.decode()


@pytest.fixture
def server(synapse: Synapse, settings: Any) -> Iterator[None]:
    settings.ALLOWED_PRIVATE = [synapse.url.removeprefix("http://")]
    return


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("hours", "reason"), [(2, "clock_behind"), (-2, "clock_ahead")])
def test_our_own_clock_set_wrong_is_told_by_a_matrix_server(
    hours: int,
    reason: str,
    unit: Unit,
    room: Room,
    account: Person,
    aigul: Person,
    watching: Running,
    time: Time,
) -> None:
    source = matrix.watched(unit, room, account)
    Source.objects.update(notice_at=source.created_at.replace(year=2020), consent_at=source.notice_at.replace(year=2020))  # type: ignore[union-attr] # fmt: skip
    watching.until(becomes(source, "ok", ""), what="sight")
    time.move(hours=hours)
    watching.until(becomes(source, "blind", reason), what="the doubt")
    time.move(hours=-hours)
    watching.until(becomes(source, "ok", ""), what="sight again")


@pytest.mark.usefixtures("server")
def test_people_of_our_own_server_show_its_clock_and_those_of_others_do_not(
    unit: Unit, room: Room, account: Person, aigul: Person, watching: Running
) -> None:
    source = matrix.watched(unit, room, account)
    watching.until(becomes(source, "ok", ""), what="sight")
    event = room.send(aigul, HARMLESS)
    watching.until(lambda: Message.objects.filter(external_id=event).exists(), what="a message")
    assert Source.objects.get().skew == 0
