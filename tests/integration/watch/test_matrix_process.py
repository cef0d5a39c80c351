"""The real `tereze watch` before a real Synapse, killed in the middle."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.city import City, a_city, wait_until
from tests.integration.watch.test_process import SETTLED, UNIT
from tests.synapse import Person, Room, Synapse
from tests.watching import ADVERT, WARNING


@pytest.fixture
def city() -> Iterator[City]:
    with a_city(PYTHONPATH=str(Path(__file__).parents[3])) as made:
        made.python(UNIT)
        yield made


MATRIX_SOURCE = """
from tests.matrix import watched
from tests.synapse import Person, Room, Synapse
server = Synapse("%s", None)
watched(unit, Room(None, "%s"), Person(server, "%s", "%s"), author_act="ban")
"""


@pytest.mark.timeout(400)  # a homeserver and three starts of a process on a busy machine
def test_killed_again_and_again_it_loses_nothing_and_decides_once(
    city: City, synapse: Synapse, account: Person, room: Room
) -> None:
    city.environment["TEREZE_STANDINS"] = synapse.url.removeprefix("http://")
    city.python(UNIT + MATRIX_SOURCE % (synapse.url, room.id, account.id, account.token))
    people = [synapse.person("resident") for _ in range(5)]
    others_later = [synapse.person("resident") for _ in range(2)]  # nobody banned yet
    for person in [*people, *others_later]:
        person.ask("POST", f"/join/{room.id}", {})
    adverts = [room.send(person, f"{ADVERT} {number}") for number, person in enumerate(people)]
    others = [room.send(person, f"{WARNING} {number}") for number, person in enumerate(people)]
    for deaths in range(2):
        process = city.start("watch")
        wait_until(
            lambda least=deaths + 1: sum(not room.is_there(event) for event in adverts) >= least,
            what="some deletions",
            seconds=90,
        )
        process.kill()
        process.wait()
        adverts.append(room.send(others_later[deaths], f"{ADVERT} {deaths} пишите"))
    city.start("watch")
    wait_until(lambda: not any(map(room.is_there, adverts)), what="the rest", seconds=90)
    found = json.loads(city.python(SETTLED))
    assert found["open"] == 0
    assert sorted(found["messages"]) == sorted(adverts + others)
    assert sorted(found["blocked"]) == sorted(adverts)
    assert all(map(room.is_there, others))
    assert found["broken"] is None
    gone = {e["redacts"]: e["origin_server_ts"] for e in room.history() if e.get("redacts")}
    assert all(found["seals"][event] * 1000 < gone[event] for event in adverts)
