"""Adverts in pictures of forums and feeds: fetched as politely as the pages, read by Tesseract itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import translation

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import looks as looks_at
from tereze.disruption.models import HostPace, Lookout, Request
from tereze.watch import picturing, sealing
from tereze.watch.actions import officers, sources
from tereze.watch.models import HostRobots, Message, MessagePicture, Seal, Source
from tereze.watch.picture_words import why_words
from tereze.watch.pictures import Picture
from tests.drawn import screenshot
from tests.integration.watch.test_web import delivered, person, watched
from tests.integration.watch.test_web_visits import visit
from tests.watching import ADMINISTRATOR, ADVERT, Time
from tests.websites import Website, comment, page, running_website


pytestmark = pytest.mark.django_db(transaction=True)
PNG = screenshot("Отдам котят в добрые руки")
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def elsewhere(site: Website, settings: LazySettings) -> Iterator[Website]:
    with running_website() as found:
        settings.ALLOWED_PRIVATE = [site.host, found.host]
        yield found


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is only about fetching: decoding takes most of the time."""
    monkeypatch.setattr("tereze.watch.picturing.read_bytes", lambda data: Picture())


def forum(unit: Unit, site: Website, **fields: Any) -> Source:
    """Looked at once, so that what comes from now on is new."""
    site.put("/n", page(comment(1, "Когда?")))
    source = watched(unit, f"{site.address}/n", **{"pictures": "read", **fields})
    visit(source)
    return source


def post(site: Website, *images: str, words: str = "") -> None:
    html = words + "".join(f'<img src="{one}">' for one in images)
    site.put("/n", page(comment(1, "Когда?"), comment(2, html, author="Скупщик")))


def work_off() -> None:
    """The rows of long pages come one after another; an hour is enough for all."""
    MessagePicture.objects.exclude(next_action_at=None).update(next_action_at=now())
    due.run_until_idle()


def test_an_advert_in_a_picture_becomes_a_request_to_the_owner(
    unit: Unit, site: Website, elsewhere: Website, officer: Any, chief: User
) -> None:
    source = forum(unit, site)
    advert = elsewhere.put(
        "/u/1.jpg", screenshot(f"{ADVERT}. Карта 4400430211112222"), headers=JPEG
    )
    post(site, advert)
    visit(source)
    found = Message.objects.get()
    assert (found.own_text, found.standing) == ("", "quiet")
    assert not elsewhere.visits("/u/1.jpg")  # the look at the page waits for no picture
    work_off()
    found.refresh_from_db()
    assert (found.outcome, found.standing) == ("illegal", "waiting")
    assert found.author["name"] == "Скупщик"
    assert "Tereze" in elsewhere.visits("/u/1.jpg")[0]["user-agent"]
    assert elsewhere.visits("/robots.txt")
    wall = person(officer, Role.DISPATCHER).get("/desk/wall/").content.decode()
    assert "прочитано с картинки" in wall
    assert "Текст удалён" not in wall
    officers.ask_owner(message=found, by=officer(Role.DISPATCHER))
    request = Request.objects.get()
    assert request.address == f"{site.address}/n#comment-2"
    assert advert in request.reason
    assert "Куплю карту" in request.reason
    assert "4400430211112222" not in request.reason
    assert Seal.objects.filter(picture__message=found).count() == 1
    assert sealing.verify().broken_at is None
    delivered(request, chief)
    assert looked(request) == "delivered"
    post(site, words="Удалено модератором")
    assert looked(request) == "verified"


def looked(request: Request) -> str:
    looks_at.look(Lookout.objects.get(request=request))
    request.refresh_from_db()
    return str(request.state)


def test_without_being_asked_no_picture_is_touched(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"))))
    assert source.pictures == "leave"
    visit(source)
    post(site, site.put("/1.jpg", screenshot(ADVERT)), words="Фото")
    visit(source)
    work_off()
    assert Message.objects.get().own_text == "Фото"
    assert not MessagePicture.objects.exists()
    assert not site.visits("/1.jpg")


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        ("/gone.jpg", {"status": 404}, "not_found"),
        ("/closed.jpg", {"status": 403}, "forbidden"),
        ("/tea.jpg", {"status": 418}, "status"),
        ("/broken.jpg", {"status": 500}, "server_error"),
        ("/private/1.jpg", {}, "robots"),
        ("/large.jpg", {"body": b"x" * 3000}, "too_large"),
        ("/page.jpg", {"body": b"<!doctype html>"}, "not_picture"),
        ("/round.jpg", {"status": 302, "headers": {"Location": "/round.jpg"}}, "redirects"),
        ("/away.jpg", {"status": 302, "headers": {"Location": "http://10.0.0.1/1.jpg"}}, "private"),
        ("http://169.254.169.254/latest/1.jpg", {}, "private"),
        ("http://[::ffff:127.0.0.1]/1.jpg", {}, "private"),
    ],
)
def test_why_a_picture_was_not_read(
    unit: Unit,
    site: Website,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    answer: dict[str, Any],
    why: str,
) -> None:
    monkeypatch.setattr("tereze.watch.picturing.MOST_BYTES", 2000)
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/")
    source = forum(unit, site)
    site.put(path, answer.pop("body", b""), **answer)
    post(site, path, words="Фото")
    visit(source)
    for _again in range(3):
        work_off()
    found = MessagePicture.objects.get()
    assert (found.state, found.why, found.next_action_at) == ("unread", why, None)
    assert Message.objects.get().own_text == "Фото"
    for language in ("ru", "kk", "en"):
        with translation.override(language):
            assert why_words(why) != why
    visits = site.visits(path)
    assert len(visits) == (0 if why in {"robots", "private"} and path != "/away.jpg" else 6 if why == "redirects" else 1)  # fmt: skip
    # one picture says nothing about its site
    assert not HostPace.objects.filter(host=site.host, failures__gt=0).exists()


def test_the_other_site_is_asked_for_its_rules(
    unit: Unit, site: Website, elsewhere: Website, unread: None
) -> None:
    source = forum(unit, site)
    elsewhere.put("/robots.txt", "User-agent: Tereze\nDisallow: /")
    elsewhere.put("/1.jpg", PNG)
    site.put("/there.jpg", "", status=302, headers={"Location": f"{elsewhere.address}/1.jpg"})
    post(site, f"{elsewhere.address}/1.jpg", "/there.jpg")
    visit(source)
    work_off()
    assert {one.why for one in MessagePicture.objects.all()} == {"robots"}
    assert not elsewhere.visits("/1.jpg")
    HostRobots.objects.all().delete()
    elsewhere.put("/robots.txt", "User-agent: *\nAllow: /")
    post(site, "/there.jpg", f"{elsewhere.address}/1.jpg", "/2.jpg")
    visit(source)
    work_off()
    newest = MessagePicture.objects.filter(message__is_latest=True, kept__gt="")
    assert newest.count() == 2


def test_a_site_that_is_down_is_not_asked_for_ever(
    unit: Unit, site: Website, time: Time, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = forum(unit, site)
    post(site, "/1.jpg")
    site.put("/1.jpg", "", status=429, headers={"Retry-After": "60"})
    visit(source)
    work_off()
    found = MessagePicture.objects.get()
    assert found.next_action_at is not None
    assert found.next_action_at > now() + timedelta(seconds=30)
    time.move(hours=25)
    work_off()
    found.refresh_from_db()
    assert (found.state, found.why) == ("unread", "network")


def test_a_picture_that_hangs_does_not_close_the_site(
    unit: Unit, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = forum(unit, site)
    site.put("/1.jpg", "", hang=1.0)
    post(site, "/1.jpg")
    visit(source)
    monkeypatch.setattr("tereze.watch.connectors.feeds.manners.SECONDS", 0.1)
    for _try in range(4):
        work_off()
    assert MessagePicture.objects.get().attempts == 4
    assert not HostPace.objects.filter(failures__gt=0).exists()


def test_pictures_of_chats_go_first(unit: Unit, site: Website, unread: None) -> None:
    source = forum(unit, site)
    post(site, site.put("/1.jpg", PNG))
    visit(source)
    chat = sources.add_source(unit=unit, kind="replay", chat_id="1", title="Чат", by=ADMINISTRATOR)
    message = Message.objects.create(source=chat, external_id="1", sent_at=now(), kept_until=now())
    MessagePicture.objects.create(message=message, name="1", file="1", next_action_at=now())
    ours = MessagePicture.objects.get(message__source=source)
    assert picturing.read(ours) == []
    assert not site.visits("/1.jpg")
    MessagePicture.objects.exclude(pk=ours.pk).delete()
    picturing.read(ours)
    assert site.visits("/1.jpg")


def test_a_comment_that_is_a_link_alone_is_looked_for_by_it(
    unit: Unit, site: Website, officer: Any, chief: User
) -> None:
    source = forum(unit, site)
    post(site, words="https://t.me/drop")
    visit(source)
    found = Message.objects.get()
    Message.objects.update(outcome="suspicious", standing="waiting")
    found.refresh_from_db()
    officers.ask_owner(message=found, by=officer(Role.DISPATCHER))
    request = Request.objects.get()
    delivered(request, chief)
    assert looked(request) == "delivered"
    post(site, words="Удалено")
    assert looked(request) == "verified"


def test_waiting_for_our_turn_spoils_nothing(
    unit: Unit, site: Website, elsewhere: Website, unread: None, settings: LazySettings
) -> None:
    """Its rules are not taken for unreachable because somebody else was there a moment ago."""
    source = forum(unit, site)
    post(site, elsewhere.put("/1.jpg", PNG))
    visit(source)
    settings.WATCH_PACE = 3600.0
    HostPace.objects.create(host=elsewhere.host, last_at=now())
    work_off()
    assert not HostRobots.objects.filter(origin=elsewhere.address).exists()
    assert not elsewhere.asked
    settings.WATCH_PACE = 0.0
    work_off()
    assert MessagePicture.objects.get().state == "read"


def test_what_stands_there_is_no_news_when_pictures_are_switched_on(
    unit: Unit, site: Website, unread: None
) -> None:
    source = forum(unit, site, pictures="leave")
    site.put("/1.jpg", PNG)
    post(site, "/1.jpg", words="Фото")
    visit(source)
    sources.change_source(source=source, by=ADMINISTRATOR, pictures="read")
    visit(source)
    visit(source)
    assert Message.objects.count() == 1
    assert not MessagePicture.objects.exists()
    post(site, "/1.jpg", "/2.jpg", words="Фото")  # one is added
    visit(source)
    assert [row.version for row in Message.objects.filter(external_id="comment-2")] == [1, 2]
    assert MessagePicture.objects.count() == 2
    visit(source)
    sources.change_source(source=source, by=ADMINISTRATOR, pictures="leave")
    visit(source)
    assert Message.objects.count() == 2


def test_state_of_an_earlier_version_makes_nothing_new(unit: Unit, site: Website) -> None:
    source = forum(unit, site, pictures="leave")
    post(site, words="Фото")
    visit(source)
    source.refresh_from_db()
    position = source.position.replace(',"pictures":false', "")
    assert position != source.position
    Source.objects.update(position=position)
    site.put("/n", page(comment(1, "Когда?"), comment(2, "Фото"), comment(3, "Новое")))
    visit(source)
    assert [row.own_text for row in Message.objects.order_by("pk")] == ["Фото", "Новое"]


@pytest.mark.parametrize("before", ["read", "leave"])
def test_names_that_change_at_every_look_bring_no_picture_twice(
    unit: Unit, site: Website, before: str
) -> None:
    def feed(guid: str) -> str:
        entry = f'<item><guid>{guid}</guid><title>Фото</title><enclosure url="/1.jpg"/></item>'
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{entry if guid else ""}</channel></rss>'

    source = watched(unit, site.put("/f", feed("")), kind="feed", pictures=before)
    for number in range(4):
        visit(source)
        site.put("/f", feed(f"a{number}"))
        if number == 2:
            sources.change_source(source=source, by=ADMINISTRATOR, pictures="read")
    visit(source)
    assert Message.objects.count() == 1


def test_an_advert_in_a_feeds_enclosure(unit: Unit, site: Website) -> None:
    def feed(items: str) -> str:
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{items}</channel></rss>'

    source = watched(unit, site.put("/f", feed("")), kind="feed", pictures="read")
    visit(source)
    address = site.put("/1", screenshot(ADVERT, dark=True), headers=JPEG)
    entry = f'<item><guid>1</guid><title>Всем привет</title><enclosure url="{address}" type="image/jpeg"/></item>'
    site.put("/f", feed(entry))
    visit(source)
    work_off()
    found = Message.objects.get()
    assert found.standing == "waiting"
    assert MessagePicture.objects.get().text.startswith("Куплю карту")
