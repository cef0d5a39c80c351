"""Feeds and pages, watched on a real HTTP server."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.watch.actions import web
from tereze.watch.models import Message, Source, WebPlace
from tests.integration.watch.conftest import Running
from tests.watching import ADMINISTRATOR, ADVERT, lawful
from tests.websites import Website, comment, page, rss, running_website


pytestmark = pytest.mark.django_db(transaction=True)
WORDPRESS = {
    "comment": ".comment-list .comment",
    "text": ".comment-content",
    "author": ".fn",
    "time": "time@datetime",
}


@pytest.fixture
def site(settings: LazySettings) -> Iterator[Website]:
    with running_website() as found:
        settings.ALLOWED_PRIVATE = [found.host]
        settings.WATCH_PACE = 0.0
        yield found


def watched(
    unit: Unit, address: str, *, kind: str = "page", mode: str = "review", **fields: Any
) -> Source:
    given = lawful(**fields)
    del given["earlier"]
    source = web.add_web_source(
        unit=unit, kind=kind, address=address, title="Сайт акимата", recipe=WORDPRESS if kind == "page" else {},
        found=fields.pop("found", 0), by=ADMINISTRATOR, mode=mode, language="ru", **given,
    )  # fmt: skip
    return source


def visit_again(source: Source) -> None:
    WebPlace.objects.filter(source=source).update(next_at=now())


def looks(source: Source) -> Any:
    return lambda: WebPlace.objects.get(source=source).looked_at


def test_a_comment_that_appears_is_judged_and_shown_to_people(
    unit: Unit, site: Website, watching: Running
) -> None:
    address = site.put("/news", page(comment(1, "Когда включат воду?")))
    source = watched(unit, address)
    watching.until(looks(source), what="the first look")
    assert not Message.objects.exists()  # what stood there before is none of our concern
    site.put("/news", page(comment(1, "Когда включат воду?"), comment(2, ADVERT, author="Скупщик")))
    visit_again(source)
    watching.until(lambda: Message.objects.exists(), what="the comment")
    found = Message.objects.get()
    assert (found.external_id, found.outcome, found.standing) == ("comment-2", "illegal", "waiting")
    assert found.author["name"] == "Скупщик"
    source.refresh_from_db()
    assert source.health == "ok"
