"""The watch over several machines: a real cluster, real processes, faults in the middle of things."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.js import JetStreamContext

from tereze.watch.stream import cluster as ours
from tereze.watch.stream.cluster import CONSUMER, SUBJECT, connected, prepared
from tests.city import City, a_city, free_port, wait_until
from tests.cluster import Cluster, running_cluster
from tests.streaming import CUT_OFF, KILLED, LEADER, WATCH, ZOMBIE, Scene, state, wrong_with


EACH = 50  # messages while one thing goes wrong
RATE = 10.0
WALL = """
import json
from tereze.core.readiness import checks
from tereze.watch.models import Source, StreamState
row = StreamState.objects.filter(pk=1).first()
print(json.dumps({
    "ready": checks()["stream"],
    "health": Source.objects.get().health_reason,
    "row": [row.waiting, row.workers, row.dead, row.trouble] if row else [],
}))
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture
def city(cluster: Cluster) -> Iterator[City]:
    with a_city(TEREZE_STREAM_URL=cluster.url, TEREZE_WATCH_UNIT_HOURLY="10000") as made:
        yield made


@pytest.fixture
def scene(city: City, cluster: Cluster, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(city, cluster, tmp_path, share=0.2)
    yield made
    city.stop()
    made.close()


@pytest.mark.timeout(600)
def test_whatever_dies_each_message_is_decided_once(scene: Scene) -> None:
    scene.start()
    for fault in (LEADER, KILLED, ZOMBIE, CUT_OFF, WATCH):
        scene.under(fault, EACH, RATE)
    assert wrong_with(scene) == {}
    after = state(scene.city)
    assert (after["pending"], after["ack_pending"], after["dead"], after["consumers"]) == (
        0,
        0,
        0,
        1,
    )


@pytest.mark.timeout(400)
def test_without_workers_the_wall_says_so_and_nothing_is_lost(scene: Scene) -> None:
    scene.start()
    for worker in scene.workers:
        worker.process.send_signal(signal.SIGTERM)
        worker.process.wait(timeout=60)
    scene.post(20, 100)

    def nobody_decides() -> bool:  # the chat and the house learn it a moment apart
        told = seen(scene.city)
        alarm = told["ready"].startswith("20 messages wait in the stream, 0 workers")
        return alarm and told["health"] == "stream_late"

    wait_until(nobody_decides, what="the wall to say that nobody decides", seconds=120)
    shown = scene.city.run("stream").stdout
    assert "Поток отстаёт" in shown
    assert "пропал" in shown
    scene.workers[0].start()
    wait_until(scene.is_through, what="all of it", seconds=120)
    assert wrong_with(scene) == {}
    wait_until(lambda: seen(scene.city)["health"] == "", what="the wall to be calm", seconds=120)


def seen(city: City) -> dict[str, Any]:
    return dict(json.loads(city.python(WALL)))


@pytest.mark.timeout(400)
def test_what_no_worker_can_read_waits_for_a_person(
    scene: Scene, cluster: Cluster, settings: Any
) -> None:
    """It holds up nobody, is shown, and comes back when somebody asks for it."""
    settings.STREAM_URL = cluster.url
    scene.start()

    async def put(js: JetStreamContext) -> None:
        await js.publish(SUBJECT, b"nonsense", headers={"Nats-Msg-Id": "nonsense"})

    in_the_cluster(put)
    scene.post(20, 100)
    wait_until(scene.is_through, what="the others", seconds=120)
    wait_until(lambda: state(scene.city)["dead"] == 1, what="it to be given up", seconds=120)
    told = scene.city.run("stream")
    assert "tereze stream retry" in told.stdout
    assert wrong_with(scene) == {}
    assert "1" in scene.city.run("stream", "retry").stdout
    wait_until(lambda: state(scene.city)["dead"] == 0, what="it to be put back", seconds=60)
    in_the_cluster(empty)


async def empty(js: JetStreamContext) -> None:
    await js.purge_stream(ours.STREAM)
    await js.purge_stream(ours.DEAD)


def in_the_cluster(do: Callable[[JetStreamContext], Awaitable[None]]) -> None:
    async def run() -> None:
        async with connected() as client:
            await do(await prepared(client))

    asyncio.run(run())


def test_what_is_kept_in_the_cluster(cluster: Cluster, settings: Any) -> None:
    settings.STREAM_URL = cluster.url

    async def look(js: JetStreamContext) -> None:
        info = await js.stream_info(ours.STREAM)
        assert info.config.num_replicas == 3
        assert info.config.storage == "file"
        consumer = await js.consumer_info(ours.STREAM, CONSUMER)
        assert consumer.config.ack_wait == ours.ACK_WAIT

    in_the_cluster(look)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ru_RU.UTF-8", "не отвечает"),
        ("kk_KZ.UTF-8", "жауап бермейді"),
        ("en_US.UTF-8", "not answer"),
    ],
)
def test_nobody_is_there(language: str, says: str) -> None:
    with a_city(TEREZE_STREAM_URL=f"nats://127.0.0.1:{free_port()}", LC_ALL=language) as city:
        for command in (["stream"], ["stream", "work"], ["watch"]):
            done = city.run(*command)
            assert done.returncode == 1
            assert says in done.stderr
            assert "Traceback" not in done.stderr


def test_a_single_node_keeps_no_three_copies() -> None:
    with running_cluster(size=1) as one, a_city(TEREZE_STREAM_URL=one.url) as city:
        refused = city.run("stream")
        assert refused.returncode == 1
        assert "TEREZE_STREAM_REPLICAS" in refused.stderr
        city.environment["TEREZE_STREAM_REPLICAS"] = "1"
        assert city.run("stream").returncode == 0
