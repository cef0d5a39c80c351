"""A bridge that lost its log-in: its bot says so in a room of its own, and the wall is blind and loud.

The bot here is an account of a real Synapse that says, word for word and byte for byte, what the bots
of mautrix-whatsapp, -meta and -signal (bridgev2) and their forerunners say.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.watch.actions import watching as looking_after
from tereze.watch.connectors.matrix.bridges import understood
from tereze.watch.models import Call, Message, Source
from tests.integration.watch.conftest import Running
from tests.matrix import watched
from tests.synapse import Person, Room, Synapse


HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"
LOGGED_OUT = "You were logged out from another device. Relogin to continue using the bridge."


def said(
    state: str, error: str = "", words: str = "", login: str = "77011234567"
) -> dict[str, Any]:
    """A state message as bridgev2 writes it: words for people, data for programs."""
    told = f" (`{error}`)" if error else ""
    data = {
        "state_event": state, "timestamp": 1795850000, "ttl": 3600, "source": "bridge",
        "error": error, "message": words, "remote_id": login, "remote_name": f"+{login}",
    }  # fmt: skip
    return {
        "msgtype": "m.notice" if state == "CONNECTED" else "m.text",
        "body": f"State update for +{login}: `{state}`{told}" + (f": {words}" if words else ""),
        "fi.mau.bridge_state": data,
    }


@pytest.mark.parametrize("with_data", [True, False])
@pytest.mark.parametrize(
    ("state", "error", "words", "wrong"),
    [
        ("BAD_CREDENTIALS", "wa-logged-out", LOGGED_OUT, "bridge_logged_out"),
        ("BAD_CREDENTIALS", "meta-not-logged-in", "Logged out, please relogin to continue", "bridge_logged_out"),
        ("BAD_CREDENTIALS", "", "You have been logged out of Signal, please reconnect", "bridge_logged_out"),
        ("LOGGED_OUT", "", "", "bridge_logged_out"),
        ("TRANSIENT_DISCONNECT", "wa-transient-disconnect", "Disconnected from WhatsApp. Trying to reconnect.", "bridge_lost"),
        ("TRANSIENT_DISCONNECT", "wa-phone-offline", "Your phone hasn't been seen in over 12 days.", "bridge_phone"),
        ("UNKNOWN_ERROR", "wa-client-outdated", "Connect failure: 405 client outdated. Bridge must be updated.", "bridge_lost"),
        ("CONNECTED", "", "", ""),
    ],
)  # fmt: skip
def test_a_state_is_read_from_its_data_and_without_it_from_its_words(
    with_data: bool, state: str, error: str, words: str, wrong: str
) -> None:
    content = said(state, error, words)
    if not with_data:
        del content["fi.mau.bridge_state"]
    found = understood(content)
    assert found is not None
    assert found[1] == wrong


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (LOGGED_OUT, "bridge_logged_out"),
        ("Your phone was logged out from WhatsApp. Relogin to continue using the bridge.", "bridge_logged_out"),
        ("Challenge required, please check the Instagram website to continue", "bridge_logged_out"),
        ("You're not logged into Signal", "bridge_logged_out"),
        ("Connecting to the WhatsApp web servers failed.", "bridge_lost"),
        ("The WhatsApp web servers are not responding. The bridge will try to reconnect.", "bridge_lost"),
        ("Disconnected from server, trying to reconnect", "bridge_lost"),
        ("Your phone hasn't been seen in over 12 days. The bridge is currently connected, but will get "
         "disconnected if you don't open the app soon.", "bridge_phone"),
        ("Successfully logged in as +77011234567", ""),
        ("This room has been registered as your bridge management/status room.", None),
        ("Unknown command, use the `help` command for help.", None),
    ],
)  # fmt: skip
def test_older_bridges_have_only_words(words: str, wrong: str | None) -> None:
    found = understood({"body": words})
    assert (found and found[1]) == wrong


@pytest.mark.parametrize("content", [{}, {"body": 7}, {"fi.mau.bridge_state": [1]},
                                     {"fi.mau.bridge_state": {"state_event": {"a": 1}}, "body": ""}])  # fmt: skip
def test_nonsense_says_nothing(content: dict[str, Any]) -> None:
    assert understood(content) is None


@pytest.fixture(autouse=True)
def door(request: pytest.FixtureRequest, settings: Any) -> None:
    if "synapse" in request.fixturenames:
        url = request.getfixturevalue("synapse").url
        settings.ALLOWED_PRIVATE = [url.removeprefix("http://")]


@pytest.fixture
def bot(synapse: Synapse) -> Person:
    return synapse.person("whatsappbot")


@pytest.fixture
def bridged(room: Room, bot: Person) -> Room:
    """The chat as a bridge makes it: its bot stands in the room's state."""
    bot.ask("POST", f"/join/{room.id}", {})
    room.promote(bot, 100)
    protocol = {"id": "whatsapp", "displayname": "WhatsApp"}
    content = {"bridgebot": bot.id, "creator": bot.id, "protocol": protocol, "channel": {"id": "120363@g.us"}}  # fmt: skip
    for kind in ("m.bridge", "uk.half-shot.bridge"):
        path = room.path("state", kind, "fi.mau.whatsapp://whatsapp/120363@g.us")
        bot.ask("PUT", path, content)
    return room


@pytest.fixture
def desk(bot: Person, account: Person) -> Room:
    """The bot's room with its user, into which our account was invited."""
    made = bot.room("WhatsApp bridge bot", account)
    made.send(bot, "Hello, I'm a WhatsApp bridge bot.")
    return made


def health(source: Source) -> tuple[str, str]:
    found = Source.objects.get(pk=source.pk)
    return found.health, found.health_reason


def becomes(source: Source, *wanted: str) -> Callable[[], bool]:
    return lambda: health(source) == wanted


@pytest.mark.django_db
@pytest.mark.timeout(240)
def test_a_bridge_that_was_logged_out_is_blind_loud_and_calls_somebody(
    unit: Unit,
    bridged: Room,
    desk: Room,
    bot: Person,
    account: Person,
    aigul: Person,
    watching: Running,
    officer: Callable[[str], User],
    client: Client,
) -> None:
    source = watched(unit, bridged, account, author_act="none")
    chief = officer(Role.CHIEF)
    watching.until(becomes(source, "ok", ""), what="sight")
    desk.send(aigul_in(desk, aigul), said("BAD_CREDENTIALS", "wa-logged-out", LOGGED_OUT))
    event = bridged.send(aigul, HARMLESS)
    watching.until(
        lambda: Message.objects.filter(external_id=event).exists(), what="the next message"
    )
    assert health(source) == ("ok", "")  # only the bot's own word counts
    desk.send(bot, said("BAD_CREDENTIALS", "wa-logged-out", LOGGED_OUT))
    watching.until(becomes(source, "blind", "bridge_logged_out"), what="blindness")
    Source.objects.update(health="ok", health_reason="")
    watching.until(becomes(source, "blind", "bridge_logged_out"), what="the same after a restart")
    Source.objects.update(health_since=now() - timedelta(minutes=2))
    looking_after.call_for_the_blind()
    assert Call.objects.open().get().person == chief
    client.force_login(chief)
    page = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert "мост вышел из учётной записи" in page
    assert chief.name in page
    desk.send(bot, said("CONNECTED"))
    watching.until(becomes(source, "ok", ""), what="sight again")
    assert not Call.objects.open().exists()


def aigul_in(room: Room, who: Person) -> Person:
    who.ask("POST", f"/join/{room.id}", {})
    return who


@pytest.mark.django_db
@pytest.mark.timeout(240)
def test_a_room_that_its_bridge_left_says_so_and_the_others_go_on(
    unit: Unit, bridged: Room, bot: Person, account: Person, aigul: Person, watching: Running
) -> None:
    source = watched(unit, bridged, account, author_act="none")
    other = bridged.owner.room("Второй чат", account, aigul)
    other.promote(account, 100)
    second = watched(unit, other, account, author_act="none", title="Второй чат")
    watching.until(
        lambda: health(source)[0] == "ok" and health(second)[0] == "ok", what="sight of both"
    )
    left = bridged.path("leave")

    def leave_once() -> bool:
        if not Source.objects.filter(health_reason="bridge_gone").exists():
            bot.ask("POST", left, {})
        return health(source) == ("blind", "bridge_gone")

    watching.until(leave_once, what="blindness")
    assert health(second)[0] == "ok"
