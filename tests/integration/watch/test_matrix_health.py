"""What a Matrix server and a room can do to us, and what the wall says of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tereze.accounts.models import Unit
from tereze.demo.standins.serving import running
from tereze.watch.models import Act, Message, Source
from tests.integration.watch.conftest import Running
from tests.matrix import Door, Fault, watched
from tests.synapse import Person, Room, Synapse
from tests.watching import ADVERT, Time


pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]  # the server starts in the first
HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"


@pytest.fixture
def door(synapse: Synapse, settings: Any) -> Iterator[Door]:
    door = Door(synapse.url)
    with running(door.app) as url:
        settings.ALLOWED_PRIVATE = [url.removeprefix("http://")]
        door.url = url
        yield door


@pytest.fixture
def source(unit: Unit, room: Room, account: Person, door: Door) -> Source:
    return watched(unit, room, account, author_act="restrict", server=door.url)


def health(source: Source) -> tuple[str, str]:
    found = Source.objects.get(pk=source.pk)
    return found.health, found.health_reason


def becomes(source: Source, *wanted: str) -> Callable[[], bool]:
    return lambda: health(source) == wanted


def sees(source: Source) -> Callable[[], bool]:
    return lambda: health(source) == ("ok", "") and bool(Source.objects.get(pk=source.pk).position)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/redact/", "429", body={"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 700}),
        Fault("/redact/", "429", body={"errcode": "M_LIMIT_EXCEEDED"}),
        Fault("/redact/", "502"),
        Fault("/redact/", "late"),
        Fault("/redact/", "nonsense"),
        Fault("/redact/", "page"),
    ],
    ids=lambda fault: f"{fault.do} {fault.body.get('retry_after_ms', '')}",
)
def test_a_failing_server_is_asked_again(
    fault: Fault,
    source: Source,
    room: Room,
    aigul: Person,
    door: Door,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    fault.times = 1
    door.breaks(fault)
    event = room.send(aigul, ADVERT)
    deletion = lambda: Act.objects.filter(kind="delete")  # noqa: E731
    watching.until(lambda: deletion().filter(attempts=1).exists(), what="the first failure")
    time.move(minutes=1)
    watching.until(
        lambda: work_off() or deletion().filter(look="verified").exists(), what="the deletion"
    )
    assert not room.is_there(event)
    assert Message.objects.get().trouble == ""


def test_a_server_that_lies_is_contradicted(
    source: Source, room: Room, aigul: Person, door: Door, watching: Running
) -> None:
    door.breaks(Fault("/redact/", "lie"))
    event = room.send(aigul, ADVERT)
    watching.until(
        lambda: Message.objects.filter(standing="stuck").exists(), what="the contradiction"
    )
    assert room.is_there(event)
    assert Act.objects.get(kind="delete").look == "contradicted"


@pytest.mark.parametrize("do", ["502", "nonsense", "page", "hang"])
def test_reading_survives_what_the_server_does(
    do: str,
    source: Source,
    room: Room,
    aigul: Person,
    door: Door,
    watching: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("POLL", "MARGIN"):
        monkeypatch.setattr(f"tereze.watch.connectors.matrix.polling.{name}", 1)
    watching.until(sees(source), what="the first answer")
    door.breaks(Fault("/sync", do, times=2))
    event = room.send(aigul, HARMLESS)
    watching.until(
        lambda: Message.objects.filter(external_id=event).exists() and sees(source)(),
        what="the message",
    )


def test_a_room_whose_past_cannot_be_told_holds_up_no_other(
    unit: Unit, source: Source, room: Room, aigul: Person, account: Person, door: Door,
    watching: Running,
) -> None:  # fmt: skip
    watching.until(sees(source), what="the first answer")
    broken = room.owner.room("Сломанный", account, preset="public_chat")
    account.ask("POST", f"/join/{broken.id}", {})
    door.breaks(Fault(f"/rooms/{broken.id}/messages", "500", times=1000))
    other = watched(unit, broken, account, mode="shadow", server=door.url)
    event = room.send(aigul, HARMLESS)
    watching.until(
        lambda: Message.objects.filter(external_id=event).exists() and sees(source)(),
        what="the message",
    )
    event = broken.send(room.owner, HARMLESS)
    watching.until(
        lambda: Message.objects.filter(external_id=event).exists() and sees(other)(),
        what="a message in the broken one",
    )


def test_a_server_that_answers_everything_but_the_reading_is_not_seen(
    source: Source, door: Door, watching: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching.until(sees(source), what="the first answer")
    door.breaks(Fault("/sync", "502", times=10_000))
    watching.until(becomes(source, "blind", "network"), what="the word of it")
    looks = len(door.calls)
    watching.until(
        lambda: sum("/state/" in call for call in door.calls[looks:]) > 15, what="looks at rights"
    )
    assert health(source) == ("blind", "network")


def test_a_limit_of_one_room_holds_for_all_rooms_of_the_account(
    unit: Unit,
    source: Source,
    synapse: Synapse,
    room: Room,
    aigul: Person,
    account: Person,
    door: Door,
    watching: Running,
) -> None:
    other = room.owner.room("Второй чат", account, aigul)
    other.promote(account, 100)
    watched(unit, other, account, author_act="none", server=door.url)
    watching.until(sees(source), what="the first answer")
    limited = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 60_000}
    door.breaks(Fault("/redact/", "429", times=99, body=limited))
    room.send(aigul, f"{ADVERT} 1")
    watching.until(lambda: Act.objects.filter(kind="delete", attempts=1).exists(), what="the limit")
    other.send(aigul, f"{ADVERT} 2")
    watching.until(
        lambda: Act.objects.filter(kind="delete", attempts__gte=1).count() == 2, what="both waiting"
    )
    assert sum("/redact/" in call for call in door.calls) == 1


def test_logged_out_is_blind_and_loud(source: Source, account: Person, watching: Running) -> None:
    watching.until(sees(source), what="the first answer")
    account.ask("POST", "/logout", {})
    watching.until(becomes(source, "blind", "logged_out"), what="blindness")


def test_encryption_switched_on_makes_it_blind(
    source: Source, room: Room, watching: Running
) -> None:
    watching.until(sees(source), what="the first answer")
    room.put_state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    watching.until(becomes(source, "blind", "encrypted"), what="blindness")


def test_lost_rights_are_said_and_what_was_refused_is_made_up_for(
    source: Source,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    work_off: Callable[[], None],
) -> None:
    watching.until(sees(source), what="the first answer")
    room.promote(account, 0)
    watching.until(becomes(source, "blind", "no_delete_right"), what="blindness")
    event = room.send(aigul, ADVERT)
    watching.until(
        lambda: Act.objects.filter(kind="delete", attempts__gte=1).exists(), what="the refusal"
    )
    assert room.is_there(event)
    room.promote(account, 50)  # may delete and ban, not change levels
    watching.until(becomes(source, "blind", "no_restrict_right"), what="half of the rights")
    room.promote(account, 100)
    watching.until(sees(source), what="sight")
    watching.until(lambda: work_off() or not room.is_there(event), what="the deletion")


def test_thrown_out_of_one_room_it_still_sees_the_other(
    unit: Unit,
    source: Source,
    room: Room,
    account: Person,
    aigul: Person,
    door: Door,
    watching: Running,
) -> None:
    other = room.owner.room("Второй чат", account, aigul)
    other.promote(account, 100)
    second = watched(unit, other, account, author_act="none", server=door.url)
    watching.until(lambda: sees(source)() and sees(second)(), what="both")
    room.owner.ask("POST", room.path("kick"), {"user_id": account.id})
    watching.until(becomes(source, "blind", "kicked"), what="blindness")
    assert health(second)[0] == "ok"


@pytest.mark.parametrize("version", ["11", "12"])  # since 12 a room's name says no server
def test_a_room_that_was_replaced_is_followed(
    version: str, source: Source, room: Room, aigul: Person, watching: Running
) -> None:
    watching.until(sees(source), what="the first answer")
    made = room.owner.ask("POST", room.path("upgrade"), {"new_version": version})
    watching.until(
        lambda: Source.objects.get(pk=source.pk).chat_id == made["replacement_room"],
        what="the move",
    )
    aigul.ask("POST", f"/join/{made['replacement_room']}", {})
    event = Room(room.owner, made["replacement_room"]).send(aigul, HARMLESS)
    watching.until(
        lambda: Message.objects.filter(external_id=event).exists(), what="a message over there"
    )


@pytest.mark.parametrize("where", ["elsewhere", "watched"])
def test_a_closed_room_sends_us_into_no_room_that_does_not_say_it_continues_it(
    where: str,
    unit: Unit,
    source: Source,
    room: Room,
    aigul: Person,
    account: Person,
    door: Door,
    watching: Running,
) -> None:
    watching.until(sees(source), what="the first answer")
    other = aigul.room("Чужой чат", preset="public_chat")
    if where == "watched":
        account.ask("POST", f"/join/{other.id}", {})
        twin = watched(unit, other, account, mode="shadow", server=door.url)
    room.put_state("m.room.tombstone", {"body": "Мы здесь", "replacement_room": other.id})
    watching.until(becomes(source, "blind", "moved_elsewhere"), what="the word of it")
    assert Source.objects.get(pk=source.pk).chat_id == room.id
    assert other.membership(account) == ("join" if where == "watched" else "leave")
    if where == "watched":
        watching.until(sees(twin), what="the other one")


def test_a_room_that_was_upgraded_and_added_by_hand_stops_no_other(
    unit: Unit, source: Source, room: Room, account: Person, door: Door, watching: Running
) -> None:
    made = room.owner.ask("POST", room.path("upgrade"), {"new_version": "11"})
    twin = watched(unit, Room(room.owner, made["replacement_room"]), account, server=door.url)
    account.ask("POST", f"/join/{twin.chat_id}", {})
    watching.until(becomes(source, "blind", "moved_known"), what="the word of it")
    event = Room(room.owner, twin.chat_id).send(room.owner, HARMLESS)
    watching.until(lambda: Message.objects.filter(external_id=event).exists(), what="a message")


def test_what_others_removed_says_so_and_still_waits_for_a_person(
    unit: Unit, room: Room, aigul: Person, account: Person, door: Door, watching: Running
) -> None:
    watched(unit, room, account, mode="review", server=door.url)
    event = room.send(aigul, ADVERT)
    watching.until(lambda: Message.objects.filter(standing="waiting").exists(), what="the queue")
    room.redact(aigul, event)
    watching.until(lambda: Message.objects.get().trouble == "gone", what="the removal")
    assert Message.objects.get().standing == "waiting"
