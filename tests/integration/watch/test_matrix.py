"""The wall against a real Synapse: what disappears, what stays, what is said and undone."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch import sealing
from tereze.watch.actions import officers
from tereze.watch.models import Act, Arrival, Decision, Message, Notice, Seal, Source
from tests.integration.watch.conftest import Running
from tests.matrix import watched
from tests.synapse import Person, Room, Synapse
from tests.watching import ADVERT, STORY, WARNING, Time


pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]  # the server starts in the first
Officer = Callable[[str], User]
HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"


@pytest.fixture(autouse=True)
def door(synapse: Synapse, settings: Any) -> None:
    settings.ALLOWED_PRIVATE = [synapse.url.removeprefix("http://")]


def looked(kind: str = "delete", look: str = "verified") -> Callable[[], bool]:
    return lambda: Act.objects.filter(kind=kind, look=look).exists()


def standing(event: str, wanted: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=event, standing=wanted).exists()


def stored(event: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=event).exists()


def test_an_advert_disappears_and_warning_and_story_stay(
    unit: Unit, room: Room, aigul: Person, account: Person, watching: Running
) -> None:
    watched(unit, room, account, author_act="none")
    advert = room.send(aigul, ADVERT)
    warning, story = room.send(aigul, WARNING), room.send(aigul, STORY)
    watching.until(looked(), what="the look after the deletion")
    assert [room.is_there(event) for event in (advert, warning, story)] == [False, True, True]
    blocked = Message.objects.get(external_id=advert)
    assert (blocked.standing, blocked.state) == ("blocked", "looked")
    assert Seal.objects.get(message=blocked).content["text"]["text"] == ADVERT
    assert Decision.objects.blocking().count() == 1
    assert sealing.verify().broken_at is None


def test_a_message_edited_into_an_advert_goes_with_all_its_versions(
    unit: Unit, room: Room, aigul: Person, account: Person, watching: Running
) -> None:
    watched(unit, room, account, author_act="none")
    event = room.send(aigul, HARMLESS)
    watching.until(stored(event), what="the first version")
    edit = room.edit(aigul, event, ADVERT)
    watching.until(looked(), what="the look after the deletion")
    assert [room.is_there(one) for one in (event, edit)] == [False, False]
    versions = Message.objects.filter(external_id=event).order_by("version")
    assert [(v.standing, v.is_latest) for v in versions] == [("quiet", False), ("blocked", True)]


def test_nobody_edits_an_advert_into_a_strangers_message(
    unit: Unit, room: Room, synapse: Synapse, aigul: Person, account: Person, watching: Running
) -> None:
    watched(unit, room, account, author_act="ban")
    seller = synapse.person("seller")
    seller.ask("POST", f"/join/{room.id}", {})
    event = room.send(aigul, HARMLESS)
    claim = room.edit(seller, event, ADVERT)
    watching.until(looked("ban"), what="the ban")
    assert [room.is_there(one) for one in (event, claim)] == [True, False]
    assert [room.membership(who) for who in (aigul, seller)] == ["join", "ban"]


def test_quoting_an_advert_is_not_writing_one_and_an_invented_quotation_is(
    unit: Unit, room: Room, aigul: Person, account: Person, watching: Running
) -> None:
    watched(unit, room, account, mode="review")
    advert, calm = room.send(aigul, ADVERT), room.send(aigul, HARMLESS)

    def reply(to: str) -> str:
        quoted = f"> <{aigul.id}> {ADVERT}\n\nОсторожно, это мошенники!"
        relation = {"m.in_reply_to": {"event_id": to}}
        return room.send(aigul, {"msgtype": "m.text", "body": quoted, "m.relates_to": relation})

    honest, invented = reply(advert), reply(calm)
    watching.until(stored(invented), what="the replies")
    parts = Message.objects.get(external_id=honest).text
    assert (parts["quoted"], parts["text"]) == (ADVERT, "Осторожно, это мошенники!")
    assert ADVERT in Message.objects.get(external_id=invented).text["text"]


def test_an_advert_in_the_formatted_body_or_the_caption_is_found(
    unit: Unit, room: Room, aigul: Person, account: Person, watching: Running
) -> None:
    watched(unit, room, account, author_act="none")
    hidden = {"msgtype": "m.text", "body": "Всем привет", "format": "org.matrix.custom.html"}
    formatted = room.send(aigul, {**hidden, "formatted_body": f"<b>{ADVERT}</b>"})
    picture = {
        "msgtype": "m.image",
        "url": "mxc://balqash.test/b",
        "filename": "1.jpg",
        "body": ADVERT,
    }
    caption = room.send(aigul, picture)
    watching.until(
        lambda: Act.objects.filter(look="verified").count() == 2, what="both deletions looked at"
    )
    assert [room.is_there(one) for one in (formatted, caption)] == [False, False]
    assert Message.objects.get(external_id=caption).text["media"] == "photo"


def test_a_name_that_is_an_advert_is_taken_away(
    unit: Unit, room: Room, aigul: Person, account: Person, watching: Running
) -> None:
    source = watched(unit, room, account, author_act="none")
    watching.until(lambda: Source.objects.get(pk=source.pk).position, what="the first answer")
    aigul.ask("PUT", f"/profile/{aigul.id}/displayname", {"displayname": ADVERT})
    watching.until(looked(), what="the look after the deletion")
    assert "displayname" not in room.state("m.room.member", aigul.id)


def test_an_administrator_is_left_to_people(
    unit: Unit, room: Room, account: Person, watching: Running
) -> None:
    watched(unit, room, account)
    event = room.send(room.owner, ADVERT)
    watching.until(standing(event, "waiting"), what="the queue")
    assert room.is_there(event)
    assert Message.objects.get().exempt == "administrator"


def test_a_gap_in_the_answer_is_filled(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tereze.watch.connectors.matrix.polling.LIMIT", 5)
    source = watched(unit, room, account, mode="review")
    watching.until(lambda: Source.objects.get(pk=source.pk).position, what="the first answer")
    sent = [room.send(aigul, f"{HARMLESS} {number}") for number in range(17)]
    watching.until(stored(sent[-1]), what="the newest")
    found = Message.objects.order_by("pk").values_list("external_id", flat=True)
    assert list(found) == sent


def test_what_could_not_be_stored_is_delivered_again_and_decided_once(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = watched(unit, room, account, author_act="none")
    watching.until(lambda: Source.objects.get(pk=source.pk).position, what="the first answer")
    before = Source.objects.get(pk=source.pk).position
    event = room.send(aigul, ADVERT)
    failed: list[int] = []

    def broken(**_: Any) -> list[int]:
        failed.append(1)
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("tereze.watch.actions.incoming.store", broken)
        watching.until(lambda: failed, what="the failure")
    assert Source.objects.get(pk=source.pk).position == before
    watching.until(looked(), what="the look after the deletion")
    assert not room.is_there(event)
    assert Decision.objects.count() == 1


def test_undo_really_unbans_and_looks_again(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    watched(unit, room, account, author_act="ban")
    room.send(aigul, ADVERT)
    watching.until(looked("ban"), what="the ban")
    assert room.membership(aigul) == "ban"
    officers.undo(decision=Decision.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert room.membership(aigul) == "leave"
    assert Act.objects.get(kind="unban").look == "verified"
    aigul.ask("POST", f"/join/{room.id}", {})  # may come back


def test_undo_lifts_a_restriction_and_reposts_the_words_on_request(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    watched(unit, room, account, author_act="restrict")
    room.send(aigul, ADVERT)
    watching.until(looked("restrict"), what="the restriction")
    assert room.level(aigul) == -1
    decision = Decision.objects.get()
    officers.undo(decision=decision, by=officer(Role.CHIEF))
    officers.repost(decision=decision, by=officer(Role.CHIEF))
    work_off()
    assert room.level(aigul) == 0
    assert Act.objects.get(kind="unrestrict").look == "verified"
    assert Act.objects.get(kind="repost").look == "verified"
    assert any(ADVERT in text for text in room.notices())


def test_a_restriction_ends_in_time_although_the_service_knows_no_end(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    watched(unit, room, account, author_act="restrict", restrict_hours=2)
    room.send(aigul, ADVERT)
    watching.until(looked("restrict"), what="the restriction")
    time.move(hours=1)
    work_off()
    assert room.level(aigul) == -1
    time.move(hours=2)
    work_off()
    assert room.level(aigul) == 0
    assert Message.objects.get().standing == "blocked"


def test_the_chat_is_told_once_and_the_notice_goes_away(
    unit: Unit,
    room: Room,
    aigul: Person,
    account: Person,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    watched(unit, room, account, author_act="none", notice_minutes=10)
    for number in range(3):
        room.send(aigul, f"{ADVERT} {number}")
    watching.until(
        lambda: Message.objects.filter(state="looked").count() == 3, what="three deletions"
    )
    time.move(seconds=21)
    work_off()
    (notice,) = room.notices()
    assert notice.count("/appeal/") == 3
    time.move(minutes=11)
    work_off()
    assert room.notices() == []
    assert Notice.objects.get().state == "removed"


def test_who_comes_in_is_counted_and_how_many_read_the_room_is_known(
    unit: Unit, room: Room, synapse: Synapse, account: Person, watching: Running
) -> None:
    source = watched(unit, room, account)
    watching.until(lambda: Source.objects.get(pk=source.pk).members == 3, what="the members")
    # who came before the first answer was kept is no newcomer
    watching.until(lambda: Source.objects.get(pk=source.pk).position, what="the first answer")
    neighbour = synapse.person("neighbour")
    came: list[bool] = []

    def counted() -> bool:
        if not came:
            came.append(True)
            room.owner.ask("POST", f"/rooms/{quote(room.id)}/invite", {"user_id": neighbour.id})
            neighbour.ask("POST", f"/join/{quote(room.id)}", {})
        return Arrival.objects.filter(source=source).exists()

    watching.until(counted, what="the newcomer")
    assert Arrival.objects.count() == 1
