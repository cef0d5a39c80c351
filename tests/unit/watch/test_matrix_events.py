"""Matrix's events: what outsiders may send, in the house's own shape."""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.core.clock import now
from tereze.watch.connectors.base import NotThereError
from tereze.watch.connectors.matrix import words
from tereze.watch.connectors.matrix.client import answer_of
from tereze.watch.connectors.matrix.reading import TEXTS, Reader
from tereze.watch.received import Incoming
from tests.watching import ADVERT


ROOM, SENDER = "!room:a.kz", "@seller:a.kz"


class Nobody:
    """A server that has no other events."""

    async def get(self, *_: Any, **__: Any) -> dict[str, Any]:
        raise NotThereError("not_found")


def read(content: Any, *, kind: str = "m.room.message", **more: Any) -> Incoming | None:
    reader = Reader(Nobody())  # type: ignore[arg-type] # all that is asked of it
    event = {"type": kind, "sender": SENDER, "event_id": "$1", "content": content, **more}
    return asyncio.run(reader.read(ROOM, event, live=True))


HTML = {"msgtype": "m.text", "format": "org.matrix.custom.html"}


@pytest.mark.parametrize(
    ("content", "text", "caption", "media"),
    [
        ({"msgtype": "m.text", "body": "сәлем"}, "сәлем", "", ""),
        ({**HTML, "body": "**сәлем**", "formatted_body": "<b>сәлем</b>"}, "**сәлем**", "", ""),
        ({**HTML, "body": "сәлем", "formatted_body": ADVERT}, f"{ADVERT}\nсәлем", "", ""),
        (
            {**HTML, "body": "тут", "formatted_body": '<a href="https://x.kz">тут</a>'},
            "тут https://x.kz",
            "",
            "",
        ),
        ({"msgtype": "m.image", "body": "1.jpg"}, "", "", "photo"),
        ({"msgtype": "m.image", "body": ADVERT, "filename": "1.jpg"}, "", ADVERT, "photo"),
        ({"msgtype": "m.file", "body": "куплю_карту.pdf"}, "", "куплю карту", "document"),
        ({"msgtype": "m.text", "body": "a\0b\ud83d"}, "ab?", "", ""),
        (
            {**HTML, "body": "тут", "formatted_body": '<a href="https://x.kz">тут'},
            "тут https://x.kz",
            "",
            "",
        ),
        ({**HTML, "body": "а", "formatted_body": f"<mx-reply>{ADVERT}"}, ADVERT, "", ""),
        (
            {**HTML, "body": "а", "formatted_body": f'<b data-mx-spoiler="{ADVERT}">а</b>'},
            f"{ADVERT} а",
            "",
            "",
        ),
        ({**HTML, "body": "а", "formatted_body": f"<template>{ADVERT}"}, ADVERT, "", ""),
        ({**HTML, "body": "а", "formatted_body": f"<frameset>{ADVERT}"}, ADVERT, "", ""),
        ({"msgtype": "m.image", "body": ADVERT}, "", ADVERT, "photo"),
        ({"msgtype": "m.audio", "body": f"{ADVERT}.mp3"}, "", ADVERT, "audio"),
        (
            {"msgtype": "m.file", "body": "вот", "filename": f"{ADVERT}.pdf"},
            "",
            f"вот\n{ADVERT}",
            "document",
        ),
        (
            {"msgtype": "m.location", "body": "вот", "m.location": {"description": ADVERT}},
            "",
            f"вот\n{ADVERT}",
            "location",
        ),
    ],
    ids=[
        "text",
        "rich",
        "hidden",
        "link",
        "photo",
        "caption",
        "file name",
        "broken letters",
        "link left open",
        "quotation in no reply",
        "spoiler",
        "template",
        "frames",
        "words for a name",
        "name of a song",
        "caption and name",
        "place",
    ],
)
def test_words_are_found_where_readers_see_them(
    content: dict[str, Any], text: str, caption: str, media: str
) -> None:
    found = read(content)
    assert found is not None
    assert (found.text, found.caption, found.media) == (text, caption, media)


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        (
            "m.poll.start",
            {
                "m.poll": {
                    "question": {"m.text": [{"body": "Сдаёте карту?"}]},
                    "answers": [{"m.text": [{"body": "да"}]}, {"m.text": [{"body": "нет"}]}],
                }
            },
            "Сдаёте карту?\nда\nнет",
        ),
        (
            "org.matrix.msc3381.poll.start",
            {
                "org.matrix.msc3381.poll.start": {
                    "question": {"body": "Сдаёте карту?"},
                    "answers": [{"org.matrix.msc1767.text": "да"}],
                }
            },
            "Сдаёте карту?\nда",
        ),
        (
            "m.poll.start",
            {
                "m.poll": {"question": {"m.text": [{"body": "а"}, {"body": ADVERT}]}},
                "org.matrix.msc3381.poll.start": {"question": {"body": "б"}},
            },
            f"б\nа\n{ADVERT}",
        ),
        ("m.poll.end", {"m.text": [{"body": ADVERT}]}, ADVERT),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "key": ADVERT}}, ADVERT),
        ("m.room.name", {"name": ADVERT}, ADVERT),
        ("m.room.topic", {"topic": "а", "m.topic": {"m.text": [{"body": ADVERT}]}}, f"а\n{ADVERT}"),
        ("m.room.member", {"membership": "leave", "reason": ADVERT}, ADVERT),
        ("m.room.member", {"membership": "knock", "reason": ADVERT}, ADVERT),
    ],
)
def test_polls_and_long_reactions_are_texts_too(
    kind: str, content: dict[str, Any], text: str
) -> None:
    found = read(content, kind=kind, state_key=SENDER)
    assert found is not None
    assert found.text == text


def test_an_edit_hides_nothing_in_the_words_for_old_clients() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$2"}
    edit = {"msgtype": "m.text", "m.relates_to": relation}
    calm = {"msgtype": "m.text", "body": "сәлем"}
    found = [
        read({**edit, "body": f"* {body}", "m.new_content": calm}) for body in (ADVERT, "сәлем")
    ]
    assert [one.text for one in found if one] == [f"сәлем\n* {ADVERT}", "сәлем"]


# bold that goes on in every next paragraph: a gigabyte as a browser builds it
BOLD = "<p>" + "".join(f"<b a={n}>" for n in range(1000)) + "<p>x" * 2500


# what made the standard library's parser raise, or take from seconds to more than a minute
@pytest.mark.parametrize(
    "piece", ["<![", "<a ", "<a/", "<b\t", "<a b='", "<!--", "<b>", "<ul><li>", BOLD]
)
def test_no_markup_stops_the_reading(piece: str) -> None:
    html = f"{ADVERT}{piece * (60_000 // len(piece))}"
    begun = monotonic()
    found = read({**HTML, "body": "сәлем", "formatted_body": html})
    assert monotonic() - begun < 5
    assert found is not None
    assert ADVERT in found.text


def test_what_no_server_may_send_is_passed_by() -> None:
    content = {"msgtype": "m.text", "body": ADVERT}
    assert (
        read(content, event_id="$" + "x" * 300) is None
    )  # no index of PostgreSQL takes such a name
    assert answer_of(b"[" * 200_000) is None


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        *((kind, {}) for kind in TEXTS),  # redacted
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "key": "👍"}}),
        ("m.room.member", {"membership": "leave", "displayname": ADVERT}),
        ("m.room.member", {"membership": "join", "displayname": "Айгүл"}),
    ],
)
def test_what_says_nothing_is_no_message(kind: str, content: dict[str, Any]) -> None:
    assert read(content, kind=kind, state_key=SENDER) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("body", "formatted_body", "format", "msgtype", "m.relates_to", "m.new_content", "m.poll")
content = st.dictionaries(
    st.sampled_from(NAMES),
    anything
    | st.sampled_from(["m.text", "m.image", "org.matrix.custom.html"])
    | st.dictionaries(
        st.sampled_from(["rel_type", "event_id", "m.in_reply_to", "question", "answers", "body"]),
        anything | st.sampled_from(["m.replace"]) | st.just({"event_id": "$2"}),
    ),
)


@given(content=content, kind=st.sampled_from(TEXTS), stamp=anything, key=anything)
def test_nothing_that_is_sent_stops_the_reading(
    content: dict[str, Any], kind: str, stamp: Any, key: Any
) -> None:
    found = read(content, kind=kind, origin_server_ts=stamp, state_key=key)
    if found is not None:
        f"{found.text}{found.caption}{found.quoted}".encode()
        assert "\0" not in found.text + found.caption + found.quoted


@pytest.mark.parametrize(
    ("ago", "live", "believed"),
    [(5, True, True), (86_400, True, False), (86_400, False, True), (-86_400, True, False)],
)
def test_a_server_with_a_wrong_clock_hides_no_message(ago: int, live: bool, believed: bool) -> None:
    reader = Reader(Nobody())  # type: ignore[arg-type] # all that is asked of it
    at = now() - timedelta(seconds=ago)
    event = {
        "type": "m.room.message",
        "sender": SENDER,
        "event_id": "$1",
        "content": {"msgtype": "m.text", "body": "сәлем"},
        "origin_server_ts": int(at.timestamp() * 1000),
    }
    found = asyncio.run(reader.read(ROOM, event, live=live))
    assert found is not None
    assert (abs(found.sent_at - at) < timedelta(seconds=1)) == believed
    assert found.sent_at <= now()


def test_only_a_line_by_line_quotation_is_split_off() -> None:
    body = "> <@a:x> one\n> two\n\nthree\n> four"
    assert words.split_reply(body) == ("one\ntwo", "three\n> four")
    assert words.split_reply("three > four") == ("", "three > four")


MXC = "mxc://example.kz/advert"


@pytest.mark.parametrize(
    ("kind", "content", "names"),
    [
        ("m.room.message", {"msgtype": "m.image", "url": MXC}, [MXC]),
        ("m.room.message", {"msgtype": "m.image", "url": "https://example.kz/advert"}, []),
        ("m.room.message", {"msgtype": "m.file", "url": MXC, "info": {"mimetype": "image/heic"}}, [MXC]),
        ("m.room.message", {"msgtype": "m.video", "url": "mxc://v/v", "info": {"thumbnail_url": MXC}}, [MXC]),
        ("m.sticker", {"url": MXC}, [MXC]),
        ("m.room.message", {**HTML, "formatted_body": f'сәлем<template><img src="{MXC}">'}, [MXC]),
        ("m.room.message", {**HTML, "formatted_body": f'<img data-mx-emoticon src="{MXC}">'}, []),
        ("m.room.message", {**HTML, "formatted_body": f'<img src="{MXC}">' * 5000}, [MXC]),
    ],
)  # fmt: skip
def test_every_picture_that_the_room_shows_is_read(
    kind: str, content: dict[str, Any], names: list[str]
) -> None:
    assert [file.name for file in words.pictures(kind, content)] == names
