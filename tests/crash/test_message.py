"""An advert, a police warning and an ordinary question reach a chat that the machine may clean.
Whatever dies: decided once, sealed before anything is done, nothing done to the other two, and
the chat is told; at most one notice stands there twice; and what was restricted ends."""

import asyncio
from datetime import datetime

import pytest

from tereze.accounts.models import Unit
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.detection import assess
from tereze.watch import sealing
from tereze.watch.actions import sources
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import NotThereError, Target
from tereze.watch.connectors.telegram import Telegram
from tereze.watch.models import Act, Decision, Message, Notice, Seal, Source
from tereze.watch.process import Watcher
from tereze.watch.received import Author, Incoming
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.watching import ADMINISTRATOR, ADVERT, WARNING, lawful


HARMLESS = "Всем доброе утро! До скольки сегодня работает ЦОН?"
TEXTS = {"1": HARMLESS, "2": ADVERT, "3": WARNING}
UPDATE = 41  # the number of the last update the service gave us
SELLER = Author(id="77", name="Скупщик", username="drop_kz")


class CleaningAChat:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        sources.add_source(
            unit=unit,
            kind="telegram",
            chat_id="-100500",
            title="Балхаш объявления",
            by=ADMINISTRATOR,
            **lawful(
                mode="automatic", token="1:a", threshold=0.85, language="ru", author_act="restrict"
            ),
        )

    def warm_up(self) -> None:
        for text in TEXTS.values():
            assess(text)

    def install(self, world: World) -> None:
        class Service(Telegram):
            def hands(self, source: Source) -> "Hands":
                return Hands(world)

        CONNECTORS["telegram"] = Service()

    def live(self, world: World) -> None:
        source = Source.objects.select_related("unit").get()
        if source.cursor < UPDATE:  # the service gives again what was not confirmed
            asyncio.run(watch(source))
            world.answered("confirmed")
        world.work()
        world.move(3)  # what happens together is told together
        world.work()
        if not world.recovering:
            assert Message.objects.get(external_id="2").state == "told"
        world.move(11 * 60)  # and the notice goes again
        world.work()
        world.move(24 * 3600)  # and the author may speak again
        world.work()

    def after_death(self, world: World) -> None:
        if world.noted("confirmed"):
            assert Message.objects.count() == len(TEXTS)
        for act in [*world.noted("delete"), *world.noted("restrict")]:
            if act["message"] in TEXTS:
                seal = Seal.objects.get(message__external_id=act["message"])
                assert seal.content["text"]["text"] == TEXTS[act["message"]]
        if world.noted("post"):
            act = Act.objects.get(kind="delete")
            assert act.look != ""
        assert sealing.verify().broken_at is None

    def after_recovery(self, world: World) -> None:
        found = dict(Message.objects.values_list("external_id", "standing"))
        assert found == {"1": "quiet", "2": "blocked", "3": "quiet"}
        advert = Message.objects.get(external_id="2")
        assert (advert.state, advert.trouble) == ("told", "")
        assert Decision.objects.get().message == advert
        assert Seal.objects.get().message == advert
        assert sealing.verify().seals == 1
        acts = {act.kind: (act.state, act.look) for act in Act.objects.all()}
        assert acts.pop("restrict") == ("done", "verified")
        assert acts.pop("unrestrict") == ("done", "verified")
        assert acts.pop("delete") in {("done", "not_found"), ("gone", "not_found")}
        assert not acts
        posts = world.noted("post")
        touched = {act["message"] for act in [*world.noted("delete"), *world.noted("restrict")]}
        assert "2" in touched
        assert touched <= {"2", *(post["id"] for post in posts)}
        assert 1 <= len(posts) <= 2, posts
        assert len({post["text"] for post in posts}) == 1, posts
        notice = Notice.objects.get()
        assert (notice.state, notice.external_id) == ("removed", posts[-1]["id"])
        for kind in ("message.blocked", "notice.sent", "act.ended"):
            assert AuditEvent.objects.filter(kind=kind).count() == 1
        journal_is_whole()


async def watch(source: Source) -> None:
    """What the watch process does with one answer of the service, until its acts are done."""
    batch = [
        (source, Incoming(external_id=number, sent_at=now(), text=text, author=SELLER))
        for number, text in TEXTS.items()
    ]
    watcher = Watcher()
    await watcher.take_in(batch, {source.pk: UPDATE})
    while watcher.acting:
        await asyncio.wait(watcher.acting)


class Hands:
    """What the service does for us and remembers, whoever of us dies."""

    def __init__(self, world: World) -> None:
        self.world = world

    def is_gone(self, message: str) -> bool:
        return any(act["message"] == message for act in self.world.noted("delete"))

    async def delete(self, target: Target) -> None:
        with self.world.call("a deletion"):
            gone = self.is_gone(target.message)
            self.world.note("delete", message=target.message)
        if gone:
            raise NotThereError("message to delete not found")

    async def restrict(self, target: Target, until: datetime | None) -> None:
        with self.world.call("a restriction"):
            self.world.note("restrict", message=target.message, author=target.author)

    async def unrestrict(self, target: Target) -> None:
        with self.world.call("an end"):
            self.world.note("unrestrict", author=target.author)

    async def post(self, text: str) -> str:
        with self.world.call("a notice"):
            number = str(100 + len(self.world.noted("post")))
            self.world.note("post", id=number, text=text)
        return number

    async def look(self, kind: str, target: Target) -> bool:
        with self.world.call("a look"):
            if kind == "delete" and self.is_gone(target.message):
                raise NotThereError("message to delete not found")
            return bool(self.world.noted(kind))

    async def close(self) -> None:
        """Nothing is open."""


SCENARIO = CleaningAChat()


@pytest.mark.timeout(420)
def test_a_message_is_decided_once_and_sealed_first_wherever_it_dies(crash: Crash) -> None:
    found = crash("message")
    # deletion, restriction, a look at each, the notice, its removal; a day later a look whether the
    # restriction has ended by itself, its end, a look at that
    assert found["points"]["call"] == 2 * 9
    assert found["points"]["commit"] >= 12
