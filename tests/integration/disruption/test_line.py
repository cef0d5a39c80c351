"""The direct line against the stand-in sites, with a real browser."""

import pytest

from tereze.accounts.models import Unit, User
from tereze.core import due
from tereze.core.clock import now
from tereze.core.due import HANDLERS
from tereze.disruption import actions
from tereze.disruption.models import Capture, Lookout, Request, State
from tereze.linking.models import Indicator

from .conftest import BY, Sites


pytestmark = pytest.mark.django_db


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
    code, url = sites.post()
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
    assert names == {"page.png", "page.html", "photo.jpg", "response.json"}
    assert Indicator.objects.of("listing", request.listing).filter(type="phone").exists()

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
