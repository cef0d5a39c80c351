"""Feeds and pages, watched on a real HTTP server."""

from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import now
from tereze.disruption import actions as requests
from tereze.disruption import looks as looks_at
from tereze.disruption.models import Lookout, Request
from tereze.watch.actions import sources, web
from tereze.watch.models import Message, Source, WebPlace
from tests.integration.watch.conftest import Running
from tests.watching import ADMINISTRATOR, ADVERT, lawful
from tests.websites import Website, comment, page


pytestmark = pytest.mark.django_db(transaction=True)
WORDPRESS = {
    "comment": ".comment-list .comment",
    "text": ".comment-content",
    "author": ".fn",
    "time": "time@datetime",
}


def watched(
    unit: Unit, address: str, *, kind: str = "page", mode: str = "review", **fields: Any
) -> Source:
    given = {**lawful(), "mode": mode, "language": "ru", **fields}
    del given["earlier"]
    return web.add_web_source(
        unit=unit,
        kind=kind,
        address=address,
        title="Сайт акимата",
        recipe=given.pop("recipe", WORDPRESS if kind == "page" else {}),
        found=given.pop("found", 0),
        by=ADMINISTRATOR,
        **given,
    )


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


def person(officer: Any, role: str) -> Client:
    client = Client()
    client.force_login(officer(role))
    return client


def test_an_address_is_pasted_and_shown_and_added(unit: Unit, site: Website, officer: Any) -> None:
    it = person(officer, Role.IT_SPECIALIST)
    site.put("/news", page(comment(1, "Когда включат воду?"), comment(2, ADVERT)))
    seen = it.post("/desk/chats/new/site/", {"address": f"{site.address}/news"}).content.decode()
    assert "на ней 2 комментария" in seen
    assert "Когда включат воду?" in seen
    assert '<option value="leave" selected>' in seen  # news have a photo each
    assert not Source.objects.exists()
    given = {
        "address": f"{site.address}/news", "comment": ".comment-list .comment", "text": ".comment-content",
        "title": "Акимат", "language": "ru", "every_minutes": "10", "pictures": "read", "do": "add",
    }  # fmt: skip
    answer = it.post("/desk/chats/new/site/", given)
    source = Source.objects.get()
    assert answer["Location"] == f"/desk/chats/{source.public_id}/"
    assert (source.mode, source.kind, source.is_organ) == ("off", "page", False)
    assert source.pictures == "read"
    shown = it.get(answer["Location"]).content.decode()
    assert "владельца сайта" in shown
    sources.change_source(source=source, by=ADMINISTRATOR, **lawful_fields())
    look = f"/desk/chats/{source.public_id}/look/"
    assert (
        f'hx-post="{look}"' in it.post(look).content.decode()
    )  # at once: the site is not asked yet
    looked = it.post(look, headers={"HX-Request": "true"}).content.decode()
    assert "<dd>2</dd>" in looked
    assert not Message.objects.exists()


def lawful_fields() -> dict[str, Any]:
    found = lawful()
    del found["earlier"]
    return found


def test_a_find_becomes_a_request_to_the_owner_and_is_seen_gone(
    unit: Unit, site: Website, watching: Running, officer: Any, chief: User
) -> None:
    address = site.put("/news", page(comment(1, "Когда?")))
    source = watched(unit, address)
    watching.until(looks(source), what="the first look")
    site.put("/news", page(comment(1, "Когда?"), comment(2, ADVERT)))
    visit_again(source)
    watching.until(lambda: Message.objects.exists(), what="the comment")
    found = Message.objects.get()
    person(officer, Role.DISPATCHER).post(f"/desk/wall/messages/{found.public_id}/do/ask/")
    found.refresh_from_db()
    assert found.standing == "requested"
    assert found.seal is not None
    request = Request.objects.get()
    assert (request.address, request.kind) == (f"{site.address}/news#comment-2", "delete_message")
    assert ADVERT in request.reason
    delivered(request, chief)
    lookout = Lookout.objects.get(request=request)
    looks_at.look(lookout)
    request.refresh_from_db()
    assert request.state == "delivered"
    site.put("/news", page(comment(1, "Когда?")))
    lookout.refresh_from_db()
    looks_at.look(lookout)
    request.refresh_from_db()
    assert request.state == "verified"
    wall = person(officer, Role.DISPATCHER).get("/desk/wall/").content.decode()
    assert "проверено: удалено" in wall


def delivered(request: Request, chief: User) -> None:
    requests.seal_capture(
        request=request,
        files=store_parts([Part("page.png", "image/png", b"picture", outgoing=True)]),
        seen_at=now(),
        facts={},
        by=ADMINISTRATOR,
    )
    requests.approve(request=request, user=chief)
    requests.sent_by_hand(request=request, how="письмом", at=now(), by=chief.actor)
    request.refresh_from_db()
