"""What travels through the stream, and what is said when it cannot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.core.encryption import WrongKeyError
from tereze.core.readiness import checks
from tereze.watch.models import Source, StreamState
from tereze.watch.received import Author, File, Incoming
from tereze.watch.stream import cluster
from tereze.watch.stream.errors import StreamError
from tereze.watch.stream.packing import name_of, packed, unpacked
from tereze.watch.stream.state import AtWork, State


TIMES = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(max_size=40)
FILES = st.builds(File, name=WORDS, file=WORDS, album=WORDS)
AUTHORS = st.builds(Author, id=WORDS, name=WORDS, username=WORDS, kind=WORDS)
ITEMS = st.builds(
    Incoming,
    external_id=WORDS,
    sent_at=TIMES,
    author=st.none() | AUTHORS,
    text=WORDS,
    caption=WORDS,
    quoted=WORDS,
    is_foreign=st.booleans(),
    media=WORDS,
    pictures=st.lists(FILES, max_size=3).map(tuple),
    profile=WORDS,
    link=WORDS,
    version_id=WORDS,
    edited_at=st.none() | TIMES,
    album=st.lists(WORDS, max_size=3).map(tuple),
    is_passing=st.booleans(),
    more=st.dictionaries(WORDS, WORDS | st.integers() | st.booleans(), max_size=3),
)
MESSAGE = Incoming(external_id="7", sent_at=datetime(2026, 11, 28, tzinfo=UTC), text="Куплю карту")


@given(ITEMS)
def test_whatever_a_connector_reads_arrives_as_it_was(item: Incoming) -> None:
    number, arrived = unpacked(packed(Source(pk=5), item))
    assert (number, arrived) == (5, item)
    assert (arrived.revision, arrived.parts) == (item.revision, item.parts)


def test_nobody_reads_the_disks_of_the_cluster(settings: Any) -> None:
    data = packed(Source(pk=5), MESSAGE)
    assert "Куплю".encode() not in data
    settings.DATA_KEYS = [bytes(32)]
    with pytest.raises(WrongKeyError):
        unpacked(data)


def test_a_message_has_one_name_and_each_version_its_own() -> None:
    source = Source(pk=5)
    edited = Incoming(
        external_id="7", sent_at=MESSAGE.sent_at, edited_at=MESSAGE.sent_at, text="Продам"
    )
    assert name_of(source, MESSAGE) == name_of(source, MESSAGE)
    names = {name_of(source, MESSAGE), name_of(source, edited), name_of(Source(pk=6), MESSAGE)}
    assert len(names) == 3
    assert not any(name == "7" for name in names)


@pytest.mark.parametrize(
    "address",
    [
        "nats://one:4222",
        "nats://one:4222, tls://two.example.kz:4222,nats://10.0.0.3",
        "nats://name:secret@one:4222",
        "nats://[fd00::1]:4222",
    ],
)
def test_addresses_of_a_cluster(settings: Any, address: str) -> None:
    settings.STREAM_URL = address
    assert len(cluster.addresses()) == address.count(",") + 1


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://one:4222", "http://one:4222"),
        ("one:4222", "one:4222"),
        ("nats://", "nats://"),
        ("nats://one:99999", "nats://one:99999"),
        ("nats://one:port", "nats://one:port"),
        ("nats://one:4222 nats://two:4222", "nats://one:4222 nats://two:4222"),
        ("nats://one:4222,redis://me:hush@two", "redis://…@two"),
    ],
)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_wrong_address_is_named_without_its_password(
    settings: Any, address: str, shown: str, language: str
) -> None:
    settings.STREAM_URL = address
    with translation.override(language), pytest.raises(StreamError) as wrong:
        cluster.addresses()
    with translation.override(language):
        said = str(wrong.value)
    assert shown in said
    assert "hush" not in said
    how = {"ru": "через запятую", "kk": "үтірмен", "en": "commas between"}
    assert how[language] in said


def at_work(at: datetime) -> AtWork:
    return AtWork(name="a", since=at, at=at, done=1, dead=0, acting=0)


def test_when_a_stream_is_behind() -> None:
    """Nothing waits; something waits and is worked on; for too long; with nobody there."""
    here = [at_work(datetime.now(UTC))]
    gone = [at_work(datetime(2026, 11, 1, tzinfo=UTC))]
    table = [
        (State(), False),
        (State(workers=gone), False),
        (State(pending=900, oldest=3, workers=here), False),
        (State(ack_pending=1, oldest=61, workers=here), True),
        (State(pending=1, oldest=3, workers=gone), True),
        (State(pending=1, oldest=3), True),
    ]
    assert [state.is_late for state, _late in table] == [late for _state, late in table]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "shown", "ready"),
    [
        ({}, [], "ok"),
        ({"waiting": 5, "workers": 2}, [], "ok"),
        (
            {"waiting": 412, "workers": 0, "oldest": 75.4, "trouble": "stream_late"},
            ["ПОТОК ОТСТАЁТ", "412", "75"],
            "412 messages wait in the stream, 0 workers, 0 given up",
        ),
        (
            {"dead": 3},
            ["не справились: 3", "tereze stream retry"],
            "0 messages wait in the stream, 0 workers, 3 given up",
        ),
        ({"dead": 3, "trouble": "stream_late", "at": now() - timedelta(minutes=5)}, [], "ok"),
    ],
)
def test_the_wall_says_when_the_stream_is_behind(
    client: Client,
    officer: Callable[[str], User],
    facts: dict[str, Any],
    shown: list[str],
    ready: str,
) -> None:
    """And says nothing of a look that is old: then the watch process is gone, which is said apart."""
    StreamState.objects.create(pk=1, **facts)
    client.force_login(officer(Role.DISPATCHER))
    page = client.get(reverse("watch:wall"), headers={"Accept-Language": "ru"}).content.decode()
    for words in shown:
        assert words in page
    assert bool(shown) == ("ПОТОК" in page or "не справились" in page)
    assert checks()["stream"] == ready
