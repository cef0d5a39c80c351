"""What stands in a message besides the author's own words is judged apart from them."""

from collections.abc import Callable
from typing import Any

import pytest
from aiogram.types import Message as TelegramMessage

from tereze.accounts.models import User
from tereze.linking.models import Sighting
from tereze.watch.actions import deciding, incoming, officers, pursuing
from tereze.watch.connectors.telegram.reading import incoming as read
from tereze.watch.models import Decision, Message, Seal, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADVERT, WARNING


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
HELLO = "Доброе утро, соседи!"
CHANNEL = {"id": -100777, "type": "channel", "title": "Работа"}
ORIGIN = {"type": "channel", "date": 1_700_000_000, "chat": CHANNEL, "message_id": 5}
QUOTE = {"text": ADVERT, "position": 0}
PHOTO = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}
PICTURE = {"photo": [PHOTO]}
NAMED = {**CHANNEL, "title": ADVERT}
CARD = {"phone_number": "+77025554433", "first_name": "Куплю карту,", "last_name": "оплата сразу"}
TOPIC = {"forum_topic_created": {"name": "Работа", "icon_color": 1}}
ASKS = {
    "id": "1", "question": ADVERT, "options": [], "total_voter_count": 0, "is_closed": False,
    "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
    "allows_revoting": False, "members_only": False,
}  # fmt: skip
CAME = {"id": 78, "is_bot": False, "first_name": ADVERT}
LINK = {"type": "text_link", "offset": 0, "length": 6, "url": "https://kaspi-bonus.top/login"}


def here(text: str) -> dict[str, Any]:
    chat = {"id": -100500, "type": "supergroup"}
    return {"message_id": 1, "date": 1_700_000_000, "chat": chat, "text": text}


def written(source: Source, number: int = 7, *, name: str = "Айгүл", **body: Any) -> Message:
    """A message as the service tells of it, taken in and decided."""
    at = int(source.notice_at.timestamp()) + 60 if source.notice_at else 0
    item = read(
        TelegramMessage.model_validate(
            {
                "message_id": number,
                "date": at,
                "chat": {"id": -100500, "type": "supergroup"},
                "from": {"id": 77, "is_bot": False, "first_name": name},
                **body,
            }
        )
    )
    assert item is not None
    deciding.decide_all(incoming.take_in(batch=[(source, item)]))
    return Message.objects.get(external_id=str(number), is_latest=True)


@pytest.mark.parametrize(
    ("body", "standing", "hint"),
    [
        ({"text": ADVERT}, "blocked", ""),
        ({"caption": ADVERT, **PICTURE}, "blocked", ""),
        ({"text": ADVERT, "forward_origin": ORIGIN}, "blocked", ""),
        ({"text": HELLO}, "quiet", ""),
        ({"text": HELLO, "reply_to_message": here(ADVERT)}, "quiet", ""),
        ({"text": HELLO, "reply_to_message": here(ADVERT), "quote": QUOTE}, "quiet", ""),
        ({"text": WARNING, "reply_to_message": here(ADVERT)}, "quiet", ""),
        ({"text": ADVERT, "reply_to_message": here(HELLO)}, "blocked", ""),
        (
            {"text": HELLO, "external_reply": {"origin": ORIGIN}, "quote": QUOTE},
            "waiting",
            "foreign",
        ),
        (
            {"caption": HELLO, **PICTURE, "external_reply": {"origin": ORIGIN}, "quote": QUOTE},
            "waiting",
            "foreign",
        ),
        ({"text": WARNING, "external_reply": {"origin": ORIGIN}, "quote": QUOTE}, "quiet", ""),
        (
            {
                "text": HELLO,
                "external_reply": {"origin": ORIGIN},
                "quote": {"text": "Завтра субботник", "position": 0},
            },
            "quiet",
            "",
        ),
        ({"text": HELLO, "name": ADVERT}, "waiting", "profile"),
        ({"caption": "", **PICTURE, "name": ADVERT}, "waiting", "profile"),
        ({"text": WARNING, "name": ADVERT}, "quiet", ""),
        ({"text": HELLO, "forward_origin": {**ORIGIN, "chat": NAMED}}, "waiting", "foreign"),
        ({"contact": CARD}, "blocked", ""),
        ({"text": HELLO, "external_reply": {"origin": ORIGIN, "poll": ASKS}}, "waiting", "foreign"),
        (
            {"text": HELLO, "external_reply": {"origin": {**ORIGIN, "chat": NAMED}}},
            "waiting",
            "foreign",
        ),
        (
            {
                "text": HELLO,
                "external_reply": {"origin": ORIGIN},
                "quote": QUOTE,
                "reply_to_message": {**here(""), **TOPIC},
            },
            "waiting",
            "foreign",
        ),
        ({"story": {"chat": NAMED, "id": 1}}, "waiting", "foreign"),
        ({"text": HELLO, "hologram": {"title": ADVERT}}, "waiting", "foreign"),
        ({"new_chat_members": [CAME]}, "waiting", "profile"),
        ({"text": f"{WARNING}\n\nА вот я к{ADVERT[1:]}"}, "waiting", "behind"),
        ({"text": f"{ADVERT}, +7 702 555 44 33. {WARNING}"}, "waiting", "behind"),
        ({"text": f"{WARNING} {WARNING}"}, "quiet", ""),
    ],
    ids=[
        "own words",
        "own words under a picture",
        "an advert handed on",
        "nothing",
        "an answer to an advert of this chat",
        "a quotation from this chat",
        "a warning above an advert of this chat",
        "an advert above somebody's harmless words",
        "innocent words under another chat's advert",
        "an innocent caption under another chat's advert",
        "a warning under another chat's advert",
        "a harmless quotation from another chat",
        "an advert for a name",
        "an advert for a name under a wordless picture",
        "a warning of somebody with such a name",
        "handed on from a channel with such a name",
        "a card of somebody with such a name",
        "innocent words under another chat's poll",
        "an answer to a channel with such a name",
        "innocent words in a topic under another chat's advert",
        "a story of a channel with such a name",
        "what the service has added since",
        "somebody with such a name who joins",
        "an advert behind a warning",
        "an advert before a warning",
        "a warning said twice",
    ],
)
def test_each_part_is_judged_apart(
    source: Source, body: dict[str, Any], standing: str, hint: str
) -> None:
    found = written(source, **body)
    assert (found.standing, found.hint) == (standing, hint)
    # the machine acts on what the author wrote, and on nothing else
    assert Decision.objects.exists() == (standing == "blocked")


def test_an_edit_is_judged_apart_from_what_stood_there_before(source: Source) -> None:
    assert written(source, text=HELLO).standing == "quiet"
    later = int(source.notice_at.timestamp()) + 120 if source.notice_at else 0
    assert written(source, text=ADVERT, edit_date=later).standing == "blocked"
    versions = Message.objects.order_by("version").values_list("standing", "is_latest")
    assert list(versions) == [("quiet", False), ("blocked", True)]


def test_an_edit_that_comes_before_its_original_stays_the_latest(source: Source) -> None:
    later = int(source.notice_at.timestamp()) + 120 if source.notice_at else 0
    written(source, text=HELLO, edit_date=later)
    written(source, text="Доброе утро", edit_date=None)
    latest = Message.objects.get(external_id="7", is_latest=True)
    assert latest.own_text == HELLO
    assert Message.objects.count() == 2


def test_where_a_word_or_a_button_leads_is_read_too(source: Source) -> None:
    behind_words = written(source, text="Сюда заходите", entities=[LINK])
    button = {"inline_keyboard": [[{"text": "Войти", "url": "https://kaspi-bonus.top/login"}]]}
    behind_button = written(source, 8, text="Бонус от банка", reply_markup=button)
    for found in (behind_words, behind_button):
        assert "kaspi-bonus.top" in found.own_text


def test_the_profile_is_sealed_shown_and_linked(source: Source, officer: Officer) -> None:
    found = written(source, text=HELLO, name=f"{ADVERT}, +7 705 111 22 33")
    assert "705 111" in found.text["profile"]
    pursuing.remember_indicators(message=found, by=officer("operative"))
    seen = Sighting.objects.select_related("indicator")
    assert "+77051112233" in {one.indicator.shown for one in seen}
    officers.block(message=found, ladder=("delete",), by=officer("operative"))
    assert ADVERT in Seal.objects.get().content["text"]["profile"]


def test_delivered_again_it_is_still_one_message(source: Source) -> None:
    written(source, text=HELLO, name=ADVERT)
    written(source, text=HELLO, name=ADVERT)
    assert Message.objects.count() == 1


def test_who_only_joins_is_kept_nowhere(source: Source) -> None:
    at = int(source.notice_at.timestamp()) + 60 if source.notice_at else 0
    joined = {
        **here(""),
        "date": at,
        "from": CAME,
        "new_chat_members": [{**CAME, "first_name": "Айгүл"}],
    }
    item = read(TelegramMessage.model_validate(joined))
    assert item is not None
    assert incoming.take_in(batch=[(source, item)]) == []
    assert not Message.objects.exists()


def test_an_ordinary_name_is_kept_nowhere(say: Say) -> None:
    found = say(HELLO, profile="Айгүл Серікқызы, мама двоих детей")
    assert "profile" not in found.text
    assert found.author is None
