"""Matrix's addresses, lists of bans, answers, levels, and who reads and comes in."""

import asyncio
from typing import Any, cast

import pytest

from tereze.watch.connectors.base import BusyError, NotThereError, ServiceError
from tereze.watch.connectors.matrix import Matrix, errors, joining, lists
from tereze.watch.connectors.matrix.client import Client
from tereze.watch.connectors.matrix.reading import arrivals
from tereze.watch.connectors.matrix.rights import levels
from tereze.watch.connectors.matrix.rooms import Rooms
from tereze.watch.models import Source


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
        ("MATRIX:r/chat:a.kz", "#chat:a.kz", ()),
        ("HTTPS://Matrix.to/#/#chat:a.kz", "#chat:a.kz", ()),
        ("https://app.element.io/#/room/#chat:a.kz", "#chat:a.kz", ()),
        ("https://chat.a.kz/#/room/!abc:a.kz?via=b.kz", "!abc:a.kz", ("b.kz",)),
        ("https://fluffychat.im/web/#/rooms/!abc:a.kz/$event", "!abc:a.kz", ()),
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


class FarAway:
    """A homeserver that has nobody in the new room, and asks others only when they are named."""

    def __init__(self, closed_by: dict[str, str]) -> None:
        self.closed_by = closed_by
        self.beginnings = {"!new": {"content": {"predecessor": {"room_id": "!old:a.kz"}}}}

    async def get(self, address: str, **_asked: str) -> dict[str, Any]:
        if address.endswith("/whoami"):
            return {"user_id": "@tereze:a.kz"}
        if address.endswith("/m.room.tombstone/"):
            return self.closed_by
        return {}

    async def post(self, address: str, _body: dict[str, Any], **asked: Any) -> dict[str, Any]:
        assert asked.get("via") == asked.get("server_name")
        if asked.get("via") != ["b.kz:8448"]:
            raise NotThereError(address, asked)
        return {}


def test_a_room_without_a_server_in_its_name_is_entered_through_whoever_closed_the_old() -> None:
    rooms = Rooms(cast(Client, FarAway({"sender": "@owner:b.kz:8448"})))
    assert asyncio.run(rooms.continues("!new", "!old:a.kz"))


def test_where_the_server_does_not_say_who_closed_it_nobody_is_named() -> None:
    rooms = Rooms(cast(Client, FarAway({"body": "moved"})))
    with pytest.raises(NotThereError, match=r"'via': \[\]"):
        asyncio.run(rooms.continues("!new", "!old:a.kz"))
