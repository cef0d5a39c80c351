"""Telegram brings an ordinary message, an advert and a warning to our address. Whatever dies: what
we said yes to is read and decided once, sealed before it is deleted; what we did not answer is
brought again and is no second message."""

import asyncio
import json
from typing import Any

import pytest
from django.test import RequestFactory

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.detection import assess
from tereze.watch.actions import deliveries, sources
from tereze.watch.connectors.telegram.polling import Poller
from tereze.watch.models import Delivery, Message, Source
from tereze.watch.process import Watcher
from tereze.watch.views.deliveries import delivery
from tests.crash.conftest import Crash
from tests.crash.harness import World
from tests.crash.test_message import TEXTS, CleaningAChat
from tests.watching import ADMINISTRATOR, lawful


class BringingUpdates(CleaningAChat):
    def prepare(self) -> None:
        sources.add_source(
            unit=Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш"),
            kind="telegram",
            chat_id="-100500",
            title="Балхаш объявления",
            by=ADMINISTRATOR,
            **lawful(
                mode="automatic", token="1:a", threshold=0.85, language="ru",
                author_act="restrict", by_webhook=True,
            ),
        )  # fmt: skip

    def warm_up(self) -> None:
        for text in TEXTS.values():
            assess(text)
        RequestFactory()

    def live(self, world: World) -> None:
        source = Source.objects.select_related("unit").get()
        for number in TEXTS:
            world.once(f"brought {number}", lambda number=number: bring(source, number))  # type: ignore[misc]
        asyncio.run(read(source))
        world.work()
        world.move(3)
        world.work()
        world.move(11 * 60)
        world.work()
        world.move(24 * 3600)
        world.work()

    def after_death(self, world: World) -> None:
        kept = Delivery.objects.count() + Message.objects.count()
        assert kept >= sum(bool(world.noted(f"brought {number}")) for number in TEXTS)
        super().after_death(world)

    def after_recovery(self, world: World) -> None:
        assert not Delivery.objects.exists()
        super().after_recovery(world)


def bring(source: Source, number: str) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": deliveries.secret(source.bot_key)}
    request = RequestFactory().post(
        "/telegram/door/",
        json.dumps(update(number)),
        content_type="application/json",
        headers=headers,
    )
    assert delivery(request, deliveries.door_of(source.bot_key)).status_code == 200


def update(number: str) -> dict[str, Any]:
    seller = {"id": 77, "is_bot": False, "first_name": "Скупщик", "username": "drop_kz"}
    chat = {"id": -100500, "type": "supergroup", "title": "Балхаш объявления"}
    said = {
        "message_id": int(number),
        "date": int(now().timestamp()),
        "chat": chat,
        "from": seller,
        "text": TEXTS[number],
    }
    return {"update_id": 40 + int(number), "message": said}


async def read(source: Source) -> None:
    """What the watch process does with what was brought, until its acts are done."""
    watcher = Watcher()
    poller = Poller(None, [source], watcher)  # type: ignore[arg-type] # nothing is asked of the bot
    poller.own_id = 1
    while await Delivery.objects.aexists():
        await poller.turn()
    while watcher.acting:
        await asyncio.wait(watcher.acting)


SCENARIO = BringingUpdates()
SAMPLE = 60  # points in CI


@pytest.mark.timeout(420)
def test_what_was_brought_is_decided_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("delivery", SAMPLE)
    assert found["points"]["answer"] == len(TEXTS)
    assert found["points"]["call"] == 2 * 9
