from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.watch.actions import deciding, incoming, neighbours, sources
from tereze.watch.models import Message, Source
from tereze.watch.received import Author, Incoming
from tests.watching import ADMINISTRATOR, Time, lawful


Say = Callable[..., Message]
Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def source(unit: Unit) -> Source:
    return sources.add_source(
        unit=unit,
        kind="telegram",
        chat_id="-100500",
        title="Балхаш объявления",
        by=ADMINISTRATOR,
        **lawful(mode="automatic", token="1:a", threshold=0.85, language="ru"),
    )


@pytest.fixture
def say(source: Source) -> Say:
    """`say("text")`: a message taken in and decided, as the watch process does it."""
    count = iter(range(1, 10_000))

    def speak(text: str, **more: Any) -> Message:
        number = more.pop("id", None) or str(next(count))
        place = more.pop("source", source)
        item = Incoming(
            external_id=number,
            sent_at=now() - timedelta(seconds=1),
            text=text,
            author=more.pop("author", Author(id="77", name="Скупщик", username="drop_kz")),
            **more,
        )
        keys = incoming.take_in(batch=[(place, item)])
        deciding.decide_all(keys)
        neighbours.count_raids(batch=[(place, item)])
        return Message.objects.filter(source=place, external_id=number).latest("version")

    return speak


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
def lives(say: Say, time: Time) -> Callable[..., None]:
    """`lives(source, days=7)`: so many days pass in which something harmless is written there, with
    the service's own time beside it."""

    def live(source: Source, *, days: int, told: Callable[[], datetime] = time.now) -> None:
        say("Доброе утро, соседи!", source=source, told_at=told())
        for day in range(days):
            time.move(days=1)
            say(f"Доброе утро, соседи! День {day}", source=source, told_at=told())

    return live


@pytest.fixture
def shadowed(unit: Unit) -> Source:
    """A chat in shadow since a moment ago, without a verdict."""
    fields = lawful(mode="shadow", token="1:a", threshold=0.85, language="ru", earlier=None)
    return sources.add_source(
        unit=unit, kind="telegram", chat_id="-7", title="Новый", by=ADMINISTRATOR, **fields
    )


@pytest.fixture
def it(officer: Officer) -> Client:
    client = Client(headers={"Accept-Language": "ru"})
    client.force_login(officer(Role.IT_SPECIALIST), backend=BACKEND)
    return client


def in_the_database(table: str, key: int, **values: Any) -> None:
    """Past the program: plain SQL, as somebody with the file would do it."""
    names = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {names} WHERE id = %s", [*values.values(), key])  # noqa: S608 - our own names
