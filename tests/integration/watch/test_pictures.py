"""Adverts in pictures, posted in the stand-in's chat and read by Tesseract itself."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tereze.accounts.models import Unit
from tereze.watch import sealing
from tereze.watch.models import Act, Decision, Message, MessagePicture, Seal, Source
from tests import matrix
from tests.drawn import screenshot
from tests.integration.watch.conftest import Running
from tests.synapse import Person, Room
from tests.watching import ADVERT, Chat, StandIn, watched


pytestmark = pytest.mark.django_db
WorkOff = Callable[[], None]


def post(chat: Chat, who: int, picture: bytes, **more: object) -> int:
    return chat.post(who, photo=base64.b64encode(picture).decode(), **more)


def test_an_advert_in_a_picture_disappears_after_its_copy_was_sealed(
    unit: Unit, chat: Chat, resident: int, watching: Running, work_off: WorkOff
) -> None:
    watched(unit, chat, author_act="restrict")
    picture = screenshot(f"{ADVERT}. Пишите 8 701 123 45 67", dark=True)
    number = post(chat, resident, picture)
    watching.until(lambda: Message.objects.exists(), what="the message")
    assert chat.is_there(number)
    work_off()
    assert not chat.is_there(number)
    assert chat.status(resident) == "restricted"
    found = MessagePicture.objects.get()
    assert (found.state, found.author) == ("read", None)
    assert "Куплю карту" in found.text
    assert Decision.objects.blocking().count() == 1
    copy = Seal.objects.get(picture=found)
    assert sealing.unwrapped(copy.content["picture"]["kept"]) == picture
    assert copy.at < Act.objects.get(kind="delete").done_at
    assert sealing.verify() == sealing.Chain(2)


def test_a_picture_sent_as_a_file_is_read_too(
    unit: Unit, chat: Chat, resident: int, standin: StandIn, watching: Running, work_off: WorkOff
) -> None:
    watched(unit, chat, author_act="none")
    donor = post(chat, resident, screenshot(ADVERT))
    photo = next(m["photo"][0] for m in chat.messages() if m["message_id"] == donor)
    document = {name: photo[name] for name in ("file_id", "file_unique_id", "file_size")}
    number = chat.post(resident, extra={"document": {**document, "mime_type": "image/png"}})
    watching.until(lambda: Message.objects.count() == 2, what="both messages")
    work_off()
    assert not chat.is_there(number)


def test_an_advert_in_a_matrix_room_disappears(
    unit: Unit,
    room: Room,
    account: Person,
    aigul: Person,
    settings: Any,
    watching: Running,
    work_off: WorkOff,
) -> None:
    settings.ALLOWED_PRIVATE = [account.server.url.removeprefix("http://")]
    matrix.watched(unit, room, account, author_act="none")
    picture = screenshot(ADVERT, dark=True)
    watching.until(lambda: Source.objects.filter(health="ok").exists(), what="the room")
    uri = upload(aigul, picture)
    event = room.send(aigul, {"msgtype": "m.image", "body": "IMG_1.jpg", "url": uri})
    watching.until(lambda: MessagePicture.objects.exists(), what="the picture")
    work_off()
    assert MessagePicture.objects.get().text.startswith("Куплю карту")
    assert not room.is_there(event)
    assert sealing.unwrapped(MessagePicture.objects.get().kept) == picture


def upload(who: Person, content: bytes) -> str:
    answer = who.server.http.post(
        f"{who.server.url}/_matrix/media/v3/upload",
        content=content,
        headers={"Authorization": f"Bearer {who.token}", "Content-Type": "image/jpeg"},
    )
    return str(answer.raise_for_status().json()["content_uri"])
