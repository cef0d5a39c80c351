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
SITE = "https://kaspi-bonus.top"
LINK = {"type": "text_link", "offset": 0, "length": 3, "url": SITE}
CHANNEL = {"id": -1, "type": "channel", "title": "К"}
PRIZE = {"winners_selection_date": 9, "winner_count": 1, "prize_description": ADVERT}
STICKER = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
STYLES = [
    "Куп",
    {"type": "bold", "text": ["лю ", {"type": "italic", "text": "карту"}]},
    ", оплата сразу",
]


def button(**more: Any) -> dict[str, Any]:
    return {"text": "сәлем", "reply_markup": {"inline_keyboard": [[{"text": "да", **more}]]}}


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
        (button(text=ADVERT), f"сәлем\n{ADVERT}"),
        (button(copy_text={"text": ADVERT}), f"сәлем\nда\n{ADVERT}"),
        (button(switch_inline_query=ADVERT), f"сәлем\nда\n{ADVERT}"),
        (button(login_url={"url": SITE}), f"сәлем\nда\n{SITE}"),
        (button(web_app={"url": SITE}), f"сәлем\nда\n{SITE}"),
        ({"text": "сәлем", "link_preview_options": {"url": SITE}}, f"сәлем\n{SITE}"),
        (
            {"text": "сәлем", "entities": [{**LINK, "url": f"{SITE}/{n}"} for n in range(50)]},
            "\n".join(["сәлем", *(f"{SITE}/{n}" for n in range(50))]),
        ),
        (
            {"poll": {**POLL, "explanation": "тут", "explanation_entities": [LINK]}},
            f"{ADVERT}\nпродам\nсдам\nтут\n{SITE}",
        ),
        ({"poll_option_added": {"option_persistent_id": "1", "option_text": ADVERT}}, ADVERT),
        ({"checklist_tasks_added": {"tasks": [{"id": 1, "text": ADVERT}]}}, ADVERT),
        (
            {"contact": {**CARD, "vcard": "BEGIN:VCARD\r\nNOTE:Пишите сюда\r\nEND:VCARD"}},
            f"{ADVERT}\n+77025554433\nПишите сюда",
        ),
        ({"giveaway": {**PRIZE, "chats": [CHANNEL]}}, f"К\n{ADVERT}"),
        (
            {
                "gift": {
                    "gift": {"id": "1", "sticker": {**FILE, **STICKER}, "star_count": 1},
                    "text": ADVERT,
                }
            },
            ADVERT,
        ),
        ({"rich_message": {"blocks": [{"type": "paragraph", "text": STYLES}]}}, ADVERT),
        ({"forum_topic_created": {"name": ADVERT, "icon_color": 1}}, ADVERT),
        ({"forum_topic_edited": {"name": ADVERT}}, ADVERT),
        ({"new_chat_title": ADVERT}, ADVERT),
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
        "a button",
        "what a button copies",
        "what a button lets others say",
        "a button that logs in",
        "a button that opens an app",
        "a preview of another page",
        "the last of many links",
        "a link in an explanation",
        "an answer added to a poll",
        "a line added to a list",
        "what a card says besides",
        "a prize",
        "words with a gift",
        "text in several styles",
        "a topic",
        "a topic's new name",
        "a chat's new name",
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
    strange = {**message, "text": "куплю карту", "poll": {"title": ADVERT}, "entities": [LINK]}
    rows = [
        {"update_id": 1, "message": strange},
        {"update_id": 2, "message": {"no": "message"}},
        {"update_id": 3, "message": {**message, "text": "сәлем"}},
    ]
    found, last = readable({"ok": True, "result": rows})
    assert [update.message.text for update in found if update.message] == ["куплю карту", "сәлем"]
    assert last == 3
    read = incoming(found[0].message) if found[0].message else None
    assert read is not None
    assert SITE in read.text  # what could be read stays
    assert (read.quoted, read.is_foreign) == (ADVERT, True)  # the rest is for people


@pytest.mark.parametrize("kind", ["story", "paid_media", "dice", "live_photo"])
def test_what_has_no_words_is_a_message_all_the_same(kind: str) -> None:
    bodies: dict[str, Any] = {
        "story": {"chat": CHANNEL, "id": 1},
        "paid_media": {"star_count": 1, "paid_media": []},
        "dice": {"emoji": "🎲", "value": 1},
        "live_photo": {**FILE, "width": 1, "height": 1, "duration": 1},
    }
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": -1, "type": "supergroup"}}
    found = incoming(Message.model_validate({**message, kind: bodies[kind]}))
    assert found is not None
    assert found.media == kind


STILL = {"file_id": "s", "file_unique_id": "still", "width": 320, "height": 180}
SMALL = {**STILL, "file_unique_id": "small", "width": 90}
MOVES = {**FILE, "width": 1280, "height": 720, "duration": 1, "thumbnail": STILL}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"photo": [SMALL, STILL]}, ["still"]),
        ({"video": MOVES}, ["still"]),
        ({"video": {**MOVES, "cover": [SMALL]}}, ["small"]),
        ({"animation": MOVES, "document": {**FILE, "mime_type": "image/gif"}}, ["still"]),
        (
            {
                "paid_media": {
                    "star_count": 1,
                    "paid_media": [
                        {"type": "photo", "photo": [SMALL]},
                        {"type": "video", "video": MOVES},
                    ],
                }
            },
            ["small", "still"],
        ),
        ({"new_chat_photo": [STILL]}, ["still"]),
        ({"document": {**FILE, "mime_type": "image/heic"}}, ["u"]),
        ({"document": {**FILE, "mime_type": "video/mp4"}}, []),
    ],
    ids=["photo", "video", "cover", "gif", "sold", "of the chat", "file", "no picture"],
)
def test_every_picture_that_the_chat_shows_is_read(body: dict[str, Any], names: list[str]) -> None:
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": -1, "type": "supergroup"}}
    found = incoming(Message.model_validate({**message, **body}))
    assert found is not None
    assert [file.name for file in found.pictures] == names


def test_what_stands_beside_a_name_or_above_an_answer_is_read() -> None:
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": -1, "type": "supergroup"}}
    story = {"chat": {**CHANNEL, "title": ADVERT}, "id": 1}
    more = {"text": "сәлем", "sender_tag": ADVERT, "reply_to_story": story}
    found = incoming(Message.model_validate({**message, **more}))
    assert found is not None
    assert (found.profile, found.quoted, found.is_foreign) == (ADVERT, ADVERT, True)
