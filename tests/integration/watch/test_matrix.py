"""The wall against a real Synapse: what disappears, what stays, what is said and undone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.watch import sealing
from tereze.watch.models import Act, Decision, Message, Seal
from tests.integration.watch.conftest import Running
from tests.matrix import Person, Room, Synapse, running_synapse, watched
from tests.watching import ADVERT, STORY, WARNING


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"


@pytest.fixture(scope="module")
def synapse() -> Iterator[Synapse]:
    with running_synapse() as server:
        yield server


@pytest.fixture(autouse=True)
def door(synapse: Synapse, settings: Any) -> None:
    settings.ALLOWED_PRIVATE = [synapse.url.removeprefix("http://")]


@pytest.fixture
def bot(synapse: Synapse) -> Person:
    return synapse.person("tereze")


@pytest.fixture
def resident(synapse: Synapse) -> Person:
    return synapse.person("aigul")


@pytest.fixture
def room(synapse: Synapse, bot: Person, resident: Person) -> Room:
    made = synapse.person("owner").room("Балхаш объявления", bot, resident)
    made.promote(bot, 100)
    return made


def looked(kind: str = "delete", look: str = "verified") -> Callable[[], bool]:
    return lambda: Act.objects.filter(kind=kind, look=look).exists()


def standing(event: str, wanted: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=event, standing=wanted).exists()


def stored(event: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=event).exists()


def test_an_advert_disappears_and_warning_and_story_stay(
    unit: Unit, room: Room, resident: Person, bot: Person, watching: Running
) -> None:
    watched(unit, room, bot, author_act="none")
    advert = room.send(resident, ADVERT)
    warning, story = room.send(resident, WARNING), room.send(resident, STORY)
    watching.until(looked(), what="the look after the deletion")
    assert [room.is_there(event) for event in (advert, warning, story)] == [False, True, True]
    blocked = Message.objects.get(external_id=advert)
    assert (blocked.standing, blocked.state) == ("blocked", "looked")
    assert Seal.objects.get(message=blocked).content["text"]["text"] == ADVERT
    assert Decision.objects.blocking().count() == 1
    assert sealing.verify().broken_at is None
