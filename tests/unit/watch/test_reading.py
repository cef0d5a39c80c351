"""Telegram's messages in the house's own shape."""

from typing import Any

import pytest
from aiogram.types import Message

from tereze.watch.connectors.telegram.doors import readable
from tereze.watch.connectors.telegram.reading import incoming


POLL = {
    "id": "1",
    "question": "Куплю карту, оплата сразу",
    "options": [
        {"text": "продам", "voter_count": 0, "persistent_id": "0"},
        {"text": "сдам", "voter_count": 0, "persistent_id": "1"},
    ],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}

ADVERT = "Куплю карту, оплата сразу"
CARD = {"phone_number": "+77025554433", "first_name": "Куплю карту,", "last_name": "оплата сразу"}
SPOT = {"latitude": 46.8, "longitude": 75.0}
PLACE = {"location": SPOT, "title": ADVERT, "address": "Ленина 5"}
CHECKLIST = {"title": "Куплю карту", "tasks": [{"id": 1, "text": "оплата сразу"}]}
FILE = {"file_id": "d", "file_unique_id": "u"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": "сәлем"}, "сәлем"),
        ({"caption": "фото", "photo": []}, "фото"),
        ({"poll": POLL}, "Куплю карту, оплата сразу\nпродам\nсдам"),
        (
            {"poll": {**POLL, "explanation": "Пишите сюда"}},
            "Куплю карту, оплата сразу\nпродам\nсдам\nПишите сюда",
        ),
        ({"contact": CARD}, "Куплю карту, оплата сразу\n+77025554433"),
        ({"location": SPOT, "venue": PLACE}, "Куплю карту, оплата сразу\nЛенина 5"),
        ({"checklist": CHECKLIST}, "Куплю карту\nоплата сразу"),
        ({"document": {**FILE, "file_name": "Куплю_карту,_оплата_сразу.pdf"}}, ADVERT),
        ({"caption": "вот", "document": {**FILE, "file_name": f"{ADVERT}.pdf"}}, f"вот\n{ADVERT}"),
        ({"caption": "вот", "document": {**FILE, "file_name": "Screenshot_20260123.png"}}, "вот"),
        ({"audio": {**FILE, "duration": 3, "title": ADVERT, "file_name": "a.mp3"}}, ADVERT),
    ],
    ids=[
        "text",
        "caption",
        "poll",
        "what a poll explains",
        "a card",
        "a place",
        "a list",
        "a file",
        "a file with a caption",
        "a program's name",
        "a song",
    ],
)
def test_what_can_be_read_is_read(body: dict[str, Any], words: str) -> None:
    found = incoming(
        Message.model_validate(
            {
                "message_id": 1,
                "date": 1_700_000_000,
                "chat": {"id": -1, "type": "supergroup"},
                **body,
            }
        )
    )
    assert found is not None
    assert found.own_text == words


def test_what_the_library_does_not_know_yet_hides_no_words() -> None:
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": -1, "type": "supergroup"}}
    strange = {**message, "text": "куплю карту", "poll": {"of": "a later version"}}
    rows = [
        {"update_id": 1, "message": strange},
        {"update_id": 2, "message": {"no": "message"}},
        {"update_id": 3, "message": {**message, "text": "сәлем"}},
    ]
    found, last = readable({"ok": True, "result": rows})
    assert [update.message.text for update in found if update.message] == ["куплю карту", "сәлем"]
    assert last == 3
