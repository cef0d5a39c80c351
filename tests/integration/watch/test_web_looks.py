"""Our own look at a comment that was asked to be removed: gone is only what a readable page lacks."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.disruption.models import Request
from tereze.watch import partial
from tereze.watch.actions import officers
from tereze.watch.models import Message, Source
from tests.integration.watch.test_web import WORDPRESS, watched
from tests.integration.watch.test_web_visits import visit
from tests.watching import ADVERT
from tests.websites import Website, comment, page


pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Request]
OTHER = comment(1, "Когда включат воду?")
NEW_LAYOUT = "<nav>Фото</nav><p>Новости города: воды нет, но скоро будет. Пишите нам.</p><div id='app'></div>"


@pytest.fixture
def ask(unit: Unit, officer: Callable[[str], User]) -> Ask:
    """The newest that the source brought becomes a request."""

    def asked(source: Source) -> Request:
        visit(source)
        Message.objects.update(outcome="illegal", standing="waiting")
        message = Message.objects.latest("pk")
        officers.ask_owner(message=message, by=officer(Role.DISPATCHER))
        return Request.objects.get()

    return asked


def seen(request: Request) -> tuple[str, str]:
    verdict = partial.look(request)
    assert verdict is not None
    return str(verdict.outcome), verdict.why


@pytest.mark.parametrize(
    ("body", "answer", "verdict"),
    [
        (page(OTHER, comment(2, ADVERT)), {}, ("there", "comment")),
        (page(OTHER, comment(2, ADVERT)).encode("kz1048"), {}, ("there", "comment")),
        (page(OTHER), {}, ("gone", "comment_gone")),
        ("", {"status": 404}, ("gone", "not_found")),
        ("", {"status": 403}, ("could_not_look", "forbidden")),
        ("", {"status": 418}, ("could_not_look", "odd_status")),
        ("<title>Just a moment...</title>", {}, ("could_not_look", "challenge")),
        ("<title>Вход</title><p>Войдите", {}, ("could_not_look", "login")),
        ("<h1>Ведутся технические работы</h1>", {}, ("could_not_look", "server_error")),
        (NEW_LAYOUT, {}, ("could_not_look", "unreadable")),
        ("", {}, ("could_not_look", "unreadable")),
        (page(OTHER) + "x" * 3 * 1024 * 1024, {}, ("could_not_look", "unreadable")),
    ],
)
def test_gone_is_only_what_a_readable_page_lacks(
    unit: Unit,
    site: Website,
    ask: Ask,
    body: str | bytes,
    answer: dict[str, Any],
    verdict: tuple[str, str],
) -> None:
    source = watched(unit, site.put("/n", page(OTHER)))
    visit(source)
    site.put("/n", page(OTHER, comment(2, ADVERT)))
    request = ask(source)
    site.put("/n", body, **answer)
    assert seen(request) == verdict


def test_the_only_comment_may_go(unit: Unit, site: Website, ask: Ask) -> None:
    source = watched(unit, site.put("/n", page()))
    visit(source)
    site.put("/n", page(comment(2, ADVERT)))
    request = ask(source)
    site.put("/n", page())
    assert seen(request) == ("gone", "comment_gone")
    visit(source)  # the watching sees it, too
    assert seen(request) == ("gone", "comment_gone")


def test_a_word_of_the_menu_is_no_comment(unit: Unit, site: Website, ask: Ask) -> None:
    source = watched(unit, site.put("/n", page(OTHER)))
    visit(source)
    site.put("/n", page(OTHER, comment(2, "Фото")))
    request = ask(source)
    assert seen(request) == ("there", "comment")
    site.put("/n", f"<nav>Фото</nav>{page(OTHER)}")
    assert seen(request) == ("gone", "comment_gone")


def test_it_is_looked_for_where_it_moves_when_others_go(
    unit: Unit, site: Website, ask: Ask
) -> None:
    further = "<a rel=next href='/n?p=2'>2</a>"
    site.put("/n", page(comment(1, "Один"), comment(2, "Два")) + further)
    site.put("/n?p=2", page(comment(3, "Три")))
    recipe = {**WORDPRESS, "next": "a[rel=next]@href"}
    source = watched(unit, f"{site.address}/n", recipe=recipe)
    visit(source)
    site.put("/n?p=2", page(comment(3, "Три"), comment(4, ADVERT)))
    request = ask(source)
    assert request.address == f"{site.address}/n?p=2#comment-4"
    site.put("/n", page(comment(2, "Два"), comment(4, ADVERT)) + further)
    site.put("/n?p=2", page(comment(3, "Три")))
    assert seen(request) == ("there", "comment")
    site.put("/n?p=2", "", status=404)
    assert seen(request) == ("there", "comment")


def test_what_only_search_engines_are_told_is_there(unit: Unit, site: Website, ask: Ask) -> None:
    def told(*texts: str) -> str:
        rows = [{"@type": "Comment", "@id": text, "text": text} for text in texts]
        return f'<script type="application/ld+json">{json.dumps(rows)}</script><p>Новости'

    source = watched(unit, site.put("/n", told("Когда?")), recipe={"way": "json-ld"})
    visit(source)
    site.put("/n", told("Когда?", ADVERT))
    request = ask(source)
    assert seen(request) == ("there", "comment")
    site.put("/n", told("Когда?"))
    assert seen(request) == ("gone", "comment_gone")


def test_an_entry_that_leads_nowhere_is_looked_for_in_its_feed(
    unit: Unit, site: Website, ask: Ask
) -> None:
    def feed(*entries: tuple[int, str]) -> str:
        items = "".join(
            f'<item><guid isPermaLink="false">{number}</guid><description>{text}</description>'
            f"<pubDate>{format_datetime(now() - timedelta(minutes=60 - number))}</pubDate></item>"
            for number, text in entries
        )
        return f'<rss version="2.0"><channel><title>Лента</title>{items}</channel></rss>'

    source = watched(unit, site.put("/f", feed((1, "Когда?"))), kind="feed")
    visit(source)
    site.put("/f", feed((2, ADVERT), (1, "Когда?")))
    request = ask(source)
    assert seen(request) == ("there", "comment")
    site.put("/f", feed((3, "Где?")))  # rolled off: the feed tells nothing about it any more
    assert seen(request) == ("could_not_look", "unreadable")
    site.put("/f", feed((3, "Где?"), (1, "Когда?")))
    assert seen(request) == ("gone", "comment_gone")
