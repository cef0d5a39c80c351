"""An advert in a picture reaches a chat that the machine may clean. Whatever dies between its coming
and its deletion: it is fetched and read again, decided once, and deleted only after the picture itself
was sealed."""

import asyncio
from datetime import datetime

import pytest

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.detection import assess
from tereze.watch import picturing, sealing
from tereze.watch.actions import sources
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import NotThereError, Target
from tereze.watch.connectors.telegram import Telegram
from tereze.watch.models import Act, Decision, Message, MessagePicture, Seal, Source
from tereze.watch.pictures import Picture
from tereze.watch.process import Watcher
from tereze.watch.received import Author, File, Incoming
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.watching import ADMINISTRATOR, ADVERT, lawful


FILE = b"a picture"
UPDATE = 41
SELLER = Author(id="77", name="Скупщик", username="drop_kz")


class AnAdvertInAPicture:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        sources.add_source(
            unit=unit,
            kind="telegram",
            chat_id="-100500",
            title="Балхаш объявления",
            by=ADMINISTRATOR,
            **lawful(mode="automatic", token="1:a", threshold=0.85, author_act="none"),
        )

    def warm_up(self) -> None:
        assess(ADVERT)

    def install(self, world: World) -> None:
        class Service(Telegram):
            def hands(self, source: Source) -> "Hands":
                return Hands(world)

        CONNECTORS["telegram"] = Service()
        picturing.read_bytes = lambda data: Picture(text=ADVERT, shown=b"JPEG")

    def live(self, world: World) -> None:
        source = Source.objects.select_related("unit").get()
        if source.cursor < UPDATE:  # the service gives again what was not confirmed
            asyncio.run(watch(source))
            world.answered("confirmed")
        world.work()
        world.move(3)
        world.work()
        world.move(60)
        world.work()

    def after_death(self, world: World) -> None:
        if world.noted("confirmed"):
            assert MessagePicture.objects.count() == 1
        if world.noted("delete"):
            copy = Seal.objects.get(picture__isnull=False)
            assert sealing.unwrapped(copy.content["picture"]["kept"]) == FILE
        assert Decision.objects.count() <= 1
        assert sealing.verify().broken_at is None

    def after_recovery(self, world: World) -> None:
        picture = MessagePicture.objects.get()
        assert (picture.state, picture.author, picture.text) == ("read", None, ADVERT)
        message = Message.objects.get()
        assert (message.standing, message.trouble) == ("blocked", "")
        assert message.author is not None
        act = Act.objects.get()
        assert (act.kind, act.look) == ("delete", "not_found")
        assert sealing.verify() == sealing.Chain(2)
        journal_is_whole()


async def watch(source: Source) -> None:
    item = Incoming(
        external_id="2",
        sent_at=now(),
        author=SELLER,
        media="photo",
        pictures=(File(name="u", file="id-u"),),
    )
    await Watcher().take_in([(source, item)], {source.pk: UPDATE})


class Hands:
    def __init__(self, world: World) -> None:
        self.world = world

    async def fetch(self, file: str, most: int) -> bytes:
        with self.world.call("a file"):
            return FILE

    async def delete(self, target: Target) -> None:
        with self.world.call("a deletion"):
            gone = bool(self.world.noted("delete"))
            self.world.note("delete", message=target.message)
        if gone:
            raise NotThereError("message to delete not found")

    async def restrict(self, target: Target, until: datetime | None) -> None:
        raise AssertionError("nobody asked for that")

    async def post(self, text: str) -> str:
        return "100"

    async def look(self, kind: str, target: Target) -> bool:
        raise NotThereError("message to delete not found")

    async def close(self) -> None:
        """Nothing is open."""


SCENARIO = AnAdvertInAPicture()


@pytest.mark.timeout(420)
def test_a_picture_is_judged_once_and_sealed_before_the_deletion_wherever_it_dies(
    crash: Crash,
) -> None:
    found = crash("picture")
    assert found["points"]["call"] == 2 * 2  # its file, its deletion
    assert found["points"]["file"] >= 4  # the file and the copy that is shown
