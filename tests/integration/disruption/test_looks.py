"""Our own looks against the stand-in sites: vantages, photos, tokens, coming back elsewhere."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.core import due
from tereze.core.clock import now
from tereze.core.outgoing import Secret
from tereze.disruption import actions, seeing
from tereze.disruption.models import Capture, Lookout, Partner, Photo, Request, Snapshot, State
from tests.sites import Sites

from .conftest import BY
from .test_line import look_again, ready, work


pytestmark = pytest.mark.django_db
TEXT = (
    "Срочно нужны деньги, поэтому дёшево. Отправлю Казпочтой после предоплаты, бронь 45 000 на "
    "Kaspi по номеру 8 705 555 22 33. Много желающих, не тяните, торга нет."
)


def answered(request: Request) -> Request:
    actions.answer(request=request, answer="done", by=BY)
    Lookout.objects.filter(request=request).update(looks=1)
    work(Lookout)
    request.refresh_from_db()
    return request


@pytest.mark.parametrize(
    ("site", "appearance", "state", "seen"),
    [
        ("kolesa", "", State.VERIFIED, ["archived"] * 4),
        ("olx", "mobile_sees_live", State.DELIVERED, ["soft_404", "page", "soft_404", "page"]),
        ("olx", "robots_see_live", State.DELIVERED, ["soft_404", "soft_404", "page", "page"]),
        ("olx", "limited", State.COULD_NOT_LOOK, ["limited"] * 4),
    ],
)
def test_gone_is_what_no_vantage_sees(
    city: Unit, sites: Sites, chief: User, site: str, appearance: str, state: str, seen: list[str]
) -> None:
    code, url = sites.post(site=site)
    request = ready(city, url, chief)
    sites.set(code, site, status="removed", appearance=appearance)
    request = answered(request)
    look = request.looks.get()
    assert request.state == state
    names = ["browser", "browser_mobile", "http", "http_mobile"]
    assert [(s["vantage"], s["why"]) for s in look.vantages] == list(zip(names, seen, strict=True))


def photos_of(request: Request, code: str, address: str) -> None:
    snapshot = Snapshot.objects.create(
        unit=request.unit, request=request, evidence=request.evidence, address=request.address
    )
    for number in range(2):
        url = f"{address}/photos/olx/{code}/{number}.jpg"
        Photo.objects.create(snapshot=snapshot, position=number, url=url)


@pytest.mark.parametrize(
    ("stay", "counted"), [(True, {"kept": 2}), (False, {"deleted": 2})], ids=["stay", "go"]
)
def test_photos_that_outlive_the_advert_are_told(
    city: Unit, sites: Sites, chief: User, stay: bool, counted: dict[str, int]
) -> None:
    code, url = sites.post(photos_stay=stay)
    request = ready(city, url, chief)
    photos_of(request, code, sites.address)
    sites.set(code, status="removed")
    request = answered(request)
    assert request.state == State.VERIFIED  # the page is gone; its photos are said beside it
    told = {name: n for name, n in request.looks.get().photos.items() if n}
    assert told == counted


def test_a_daily_look_needs_no_browser_until_something_changes(
    city: Unit, sites: Sites, chief: User
) -> None:
    code, url = sites.post()
    request = ready(city, url, chief)
    sites.set(code, status="removed")
    request = answered(request)
    Lookout.objects.filter(request=request).update(looks=4)
    before = seeing.LOOKS.looks
    request = look_again(request)
    light = request.looks.order_by("-pk")[0]
    assert [seen["vantage"] for seen in light.vantages] == ["http", "http_mobile"]
    assert (request.state, seeing.LOOKS.looks) == (State.VERIFIED, before)
    sites.set(code, status="active")
    assert look_again(request).state == State.REOPENED
    full = request.looks.order_by("-pk")[0]
    assert full.evidence is not None
    assert len(full.vantages) == 4


def test_posted_again_elsewhere_under_another_name_it_is_known(
    city: Unit, sites: Sites, chief: User
) -> None:
    """New address, account, number and words; the photos are the same ones, saved anew."""
    code, url = sites.post(description=TEXT)
    first = actions.draft_request(unit=city, url=url, reason="Предоплата", by=BY).request
    work(Capture)
    first.refresh_from_db()
    actions.approve(request=first, user=chief)
    Request.objects.filter(pk=first.pk).update(gone_at=now(), state=State.VERIFIED)
    changes = {
        "title": "Айфон 15, новый",
        "seller": "Нурлан",
        "phone": "+7 700 111 00 99",
        "description": "Телефон в плёнке.",
        "photo_variant": 1,
    }
    hook = f"/_site/listings/olx/{code}/relist"
    again = sites.http.post(hook, json=changes).raise_for_status().json()
    second = actions.draft_request(unit=city, url=again["url"], reason="Предоплата", by=BY).request
    work(Capture)
    handler = next(handler for handler in due.HANDLERS if handler.model is Snapshot)
    while due.run_one(handler):
        pass
    second.refresh_from_db()
    likeness = second.likenesses.get()
    assert (likeness.other, likeness.how) == (first, ["photo"])
    assert likeness.photos >= 2
    assert second.state == State.CAPTURED
    assert f"исх. № {first.number}" in second.reason
    assert second.links.filter(kind="request", key=first.public_id).exists()


class Hearing(http.server.BaseHTTPRequestHandler):
    """Keeps the headers it was sent; /to/… sends the visitor there."""

    heard: list[tuple[str, str | None]]
    onward = ""

    def do_GET(self) -> None:
        self.heard.append((self.path, self.headers.get("X-Tereze-Look")))
        if self.path == "/away" and self.onward:
            self.send_response(302)
            self.send_header("Location", self.onward)
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def two_servers() -> Iterator[list[Any]]:
    servers = []
    for _ in range(2):
        handler = type("Own", (Hearing,), {"heard": []})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("by", ["http", "browser"])
def test_a_partners_token_reaches_that_partner_alone(
    two_servers: list[Any], settings: Any, by: str
) -> None:
    own, stranger = two_servers
    hosts = [f"127.0.0.1:{server.server_port}" for server in two_servers]
    settings.ALLOWED_PRIVATE = hosts
    own.RequestHandlerClass.onward = f"http://{hosts[1]}/landed"
    secret = Secret("X-Tereze-Look", "s3cret", places=frozenset({f"http://{hosts[0]}"}))
    look = seeing.by_http if by == "http" else seeing.by_browser
    look(f"http://{hosts[0]}/away", secret=secret)
    assert ("/away", "s3cret") in own.RequestHandlerClass.heard
    assert ("/landed", None) in stranger.RequestHandlerClass.heard
    assert "s3cret" not in str(stranger.RequestHandlerClass.heard)


def test_the_token_stands_with_the_partner_and_we_say_who_we_are(
    city: Unit, sites: Sites, chief: User, olx: Partner
) -> None:
    _code, url = sites.post()
    request = ready(city, url, chief)
    Partner.objects.filter(pk=olx.pk).update(look_token="s3cret")
    look_again(request)
    agents = {visit["agent"] for visit in sites.http.get("/_site/visits").json()[:2]}
    assert all("Tereze/" in agent and "; +http" in agent for agent in agents)
