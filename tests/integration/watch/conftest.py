import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from tereze.core import due
from tereze.demo.standins.botapi import create_app
from tereze.demo.standins.serving import running
from tereze.watch.actions import acting
from tereze.watch.process import Watcher
from tests.synapse import Person, Room, Synapse, running_synapse
from tests.watching import Chat, StandIn, Time
from tests.websites import Website, running_website


class Running:
    """A watcher on the test's own connection, for as long as a condition does not hold."""

    def until(self, condition: Callable[[], Any], *, what: str, seconds: float = 60) -> Any:
        return async_to_sync(self.watch)(condition, what, seconds)

    async def watch(self, condition: Callable[[], Any], what: str, seconds: float) -> Any:
        stop: list[bool] = []
        watcher = asyncio.create_task(Watcher().run(stop))  # type: ignore[arg-type] # truth is all it asks
        try:
            async with asyncio.timeout(seconds):
                while not (result := await sync_to_async(condition)()):
                    if watcher.done():
                        watcher.result()
                    await asyncio.sleep(0.02)
                return result
        except TimeoutError:
            raise AssertionError(f"waited {seconds:.0f} s for {what}") from None
        finally:
            stop.append(True)
            await watcher


@pytest.fixture
def standin(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    with running(create_app(tmp_path)) as url:
        settings.ALLOWED_PRIVATE = [url.removeprefix("http://")]
        yield StandIn(url)


@pytest.fixture
def site(settings: Any) -> Iterator[Website]:
    """Of the web, with pages and feeds; nobody waits for a turn there."""
    with running_website() as found:
        settings.ALLOWED_PRIVATE = [found.host]
        settings.WATCH_PACE = 0.0
        yield found


@pytest.fixture
def bot(standin: StandIn) -> int:
    return standin.bot()


@pytest.fixture
def resident(standin: StandIn) -> int:
    return standin.resident("Айгүл")


@pytest.fixture
def chat(standin: StandIn, bot: int, resident: int) -> Chat:
    return standin.chat("Балхаш объявления", bot=bot, members=[resident])


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setattr("tereze.watch.process.REFRESH", 0.1)
    return Running()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
def work_off() -> Callable[[], None]:
    """Everything due now, as the watch process does it beside its reading."""

    def run() -> None:
        acting.bring_forward()
        due.run_until_idle()

    return run


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    with running_synapse() as server:
        yield server


@pytest.fixture
def account(synapse: Synapse) -> Person:
    """Ours on the Matrix server."""
    return synapse.person("tereze")


@pytest.fixture
def aigul(synapse: Synapse) -> Person:
    return synapse.person("aigul")


@pytest.fixture
def room(synapse: Synapse, account: Person, aigul: Person) -> Room:
    made = synapse.person("owner").room("Балхаш объявления", account, aigul)
    made.promote(account, 100)
    return made
