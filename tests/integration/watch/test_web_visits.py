"""What one look at a source does: changes only, edits, layouts, pages that go on, a kill in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.disruption.models import HostPace
from tereze.watch.actions import deciding, incoming, officers, sources, web
from tereze.watch.connectors.feeds.manners import TroubleError
from tereze.watch.connectors.feeds.polling import Poller
from tereze.watch.connectors.feeds.visiting import Visit
from tereze.watch.models import Message, Source, WebPlace
from tereze.watch.process import Watcher
from tests.integration.watch.test_web import watched
from tests.watching import ADMINISTRATOR, ADVERT, Time
from tests.websites import Website, comment, page, rss


pytestmark = pytest.mark.django_db(transaction=True)


def visit(source: Source) -> None:
    """One look, as the watch process makes it, from what the database knows."""
    source = Source.objects.select_related("unit", "web").get(pk=source.pk)
    async_to_sync(Visit(source, source.web, Watcher()).run)()


def look(source: Source) -> Source:
    """The same with what it means for the source's health and next turn."""
    HostPace.objects.update(paused_until=None)
    source = Source.objects.select_related("unit", "web").get(pk=source.pk)
    async_to_sync(Poller([source], Watcher()).look)(source, source.web)
    source.refresh_from_db()
    return source


def texts(source: Source) -> list[str]:
    found = Message.objects.filter(source=source, is_latest=True).order_by("pk")
    return [row.own_text for row in found]


def later(minutes: float = 5) -> str:
    return (now() + timedelta(minutes=minutes)).isoformat()


def test_of_the_first_look_only_what_was_written_since(unit: Unit, site: Website) -> None:
    old = (now() - timedelta(hours=2)).isoformat()
    source = watched(
        unit, site.put("/n", page(comment(1, "Старое", at=old), comment(2, "Без времени")))
    )
    site.put(
        "/n",
        page(
            comment(1, "Старое", at=old), comment(2, "Без времени"), comment(3, "Новое", at=later())
        ),
    )
    visit(source)
    assert texts(source) == ["Новое"]
    assert Message.objects.get().sent_at <= now()  # a clock of theirs puts nothing into the future


def test_an_edited_comment_is_judged_again_as_edited(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Воды нет"))))
    visit(source)
    site.put("/n", page(comment(1, "Воды нет"), comment(2, "Всем привет")))
    visit(source)
    site.put("/n", page(comment(1, "Воды нет"), comment(2, ADVERT)))
    visit(source)
    versions = Message.objects.filter(external_id="comment-2").order_by("version")
    assert [(v.own_text, v.version, v.is_latest) for v in versions] == [
        ("Всем привет", 1, False),
        (ADVERT, 2, True),
    ]
    assert versions[1].edited_at is not None
    assert versions[1].outcome == "illegal"
    site.put("/n", page(comment(1, ADVERT), comment(2, ADVERT)))  # one that was there before us
    visit(source)
    assert Message.objects.filter(external_id="comment-1", outcome="illegal").exists()


def test_what_did_not_change_is_neither_fetched_nor_read_again(
    unit: Unit, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Воды нет")), headers={"ETag": '"1"'}))
    visit(source)
    read: list[str] = []
    monkeypatch.setattr(incoming, "judge_all", lambda *a: read.append("judged"))
    monkeypatch.setattr("tereze.watch.webreading.apart.read", lambda *a, **k: read.append("parsed"))
    visit(source)
    assert site.visits("/n")[-1]["if-none-match"] == '"1"'
    assert not read
    site.put("/n", page(comment(1, "Воды нет")))  # a site that knows no validators
    visit(source)
    assert not read


def test_a_feed_is_read_by_its_names(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/f", rss(("1", "Первое"))), kind="feed")
    visit(source)
    site.put("/f", rss(("2", ADVERT), ("1", "Первое, исправлено")))
    visit(source)
    assert sorted(texts(source)) == sorted([ADVERT, "Первое, исправлено"])
    site.put("/f", rss(("3", "Третье")))  # entries that roll off are no news
    visit(source)
    assert len(texts(source)) == 3


@pytest.mark.parametrize("guid", ["", "<guid>1</guid>"], ids=["none", "one for all"])
def test_entries_without_a_name_of_their_own_do_not_hide_each_other(
    unit: Unit, site: Website, guid: str
) -> None:
    def feed(*words: str) -> str:
        items = "".join(f"<item>{guid}<title>{one}</title></item>" for one in words)
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'

    source = watched(unit, site.put("/f", feed("Погода")), kind="feed")
    visit(source)
    for more in (["Хоккей", ADVERT, "Погода"], ["Кино", "Хоккей", ADVERT, "Погода"]):
        site.put("/f", feed(*more))
        visit(source)
    assert texts(source) == ["Хоккей", ADVERT, "Кино"]


def test_names_that_change_at_every_look_bring_nothing_twice(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/f", rss()), kind="feed")
    visit(source)
    for number in range(3):
        site.put("/f", rss((f"a{number}", ADVERT), (f"b{number}", "Погода")))
        visit(source)
    site.put("/f", rss(("c", ADVERT), ("a2", ADVERT), ("b2", "Погода")))  # once more, and meant so
    visit(source)
    assert sorted(texts(source)) == sorted([ADVERT, "Погода", ADVERT])


def test_an_advert_may_be_the_name_of_an_author(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Воды нет"))))
    visit(source)
    site.put("/n", page(comment(1, "Воды нет"), comment(2, "Здравствуйте", author=ADVERT)))
    visit(source)
    found = Message.objects.get(source=source)
    assert (found.outcome, found.hint) == ("suspicious", "profile")


def test_pages_that_go_on_and_lists_of_pages_are_followed(unit: Unit, site: Website) -> None:
    recipe = {
        "comment": ".comment-list .comment",
        "text": ".comment-content",
        "next": "a.next@href",
        "threads": "nav a@href",
    }
    threads = "<nav><a href=/t1>1</a><a href='/t2#c'>2</a><a href=https://example.com/>!</a><a href='javascript:x()'>!</a></nav>"
    for name in ("t1", "t2"):
        site.put(f"/{name}", page(comment(1, f"Первый {name}")))
    source = watched(unit, site.put("/list", threads), recipe=recipe)
    visit(source)
    site.put("/t2", page(comment(1, "Первый t2")) + '<a class="next" href="/t2?p=2">дальше</a>')
    site.put("/t2?p=2", page(comment(2, ADVERT)))
    visit(source)
    assert texts(source) == [ADVERT]
    assert {path for path, _ in site.asked} == {"/robots.txt", "/list", "/t1", "/t2", "/t2?p=2"}


def test_a_page_that_leads_to_itself_ends(unit: Unit, site: Website) -> None:
    recipe = {"comment": ".comment-list .comment", "next": "a.next@href"}
    for number in range(40):
        site.put(
            f"/n?p={number}",
            page(comment(number, "Текст")) + f'<a class="next" href="/n?p={number + 1}">»</a>',
        )
    source = watched(unit, f"{site.address}/n?p=0", recipe=recipe)
    visit(source)
    assert len([path for path, _ in site.asked if path != "/robots.txt"]) == 10


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            "<!doctype html><title>Акимат</title><div class=c>Когда включат воду?</div>" * 3,
            "layout",
        ),
        (
            page().replace(
                "</ol>", "<li class=comment id=c1></li><li class=comment id=c2></li></ol>"
            ),
            "layout",
        ),
        ("<!doctype html><title>Just a moment...</title><p>Checking your browser</p>", "challenge"),
        (
            "<!doctype html><title>Вход</title><h1>Войдите в систему</h1><form><input type=password></form>",
            "login",
        ),
        ("", "layout"),
    ],
    ids=["renamed", "emptied", "robot check", "log-in", "nothing"],
)
def test_a_changed_layout_is_blind_and_loud(
    unit: Unit, site: Website, changed: str, reason: str
) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"), comment(2, "Завтра"))))
    assert look(source).health == "ok"
    site.put("/n", changed)
    source = look(source)
    assert (source.health, source.health_reason) == ("blind", reason)
    site.put("/n", page(comment(1, "Когда?"), comment(2, "Завтра"), comment(3, ADVERT)))
    assert look(source).health == "ok"
    assert texts(source) == [ADVERT]


def test_a_recipe_that_never_found_what_the_preview_showed_is_blind(
    unit: Unit, site: Website
) -> None:
    source = watched(unit, site.put("/n", "<!doctype html><p>другое"), found=5)
    assert look(source).health_reason == "layout"


def test_the_only_comment_removed_as_we_asked_is_no_new_layout(
    unit: Unit, site: Website, officer: Callable[[str], Any]
) -> None:
    source = watched(unit, site.put("/n", "<!doctype html><p>пока пусто"))
    visit(source)
    site.put("/n", page(comment(1, ADVERT)))
    visit(source)
    found = Message.objects.get()
    deciding.decide_all([found.pk])
    officers.ask_owner(message=found, by=officer("duty_officer"))
    site.put("/n", page())
    assert look(source).health == "ok"


def test_what_others_removed_is_told_where_it_waits(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"))))
    visit(source)
    site.put("/n", page(comment(1, "Когда?"), comment(2, ADVERT)))
    visit(source)
    deciding.decide_all(Message.objects.values_list("pk", flat=True))
    site.put("/n", page(comment(1, "Когда?")))
    visit(source)
    found = Message.objects.get()
    assert (found.standing, found.trouble) == ("waiting", "gone")


class KilledError(BaseException):
    pass


@pytest.mark.parametrize("place", ["before", "after"])
def test_killed_around_storing_nothing_is_lost_and_nothing_doubled(
    unit: Unit, site: Website, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The validators are stored with the messages: a page that was not stored is not "unchanged"."""
    source = watched(unit, site.put("/n", page(comment(1, "Когда?")), headers={"ETag": '"1"'}))
    visit(source)
    site.put("/n", page(comment(1, "Когда?"), comment(2, ADVERT)), headers={"ETag": '"2"'})
    whole = incoming.store

    def killed(**given: Any) -> Any:
        if place == "after":
            whole(**given)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "store", killed)
        with pytest.raises(KilledError):
            visit(source)
    visit(source)
    visit(source)
    assert texts(source) == [ADVERT]
    assert Message.objects.count() == 1


def test_killed_within_the_first_look_old_comments_stay_old(
    unit: Unit, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = {
        "comment": ".comment-list .comment",
        "text": ".comment-content",
        "next": "a.next@href",
    }
    site.put("/p2", page(comment(2, "Тоже старое")))
    source = watched(
        unit, site.put("/n", page(comment(1, "Старое")) + '<a class="next" href="/p2">»</a>'), recipe=recipe
    )  # fmt: skip
    site.answers["/p2"].status = 500
    with pytest.raises(TroubleError):
        visit(source)
    site.answers["/p2"].status = 200
    HostPace.objects.update(paused_until=None)
    visit(source)
    assert texts(source) == []


def test_after_failures_we_come_later_and_later_and_say_so(
    unit: Unit, site: Website, time: Time
) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"))))
    look(source)
    site.put("/n", "", status=500)
    waits, healths = [], []
    for _ in range(4):
        source = look(source)
        place = WebPlace.objects.get()
        waits.append((place.next_at - place.looked_at).total_seconds() / 60)
        healths.append(source.health)
    assert healths == ["ok", "blind", "blind", "blind"]  # one hiccup is none
    assert source.health_reason == "server_error"
    assert [pytest.approx(wait, rel=0.11) for wait in waits] == [20, 40, 80, 160]
    site.put("/n", page(comment(1, "Когда?")))
    assert look(source).health == "ok"


def test_a_site_that_asks_for_an_hour_gets_it(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", "", status=429, headers={"Retry-After": "7200"}))
    look(source)
    place = WebPlace.objects.get()
    assert place.next_at - place.looked_at >= timedelta(hours=2)
    assert not web.due([source], now())


@pytest.mark.parametrize(
    ("put", "reason"),
    [
        ({"path": "/robots.txt", "body": "User-agent: *\nDisallow: /"}, "robots"),
        ({"path": "/n", "body": "", "status": 404}, "page_gone"),
        ({"path": "/n", "body": "", "status": 403}, "forbidden"),
    ],
)
def test_a_closed_door_is_told_at_once(
    unit: Unit, site: Website, put: dict[str, Any], reason: str
) -> None:
    site.put("/n", page(comment(1, "Когда?")))
    source = watched(unit, f"{site.address}/n")
    site.put(put.pop("path"), **put)
    source = look(source)
    assert (source.health, source.health_reason) == ("blind", reason)


def test_a_clock_far_off_is_told_when_it_stays_so(unit: Unit, site: Website) -> None:
    off = {"Date": "Fri, 27 Nov 2020 10:00:00 GMT"}
    source = watched(unit, site.put("/n", page(comment(1, "Когда?")), headers=off))
    source = Source.objects.select_related("unit", "web").get(pk=source.pk)
    poller = Poller([source], Watcher())
    for expected in ("ok", "blind"):
        async_to_sync(poller.look)(source, source.web)
        source.refresh_from_db()
        assert source.health == expected
    assert source.health_reason == "clock_behind"


def test_silence_far_beyond_the_usual_is_told(unit: Unit, site: Website, time: Time) -> None:
    source = watched(unit, site.put("/n", page(comment(0, "Текст 0"))))
    look(source)
    for number in range(1, 10):
        time.move(hours=1)
        site.put("/n", page(*(comment(n, f"Текст {n}") for n in range(number + 1))))
        look(source)
    time.move(hours=20)
    assert look(source).health == "ok"
    time.move(hours=10)
    source = look(source)
    assert (source.health, source.health_reason) == ("blind", "quiet")


def test_switched_on_anew_it_begins_anew(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"))))
    visit(source)
    sources.set_mode(source=Source.objects.get(), mode="off", by=ADMINISTRATOR)
    site.put("/n", page(comment(1, "Когда?"), comment(2, "Пока нас не было")))
    sources.set_mode(source=Source.objects.get(), mode="review", by=ADMINISTRATOR)
    visit(source)
    assert texts(source) == []


def test_a_new_recipe_is_a_new_beginning(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Когда?"))))
    source = Source.objects.select_related("unit", "web").get(pk=source.pk)
    poller = Poller([source], Watcher())  # the process goes on while somebody changes the recipe
    async_to_sync(poller.look)(source, source.web)
    before = Source.objects.get().position
    place = WebPlace.objects.get()
    web.change_place(place=place, by=ADMINISTRATOR, recipe={"comment": ".comment-content"})
    [place] = web.due([source], now())
    async_to_sync(poller.look)(source, place)
    assert Source.objects.get().position not in {"", before}
    assert texts(source) == []
