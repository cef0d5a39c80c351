"""An advert appears under the news of a site; an officer asks its owner to remove it. Whatever
dies: the comment is one message however often the page is read, decided once and sealed before the
owner is asked, and asked about once."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.core import due
from tereze.core.clock import now
from tereze.detection import assess
from tereze.disruption.models import Request
from tereze.watch import sealing
from tereze.watch.actions import officers, web
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import Answer
from tereze.watch.connectors.feeds.polling import Poller
from tereze.watch.models import Decision, Message, Seal, Source, WebPlace
from tereze.watch.process import Watcher
from tereze.watch.webreading import apart
from tereze.watch.webreading.found import Sheet
from tereze.watch.work import LANE
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.watching import ADMINISTRATOR, ADVERT, lawful
from tests.websites import comment, page


ADDRESS = "https://news.example.kz/water"
LATER = "2099-01-01T00:00:00+05:00"  # after the watching began
PAGE = page(
    comment(1, "Когда включат воду?", at=LATER),
    comment(2, f"{ADVERT}, писать в личку", author="Скупщик", at=LATER),
)
RECIPE = {
    "comment": ".comment-list .comment",
    "text": ".comment-content",
    "author": ".fn",
    "time": "time@datetime",
}


class WatchingASite:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        User.objects.create_user(
            username="chief", password=None, name="Ахметова", role="chief", unit=unit
        )
        given = {**lawful(), "mode": "review", "language": "ru"}
        del given["earlier"]
        web.add_web_source(
            unit=unit,
            kind="page",
            address=ADDRESS,
            title="Новости",
            recipe=RECIPE,
            found=0,
            by=ADMINISTRATOR,
            **given,
        )

    def warm_up(self) -> None:
        assess(ADVERT)

    def install(self, world: World) -> None:
        async def get(url: str, **_validators: Any) -> Answer:
            with world.call("a visit"):
                world.note("visit", url=url)
            return Answer(url=url, headers={"content-type": "text/html"}, body=PAGE.encode())

        def read(body: bytes, *, at: datetime, **job: Any) -> Sheet:
            """Here and not in a process of its own, which would take most of the time."""
            return Sheet.from_json(apart.answer({**job, "at": at.isoformat()}, body))

        manners.get = get  # type: ignore[assignment]
        apart.read = read  # type: ignore[assignment]
        # the proof of a request and its looks are tried in its own scenario
        due.HANDLERS[:] = [task for task in due.HANDLERS if task.lane == LANE]

    def live(self, world: World) -> None:
        source = Source.objects.select_related("unit").get()
        WebPlace.objects.update(next_at=now())  # its time has come, again after a death
        asyncio.run(look(source))
        world.work()
        waiting = Message.objects.filter(standing="waiting").first()
        if waiting is not None:
            officers.ask_owner(message=waiting, by=User.objects.get())
        world.answered("asked")
        world.move(11 * 60)
        asyncio.run(look(source))

    def after_death(self, world: World) -> None:
        if Request.objects.exists():
            assert Seal.objects.get().message == Decision.objects.get().message
        assert sealing.verify().broken_at is None

    def after_recovery(self, world: World) -> None:
        found = dict(Message.objects.values_list("external_id", "standing"))
        assert found == {"comment-1": "quiet", "comment-2": "requested"}
        assert Decision.objects.get().message.external_id == "comment-2"
        assert Seal.objects.count() == 1
        request = Request.objects.get()
        assert (request.kind, request.asked) == ("delete_message", 1)
        assert AuditEvent.objects.filter(kind="message.owner_asked").count() == 1
        assert len(world.noted("visit")) >= 2
        journal_is_whole()


async def look(source: Source) -> None:
    watcher = Watcher()
    poller = Poller([source], watcher)
    for place in await sync_to_async(web.due)([source], now()):
        await poller.look(source, place)


SCENARIO = WatchingASite()
SAMPLE = 60  # points in CI


@pytest.mark.timeout(420)
def test_a_comment_is_asked_about_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("feed", SAMPLE)
    assert found["points"]["call"] >= 2 * 2
