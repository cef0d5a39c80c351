"""The direct line against the stand-in sites, with a real browser."""

from pathlib import Path

import pytest
from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.core import due
from tereze.core.clock import now
from tereze.core.due import HANDLERS
from tereze.core.outgoing.room import InsideTransactionError
from tereze.disruption import actions, seeing
from tereze.disruption.models import Capture, Lookout, Partner, Request, State
from tereze.linking.models import Indicator
from tests.sites import Sites

from .conftest import BY


pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n picture"


def work(model: type) -> None:
    """Let the worker do one piece of due work of this kind."""
    handler = next(handler for handler in HANDLERS if handler.model is model)
    assert due.run_one(handler)


def look_again(request: Request) -> Request:
    Lookout.objects.filter(request=request).update(next_action_at=now())
    work(Lookout)
    request.refresh_from_db()
    return request


@pytest.fixture
def captured(city: Unit, sites: Sites) -> tuple[str, Request]:
    code, url = sites.post(phone="+7 705 999 88 77")
    drafted = actions.draft_request(unit=city, url=url, reason="Предоплата", by=BY)
    work(Capture)
    drafted.request.refresh_from_db()
    return code, drafted.request


def test_from_a_pasted_address_to_verified_gone_and_back_again(
    captured: tuple[str, Request], sites: Sites, chief: User, moderator: User
) -> None:
    code, request = captured
    assert (request.state, request.listing) == (State.CAPTURED, f"olx:{code}")
    assert request.title == "iPhone 15 Pro, срочно"
    assert request.evidence is not None
    names = {file.name for file in request.evidence.files.all()}
    assert {"page.png", "page.html", "photo.jpg", "response.json", "capture.wacz"} <= names
    # the description names one number, the seller's own stands behind "show the number"
    phones = Indicator.objects.of("listing", request.listing).filter(type="phone")
    assert {row.value_key for row in phones} == {"+77051112233", "+77059998877"}

    actions.approve(request=request, user=chief)
    assert (request.state, request.number[-6:]) == (State.DELIVERED, "000001")
    assert Request.objects.visible_to(moderator).get() == request

    sites.set(code, status="removed")
    actions.answer(request=request, answer="done", by=moderator.actor)
    work(Lookout)
    request.refresh_from_db()
    assert request.state == State.VERIFIED
    assert request.gone_at is not None
    assert [step.event for step in request.steps.all()] == [
        "drafted",
        "captured",
        "approved",
        "delivered",
        "answered",
        "seen_gone",
    ]

    sites.set(code, status="active")
    assert look_again(request).state == State.REOPENED
    assert request.next_deadline is not None


@pytest.mark.parametrize(
    ("appearance", "state", "why"),
    [
        ("soft404", State.VERIFIED, "soft_404"),
        ("redirect", State.VERIFIED, "redirect"),
        ("archived", State.VERIFIED, "archived"),
        ("challenge", State.COULD_NOT_LOOK, "challenge"),
        ("robots_see_gone", State.DELIVERED, "page"),
    ],
)
def test_what_our_own_look_makes_of_the_sites_answer(
    city: Unit, sites: Sites, chief: User, appearance: str, state: str, why: str
) -> None:
    code, url = sites.post()
    request = ready(city, url, chief)
    actions.answer(request=request, answer="done", by=BY)
    Lookout.objects.filter(request=request).update(looks=1)  # not the very first look
    sites.set(code, appearance=appearance)
    work(Lookout)
    request.refresh_from_db()
    look = request.looks.get()
    assert (request.state, look.why) == (state, why)
    assert look.evidence is not None


@pytest.mark.parametrize("site", ["kolesa", "kaspi"])
def test_each_platform_says_gone_in_its_own_way(
    city: Unit, sites: Sites, chief: User, site: str
) -> None:
    code, url = sites.post(site=site)
    request = ready(city, url, chief)
    assert request.listing == f"{site}:{code}"
    sites.set(code, site, status="removed")
    request = look_again(request)
    assert request.state == State.VERIFIED


def ready(unit: Unit, url: str, chief: User) -> Request:
    """Delivered, with a picture an officer took: the browser is spent on the look alone."""
    request = actions.draft_request(unit=unit, url=url, reason="Предоплата", by=BY).request
    files = store_parts([Part("screenshot.png", "image/png", PNG, outgoing=True)])
    actions.attach_screenshot(request=request, files=files, by=BY)
    actions.approve(request=request, user=chief)
    if request.state == State.APPROVED:
        actions.mark_delivered(request=request, by=BY)
    return request


@pytest.mark.parametrize("appearance", ["challenge"])
def test_what_does_not_let_us_look_needs_a_persons_picture(
    city: Unit, sites: Sites, appearance: str
) -> None:
    _code, url = sites.post(appearance=appearance)
    request = actions.draft_request(unit=city, url=url, reason="x", by=BY).request
    work(Capture)
    capture = Capture.objects.get(request=request)
    assert (capture.state, capture.why) == (Capture.State.NEEDS_PERSON, appearance)
    request.refresh_from_db()
    assert (request.state, request.evidence) == (State.DRAFTED, None)


def test_a_private_address_is_never_opened(city: Unit, olx: Partner) -> None:
    Partner.objects.filter(pk=olx.pk).update(bases=["http://127.0.0.1:8799/olx"])
    url = "http://127.0.0.1:8799/olx/d/obyavlenie/x-IDr9sfK.html"
    request = actions.draft_request(unit=city, url=url, reason="x", by=BY).request
    work(Capture)
    capture = Capture.objects.get(request=request)
    assert (capture.state, capture.why) == (Capture.State.NEEDS_PERSON, "refused")


def test_without_a_browser_the_request_waits_for_a_picture_and_says_so(
    city: Unit, sites: Sites, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.delenv("TEREZE_CHROMIUM", raising=False)
    seeing.end_browsers()
    _code, url = sites.post()
    request = actions.draft_request(unit=city, url=url, reason="x", by=BY).request
    work(Capture)
    assert Capture.objects.get(request=request).why == "no_browser"
    seeing.end_browsers()


def test_a_look_that_hangs_is_killed_and_the_next_one_works(
    city: Unit, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, url = sites.post()
    sites.set(code, appearance="timeout")
    monkeypatch.setattr(seeing, "HARD_LIMIT", 1.0)
    assert seeing.by_browser(url).seen.failure == "hung"
    monkeypatch.undo()
    sites.set(code, appearance="")
    assert seeing.by_browser(url).seen.status == 200


def test_looking_never_holds_a_transaction(city: Unit, sites: Sites) -> None:
    _code, url = sites.post()
    with transaction.atomic():
        with pytest.raises(InsideTransactionError):
            seeing.by_http(url)
        with pytest.raises(InsideTransactionError):
            seeing.by_browser(url)
