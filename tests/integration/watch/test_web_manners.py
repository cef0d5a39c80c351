"""How a site is visited: robots.txt, pace, redirects, waits, our name, no private address."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings

from tereze.core.clock import now
from tereze.disruption.models import HostPace
from tereze.watch.connectors.feeds import manners, robots
from tereze.watch.connectors.feeds.manners import Answer, TroubleError, Validators
from tereze.watch.models import HostRobots
from tests.watching import Time
from tests.websites import Website


pytestmark = pytest.mark.django_db(transaction=True)
get: Callable[..., Answer] = async_to_sync(manners.get)


def trouble(address: str) -> str:
    with pytest.raises(TroubleError) as caught:
        get(address)
    return caught.value.reason


@pytest.mark.parametrize(
    ("answer", "path", "reason"),
    [
        ({"body": b"User-agent: *\nDisallow: /"}, "/a", "robots"),
        ({"body": b"User-agent: *\nDisallow: /a"}, "/a", "robots"),
        (
            {"body": b"\xef\xbb\xbfUser-agent: *\nDisallow: /a"},
            "/a",
            "robots",
        ),  # as Notepad saves it
        ({"body": b"User-agent: *\nDisallow: /a"}, "/b", ""),
        ({"body": b"User-agent: *\nDisallow: /\nAllow: /a$"}, "/a", ""),
        ({"body": b"User-agent: *\nDisallow: /*?page="}, "/a?page=2", "robots"),
        ({"body": b"User-agent: Tereze\nDisallow: /\n\nUser-agent: *\nAllow: /"}, "/a", "robots"),
        ({"body": b"User-agent: *\nDisallow: /\n\nUser-agent: tereze\nAllow: /"}, "/a", ""),
        ({"body": b"User-agent: other\nDisallow: /"}, "/a", ""),
        ({"body": b"\xff\xfe\x00garbage" * 1000}, "/a", ""),
        ({"body": b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /"}, "/a", ""),
        ({"status": 404}, "/a", ""),
        ({"status": 403}, "/a", ""),
        ({"status": 429}, "/a", "robots_unreachable"),
        ({"status": 500}, "/a", "robots_unreachable"),
        ({"status": 503}, "/a", "robots_unreachable"),
        ({"status": 301, "headers": {"Location": "/robots.txt"}}, "/a", ""),
    ],
)
def test_what_robots_txt_says_is_kept_to(
    site: Website, answer: dict[str, Any], path: str, reason: str
) -> None:
    site.put(path, "words")
    site.put("/robots.txt", answer.pop("body", b""), **answer)
    if reason:
        assert trouble(site.address + path) == reason
        assert not site.visits(path)
    else:
        assert get(site.address + path).body == b"words"


def test_robots_txt_is_asked_for_once_a_day(site: Website, time: Time) -> None:
    site.put("/a", "words")
    get(f"{site.address}/a")
    get(f"{site.address}/a")
    assert len(site.visits("/robots.txt")) == 1
    time.move(hours=25)
    get(f"{site.address}/a")
    assert len(site.visits("/robots.txt")) == 2


def test_while_it_cannot_be_reached_the_old_one_holds(site: Website, time: Time) -> None:
    site.put("/a", "words")
    site.put("/robots.txt", "User-agent: *\nDisallow: /b")
    get(f"{site.address}/a")
    time.move(hours=25)
    site.put("/robots.txt", "", status=500)
    assert trouble(f"{site.address}/b") == "robots"
    time.move(hours=1)
    get(f"{site.address}/a")


def test_we_say_who_we_are_and_where_to_complain(site: Website, settings: LazySettings) -> None:
    settings.LOOK_CONTACT = "https://kiberpol.example.kz/robot"
    site.put("/a", "words")
    get(f"{site.address}/a")
    agents = {headers["user-agent"] for _path, headers in site.asked}
    assert agents == {
        "Tereze/0.1 (police cyber-fraud desk; reads public comments; +https://kiberpol.example.kz/robot)"
    }


def test_only_what_has_changed_is_fetched(site: Website) -> None:
    site.put(
        "/a", "words", headers={"ETag": '"1"', "Last-Modified": "Fri, 27 Nov 2026 10:00:00 GMT"}
    )
    first = get(f"{site.address}/a")
    assert first.validators == Validators('"1"', "Fri, 27 Nov 2026 10:00:00 GMT")
    again = get(f"{site.address}/a", validators=first.validators)
    assert again.unchanged
    asked = site.visits("/a")[-1]
    assert asked["if-none-match"] == '"1"'
    assert asked["if-modified-since"] == "Fri, 27 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "forbidden"),
        (403, "forbidden"),
        (404, "page_gone"),
        (410, "page_gone"),
        (418, "status"),
        (429, "limited"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "limited"),
    ],
)
def test_every_refusal_has_its_name(site: Website, status: int, reason: str) -> None:
    site.put("/a", "no", status=status)
    assert trouble(f"{site.address}/a") == reason


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("120", 120), ("", 0), ("soon", 0), ("-5", 0), ("99999999", 86400), ("9" * 50, 0)],
)
def test_who_asks_us_to_wait_is_waited_for(site: Website, given: str, seconds: float) -> None:
    site.put("/a", "no", status=429, headers={"Retry-After": given})
    with pytest.raises(TroubleError) as caught:
        get(f"{site.address}/a")
    assert caught.value.wait == seconds
    asked = len(site.asked)
    HostPace.objects.update(paused_until=now() + timedelta(minutes=5))
    assert trouble(f"{site.address}/a") == "limited"  # for all of us, whoever asks next
    assert len(site.asked) == asked


def test_a_wait_may_be_told_as_a_date(site: Website) -> None:
    until = format_datetime(now() + timedelta(hours=2), usegmt=False)
    site.put("/a", "no", status=503, headers={"Retry-After": until})
    with pytest.raises(TroubleError) as caught:
        get(f"{site.address}/a")
    assert 7100 < caught.value.wait <= 7200


def test_redirects_are_followed_on_the_same_site_only(
    site: Website, settings: LazySettings
) -> None:
    site.put("/a", "", status=301, headers={"Location": "/b"})
    site.put("/b", "words")
    assert get(f"{site.address}/a").url == f"{site.address}/b"
    site.put("/c", "", status=302, headers={"Location": "/c"})
    assert trouble(f"{site.address}/c") == "redirects"
    site.put("/d", "", status=302, headers={"Location": "https://example.com/"})
    assert trouble(f"{site.address}/d") == "elsewhere"
    site.put("/e", "", status=302, headers={"Location": "http://xn--/"})
    assert trouble(f"{site.address}/e") == "address"
    site.put("/robots.txt", "User-agent: *\nDisallow: /b")
    HostRobots.objects.all().delete()
    assert trouble(f"{site.address}/a") == "robots"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:9/",
        "http://10.0.0.1/",
        "http://0x7f000001/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_no_private_address_is_visited(site: Website, address: str) -> None:
    assert trouble(address) == "private"


def test_a_redirect_into_the_inner_network_is_refused(
    site: Website, settings: LazySettings
) -> None:
    port = int(site.address.rpartition(":")[2])
    site.put("/a", "", status=302, headers={"Location": f"http://127.0.0.1:{port + 1}/secret"})
    assert trouble(f"{site.address}/a") == "private"


def test_a_name_that_turns_inward_is_refused(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name was public when it was added."""
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("127.0.0.1", int(site.address.rpartition(":")[2])))]
    )  # fmt: skip
    port = site.address.rpartition(":")[2]
    assert trouble(f"http://news.example.kz:{port}/a") == "private"
    assert not site.asked


def test_a_site_that_hangs_is_left_after_its_time(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manners, "SECONDS", 0.3)
    site.put("/a", "words", hang=1.0)
    assert trouble(f"{site.address}/a") == "network"


@pytest.mark.parametrize("name", ["base64", "rot13", "idna", "punycode", "undefined", "x" * 500])
def test_letters_that_are_none_hold_nothing_up(site: Website, name: str) -> None:
    headers = {"Content-Type": f"text/html; charset={name}"}
    assert get(site.put("/a", "Воды нет", headers=headers)).encoding == "utf-8"


def test_what_is_too_large_is_cut(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners, "LIMIT", 1000)
    site.put("/a", "x" * 5000)
    answer = get(f"{site.address}/a")
    assert answer.truncated
    assert len(answer.body) == 1000


def test_one_request_at_a_time_with_the_pace_between(site: Website, settings: LazySettings) -> None:
    settings.WATCH_PACE = 0.2
    for number in range(4):
        site.put(f"/{number}", "words", hang=0.1)

    async def all_at_once() -> None:
        await asyncio.gather(*(manners.get(f"{site.address}/{n}") for n in range(4)))

    begun = now()
    async_to_sync(all_at_once)()
    assert site.at_once == 1
    assert (now() - begun).total_seconds() >= 4 * 0.2


def test_a_crawl_delay_slows_us_down(site: Website) -> None:
    site.put("/robots.txt", f"User-agent: {robots.TOKEN}\nCrawl-delay: 0.5")
    for name in "ab":
        site.put(f"/{name}", "words")
    get(f"{site.address}/a")
    begun = now()
    get(f"{site.address}/b")
    assert (now() - begun).total_seconds() > 0.3


@pytest.mark.parametrize(
    ("ahead", "age", "far"), [(3600, "", True), (-3600, "3600", False), (5, "", False)]
)
def test_their_clock_is_compared_with_ours(site: Website, ahead: int, age: str, far: bool) -> None:
    told = format_datetime(now() + timedelta(seconds=ahead))
    assert (abs(manners.skew({"date": told, "age": age})) > 600) is far
