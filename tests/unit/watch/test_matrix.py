"""Matrix's events, addresses, levels and lists: what outsiders may send, in the house's own shape."""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.core.clock import now
from tereze.watch.connectors.base import BusyError, NotThereError, ServiceError
from tereze.watch.connectors.matrix import Matrix, errors, joining, lists, words
from tereze.watch.connectors.matrix.client import answer_of
from tereze.watch.connectors.matrix.polling import arrivals
from tereze.watch.connectors.matrix.reading import TEXTS, Reader
from tereze.watch.connectors.matrix.rights import levels
from tereze.watch.models import Source
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


# what made the standard library's parser raise, or take from seconds to more than a minute
@pytest.mark.parametrize(
    "piece", ["<![", "<a ", "<a/", "<b\t", "<a b='", "<!--", "<b>", "<ul><li>"]
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


@pytest.mark.parametrize(
    ("pasted", "room", "via"),
    [
        ("#chat:a.kz", "#chat:a.kz", ()),
        (" !abc:a.kz ", "!abc:a.kz", ()),
        ("!KsCZGRgxPAkm1TfitPkkOKJFNDKS3", "!KsCZGRgxPAkm1TfitPkkOKJFNDKS3", ()),
        (
            "https://matrix.to/#/!abc:a.kz?via=a.kz&via=b.kz",
            "!abc:a.kz",
            ("a.kz", "b.kz"),
        ),
        ("https://matrix.to/#/%23chat%3Aa.kz", "#chat:a.kz", ()),
        ("https://matrix.to/#/#chat:a.kz/$event", "#chat:a.kz", ()),
        ("matrix:roomid/abc:a.kz?via=a.kz&action=join", "!abc:a.kz", ("a.kz",)),
        ("<matrix:r/chat:a.kz>", "#chat:a.kz", ()),
    ],
)
def test_an_address_is_understood_as_people_paste_it(
    pasted: str, room: str, via: tuple[str, ...]
) -> None:
    assert joining.address_of(pasted) == joining.Address(room, via)


@pytest.mark.parametrize(
    "pasted", ["", "https://t.me/chat", "@user:a.kz", "chat", "#chat", "matrix:u/user:a.kz", "!"]
)
def test_what_is_no_room_is_refused(pasted: str) -> None:
    with pytest.raises(joining.JoiningError, match="address"):
        joining.address_of(pasted)


@pytest.mark.parametrize(
    "typed", ["http://a.kz", "ftp://a.kz", "a b", "https://user@a.kz", "https://a.kz@b.kz", ""]
)
def test_our_key_goes_to_no_unsafe_server(typed: str) -> None:
    with pytest.raises(joining.JoiningError, match="server"):
        asyncio.run(joining.homeserver(typed))


@pytest.mark.parametrize(
    ("glob", "why"),
    [
        ("@spammer:evil.example", ""),
        ("@spam-bot-*:evil.example", ""),
        ("@spam-bot-?:*.evil.example", ""),
        ("*", "no_account"),
        ("*:*", "no_account"),
        ("*:evil.example", "no_account"),
        ("evil.example", "no_account"),
        ("@*", "no_account"),
        ("@*:*", "local_too_broad"),
        ("@*:evil.example", "local_too_broad"),
        ("@**:evil.example", "local_too_broad"),
        ("@?*:evil.example", "local_too_broad"),
        ("@????????:evil.example", "local_too_broad"),
        ("@a*:evil.example", "local_too_broad"),
        ("@spammer:*", "server_too_broad"),
        ("@spammer:*.kz", "server_too_broad"),
        ("@spammer:evil.*", "server_too_broad"),
        ("@tereze:balqash.kz", "hits_us"),
        ("@terez*:balqash.kz", "hits_us"),
        ("@" + "a" * 300 + ":b.kz", "no_account"),
    ],
)
def test_a_rule_that_would_name_a_city_is_refused(glob: str, why: str) -> None:
    assert lists.refusal(glob, ["@tereze:balqash.kz"]) == why


def test_a_glob_is_never_slow_and_means_itself() -> None:
    assert lists.matches("@spam-*:evil.example", "@spam-17:evil.example")
    assert not lists.matches("@spam.bot:evil.example", "@spamxbot:evil.example")
    assert not lists.matches("@" + "*" * 200 + "x:y", "@" + "a" * 250 + ":y")


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2000}, "BusyError"),
        (429, None, "BusyError"),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, "NoRightsError"),
        (403, {"errcode": "M_USER_DEACTIVATED"}, "NoRightsError"),
        (403, {"errcode": "M_FORBIDDEN"}, "ForbiddenError"),
        (404, {"errcode": "M_NOT_FOUND"}, "NotThereError"),
        (404, {"errcode": "M_UNRECOGNIZED"}, "RefusedError"),
        (404, None, "UnreachableError"),  # a proxy's own page: nothing is known
        (502, {"errcode": "M_NOT_FOUND"}, "UnreachableError"),
        (400, ["nonsense"], "UnreachableError"),
        (400, {"errcode": 7}, "UnreachableError"),
    ],
)
def test_every_answer_is_one_of_the_five_errors(status: int, answer: Any, error: str) -> None:
    found = errors.refused(status, answer)
    assert isinstance(found, ServiceError)
    assert type(found).__name__ == error


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ({"retry_after_ms": 2000}, None, 2),
        ({}, "7", 7),
        ({"retry_after_ms": -5}, None, 0.5),
        ({"retry_after_ms": 10**12}, None, 600),
        ({"retry_after_ms": "soon"}, "soon", 5),
    ],
)
def test_a_server_sends_us_away_for_a_sensible_time(
    body: dict[str, Any], header: str | None, seconds: float
) -> None:
    found = errors.refused(429, body, header)
    assert isinstance(found, BusyError)
    assert found.seconds == seconds


@pytest.mark.parametrize(
    ("content", "create", "staff", "may_edit"),
    [
        ({"users": {"@a:x": 100, "@b:x": 50, "@c:x": 0}}, {"room_version": "11"}, "ab", "a"),
        ({"users": {"@a:x": "100"}, "redact": "60"}, {}, "a", "a"),
        ({}, {}, "m", "m"),  # a room without levels belongs to its maker
        ({"users": {"@a:x": 50}}, {"room_version": "12"}, "ma", "ma"),
        ({"users": {"@b:x": 10}, "kick": 10}, {"room_version": "10"}, "b", ""),
        ({"users": [], "events": 7, "ban": None}, {"room_version": []}, "", ""),
    ],
)
def test_levels_are_read_as_servers_read_them(
    content: dict[str, Any], create: dict[str, Any], staff: str, may_edit: str
) -> None:
    standard = {"events": {"m.room.power_levels": 100}}
    if may_edit != "ma":
        content = {**standard, **content} if content else content
    found = levels(content, create, "@m:x")
    people = [f"@{name}:x" for name in "mabc"]
    assert [one[1] for one in people if found.is_staff(one)] == list(staff)
    assert [one[1] for one in people if found.may_edit(one)] == list(may_edit)


def test_muting_takes_the_word_and_unmuting_gives_it_back() -> None:
    found = levels({"users": {"@m:x": 100}, "events": {"m.room.message": 5}}, {}, "@m:x")
    muted = levels(found.muting("@a:x"), {}, "@m:x")
    assert muted.is_muted("@a:x")
    assert not muted.is_muted("@m:x")
    assert muted.unmuting("@a:x") == found.content


def test_only_a_line_by_line_quotation_is_split_off() -> None:
    body = "> <@a:x> one\n> two\n\nthree\n> four"
    assert words.split_reply(body) == ("one\ntwo", "three\n> four")
    assert words.split_reply("three > four") == ("", "three > four")


class Endless:
    """A reading that goes on until it is stopped."""

    def __init__(self, *_: Any) -> None:
        pass

    async def run(self) -> None:
        await asyncio.Event().wait()


def test_a_reading_begun_anew_outlives_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that moves: the old reading ends after the new one has begun."""
    monkeypatch.setattr("tereze.watch.connectors.matrix.Poller", Endless)
    matrix, source = Matrix(), Source(kind="matrix", server="https://a.kz", bot_key="k")

    async def overlap() -> None:
        old, new = (asyncio.create_task(matrix.watch([source], None)) for _ in range(2))  # type: ignore[arg-type] # it asks nothing of the house
        await asyncio.sleep(0)
        standing = matrix.clients["k"]
        for task, left in ((old, standing), (new, None)):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert matrix.clients.get("k") is left

    asyncio.run(overlap())


def member(user: str, now: str, before: str = "", name: str = "А") -> dict[str, Any]:
    event = {"type": "m.room.member", "state_key": user, "content": {"membership": now}}
    prev = {"prev_content": {"membership": before, "displayname": name}} if before else {}
    return {**event, "unsigned": prev}


@pytest.mark.parametrize(
    ("event", "newcomers"),
    [
        (member("@a:x", "join"), ["@a:x"]),
        (member("@a:x", "join", "invite"), ["@a:x"]),
        (member("@a:x", "join", "leave"), ["@a:x"]),
        (member("@a:x", "join", "join"), []),  # a new name
        (member("@a:x", "leave", "join"), []),
        (member("@us:x", "join"), []),
        ({"type": "m.room.member"}, []),
        ({"type": "m.room.message", "state_key": "@a:x", "content": {"membership": "join"}}, []),
        ("nonsense", []),
    ],
)
def test_who_has_just_come_in(event: Any, newcomers: list[str]) -> None:
    assert arrivals([event], "@us:x") == newcomers
