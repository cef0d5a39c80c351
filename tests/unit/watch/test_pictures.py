"""What follows from a picture: judged once, beside its caption, sealed first, forgotten in time."""

import asyncio
import time as clock
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as city
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.watch import order, picturing, sealing
from tereze.watch.actions import acting, officers, retention
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import (
    BusyError,
    NotThereError,
    Target,
    UnreachableError,
)
from tereze.watch.indicators import found_in
from tereze.watch.models import Act, Decision, Message, MessagePicture, Seal, Source
from tereze.watch.pictures import Picture
from tereze.watch.received import File
from tests.unit.watch.conftest import Say
from tests.watching import ADVERT, WARNING, Time


pytestmark = pytest.mark.django_db
HARMLESS = "Отдам котят в добрые руки, мкр Самал"
HASH = "0f" * 32
Read = Callable[..., None]


class Service:
    """A chat whose files can be had, or not, and that remembers in which order it was asked."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.fails: Exception | None = None

    async def fetch(self, file: str, most: int) -> bytes:
        self.said.append(f"fetch {file}")
        if self.fails:
            raise self.fails
        return f"bytes of {file}".encode()

    async def delete(self, target: Target) -> None:
        sealed = Seal.objects.filter(picture__message__external_id=target.message)
        self.said.append(f"delete {target.message} {await sealed.acount()}")

    async def restrict(self, target: Target, until: Any) -> None:
        self.said.append(f"restrict {target.author}")

    async def look(self, kind: str, target: Target) -> bool:
        if kind == "delete":
            raise NotThereError("not_found")
        return True

    async def post(self, text: str) -> str:
        return "900"

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    monkeypatch.setattr(CONNECTORS["telegram"], "hands", lambda source: made)
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, service: Service) -> Read:
    """`read("words", …)`: whatever is due is done, and every picture says that."""

    def work(text: str = "", **more: Any) -> None:
        found = Picture(text=text, shown=b"JPEG", **more)
        monkeypatch.setattr(picturing, "read_bytes", lambda data: found)
        due.run_until_idle()

    return work


def photo(name: str = "u1", album: str = "") -> dict[str, Any]:
    return {"media": "photo", "pictures": (File(name=name, file=f"id-{name}", album=album),)}


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


@pytest.mark.parametrize(
    ("caption", "found", "standing", "hint"),
    [
        ("", Picture(text=ADVERT), "blocked", ""),
        ("Привет всем! кому интересно", Picture(text=ADVERT), "waiting", ""),
        ("Мошенники!!! Сорвите, если увидите", Picture(text=ADVERT), "waiting", ""),
        (ADVERT, Picture(text=ADVERT), "blocked", ""),
        (HARMLESS, Picture(text=ADVERT), "waiting", "in_picture"),
        ("Осторожно, мошенники пишут такое!", Picture(text=ADVERT), "quiet", ""),
        ("", Picture(text=WARNING), "quiet", ""),
        ("", Picture(text="Собрание жильцов в 18:30"), "quiet", ""),
        (HARMLESS, Picture(codes=("https://wa.me/77011234567",)), "quiet", ""),
        ("", Picture(why_not="not_picture"), "quiet", ""),
    ],
)
def test_a_picture_is_judged_beside_its_caption(
    caption: str, found: Picture, standing: str, hint: str, say: Say, read: Read
) -> None:
    message = say("", caption=caption, **photo())
    read(found.text, codes=found.codes, why_not=found.why_not)
    message = fresh(message)
    assert (message.standing, message.hint) == (standing, hint)
    assert (message.author is None) == (standing == "quiet")
    assert MessagePicture.objects.get().author is None


def test_the_machine_decides_once_however_often_the_work_is_done(say: Say, read: Read) -> None:
    say("", **photo())
    read(ADVERT)
    MessagePicture.objects.update(next_action_at=Message.objects.get().received_at)
    read(ADVERT)
    assert Decision.objects.count() == 1
    assert Act.objects.filter(kind="delete").count() == 1


def test_what_an_officer_decided_before_stays(
    say: Say, read: Read, chief: User, source: Source
) -> None:
    Source.objects.update(mode="review")
    source.refresh_from_db()
    message = say("", caption=ADVERT, **photo())
    officers.release(message=message, by=chief)
    read(ADVERT)
    assert fresh(message).standing == "released"
    assert MessagePicture.objects.get().text == ADVERT


def test_a_caption_is_decided_at_once_and_its_picture_sealed_before_the_deletion(
    say: Say, read: Read, service: Service
) -> None:
    message = say("", caption=ADVERT, **photo())
    assert message.standing == "blocked"
    carry_out(service)
    assert [said for said in service.said if "restrict" not in said] == [
        "fetch id-u1",
        f"delete {message.external_id} 1",
    ]
    read("что-то")
    assert sealing.verify() == sealing.Chain(2)


def carry_out(service: Service) -> None:
    for act in Act.objects.order_by("pk"):
        async_to_sync(order.carry_out)(act, service)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NotThereError("not_found"), "not_found"),
        (UnreachableError("network"), "network"),
        (BusyError(40), "network"),
        (TimeoutError(), "slow"),
    ],
)
def test_an_advert_stands_no_longer_for_a_file_that_does_not_come(
    error: Exception, why: str, say: Say, service: Service
) -> None:
    service.fails = error
    message = say("", caption=ADVERT, **photo())
    delete = Act.objects.get(kind="delete")
    async_to_sync(order.carry_out)(delete, service)
    assert service.said == ["fetch id-u1", f"delete {message.external_id} 1"]
    told = Seal.objects.exclude(picture=None).get().content["picture"]
    assert (told["name"], told["file"], told["kept"], told["why_not"]) == ("u1", "id-u1", "", why)


def test_a_file_that_hangs_holds_up_a_deletion_for_half_a_second(
    say: Say, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(file: str, most: int) -> bytes:
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(service, "fetch", hang)
    say("", caption=ADVERT, **photo("u1"))
    begun = clock.monotonic()
    async_to_sync(order.carry_out)(Act.objects.get(kind="delete"), service)
    assert 0.4 < clock.monotonic() - begun < 1
    assert Act.objects.get(kind="delete").state == "done"


def test_what_comes_after_the_deletion_is_sealed_then(
    say: Say, read: Read, service: Service, time: Time
) -> None:
    service.fails = UnreachableError("network")
    say("", caption=ADVERT, **photo())
    carry_out(service)
    service.fails = None
    time.move(minutes=10)
    read("что-то")
    picture = MessagePicture.objects.get()
    assert picture.seal.content["picture"]["why_not"] == "network"
    assert sealing.unwrapped(picture.late_seal.content["picture"]["kept"]) == b"bytes of id-u1"
    assert sealing.verify() == sealing.Chain(3)
    time.move(days=8)
    retention.forget_all()
    assert sealing.verify() == sealing.Chain(3)


@pytest.mark.parametrize(
    ("album_caption", "standing"), [(WARNING, "quiet"), ("", "blocked"), (ADVERT, "blocked")]
)
def test_the_caption_of_an_album_stands_under_all_its_pictures(
    album_caption: str, standing: str, say: Say, read: Read, time: Time
) -> None:
    say("", caption=album_caption, **photo("u1", album="a"))
    second = say("", **photo("u2", album="a"))
    time.move(seconds=3)
    read(ADVERT)
    assert fresh(second).standing == standing


def test_the_same_picture_is_known_again_and_names_the_first(
    say: Say, read: Read, chief: User, client: Client
) -> None:
    first = say("", **photo("u1"))
    read(ADVERT, photo_hash=HASH)
    again = say("", caption=HARMLESS, **photo("u2"))
    read("", photo_hash="0e" + HASH[2:])
    again = fresh(again)
    assert (again.standing, again.hint, again.scheme) == ("waiting", "picture", first_scheme(first))
    assert again.pictures.get().first.message == first
    client.force_login(chief)
    page = client.get(again.get_absolute_url()).content.decode()
    assert fresh(first).get_absolute_url() in page


def first_scheme(message: Message) -> str:
    return fresh(message).scheme


@pytest.mark.parametrize(
    ("words", "photo_hash"), [("", "f0" * 32), ("Собрание жильцов дома 7 в 18:30 у подъезда", HASH)]
)
def test_another_picture_of_the_same_kind_is_not_taken_for_it(
    words: str, photo_hash: str, say: Say, read: Read
) -> None:
    say("", **photo("u1"))
    read(f"{ADVERT}. Пишите мне в личные сообщения прямо сейчас", photo_hash=HASH)
    other = say("", **photo("u2"))
    read(words, photo_hash=photo_hash)
    assert fresh(other).standing == "quiet"


def test_what_was_found_harmless_makes_no_copy_suspicious(
    say: Say, read: Read, chief: User, source: Source
) -> None:
    Source.objects.update(mode="review")
    source.refresh_from_db()
    first = say("", **photo("u1"))
    read(ADVERT, photo_hash=HASH)
    officers.release(message=fresh(first), by=chief)
    again = say("", **photo("u2"))
    read("", photo_hash=HASH)
    assert fresh(again).standing == "quiet"


@pytest.mark.parametrize(
    ("policy", "standing", "rows"),
    [("read", "quiet", 1), ("people", "waiting", 1), ("leave", "quiet", 0)],
)
def test_what_cannot_be_read_goes_to_people_only_where_the_chat_says_so(
    policy: str, standing: str, rows: int, say: Say, read: Read, source: Source
) -> None:
    Source.objects.update(pictures=policy)
    source.refresh_from_db()
    message = say("", **photo())
    read(why_not="no_tool")
    assert fresh(message).standing == standing
    assert MessagePicture.objects.count() == rows


def test_a_picture_put_in_the_place_of_another_is_read_too(say: Say, read: Read) -> None:
    say("", id="5", caption=HARMLESS, **photo("u1"))
    read("котята")
    edited = say("", id="5", caption=HARMLESS, **photo("u2"))
    assert edited.version == 2
    read(ADVERT)
    assert fresh(edited).hint == "in_picture"


def vault_files() -> int:
    return sum(1 for path in (city.DATA / "evidence").rglob("*") if path.is_file())


def test_pictures_of_harmless_messages_go_after_the_term(say: Say, read: Read, time: Time) -> None:
    before = vault_files()
    say("", **photo("u1"))
    read("Собрание жильцов")
    assert vault_files() == before + 2  # the file, and the copy that is shown
    blocked = say("", **photo("u2"))
    read(ADVERT)
    time.move(days=8)
    retention.forget_all()
    assert vault_files() == before + 2
    assert MessagePicture.objects.get().message == blocked
    assert sealing.verify().broken_at is None


def test_the_chain_notices_a_picture_that_was_altered(say: Say, read: Read) -> None:
    say("", **photo())
    read(ADVERT)
    kept = MessagePicture.objects.get().kept
    (city.DATA / "evidence" / kept[:2] / kept).unlink()
    assert "picture" in sealing.verify().why


def test_only_those_who_see_the_wall_see_the_picture(
    say: Say, read: Read, client: Client, officer: Callable[[str], User]
) -> None:
    say("", **photo())
    read(ADVERT)
    address = f"/desk/wall/pictures/{MessagePicture.objects.get().public_id}/"
    assert client.get(address).status_code in {302, 403}
    client.force_login(officer(Role.PREVENTION))
    assert client.get(address).status_code == 403
    client.force_login(officer(Role.CHIEF))
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (b"JPEG", "image/jpeg")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_its_numbers_and_links_become_indicators(say: Say, read: Read) -> None:

    message = say("", caption="Смотрите", **photo())
    read("Куплю карту, пишите 8 701 123 45 67", codes=("https://t.me/drop_kz",))
    assert {item.type for item in found_in(fresh(message))} >= {"phone", "telegram"}


def test_a_picture_that_fails_once_is_read_the_second_time(
    say: Say, read: Read, time: Time
) -> None:
    message = say("", **photo())
    read(why_not="timeout")
    assert MessagePicture.objects.get().state == "kept"
    time.move(minutes=1)
    read(ADVERT)
    assert fresh(message).standing == "blocked"
    assert acting.permits(list(Act.objects.filter(kind="delete")))
