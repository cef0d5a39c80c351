"""Adverts in pictures, posted in the stand-in's chat and read by Tesseract itself."""

import base64
from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit
from tereze.watch import sealing
from tereze.watch.models import Act, Decision, Message, MessagePicture, Seal
from tests.drawn import screenshot
from tests.integration.watch.conftest import Running
from tests.watching import ADVERT, Chat, watched


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
