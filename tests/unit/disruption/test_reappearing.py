"""What residents name again: the same address is looked at, a new one with a known number drafted."""

from datetime import timedelta
from typing import Any

import pytest

from tereze.core.clock import moved_to, now
from tereze.disruption import actions, reappearing
from tereze.disruption.models import Lookout, Request, State
from tereze.indicators import extract
from tereze.linking.actions import Subject, record_sightings

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
NEW = "https://www.olx.kz/d/obyavlenie/iphone-IDnew01.html"


@pytest.fixture(autouse=True)
def from_the_start() -> None:
    reappearing.seen_up_to.clear()


@pytest.fixture
def gone(make: Make) -> Request:
    """Removed an hour ago; its page showed a number."""
    with moved_to(now() - timedelta(hours=1)):
        request = make(State.VERIFIED)
        found = extract("Звоните +7 705 555 22 33")
        subject = Subject("listing", request.listing, now())
        record_sightings(unit=request.unit, subject=subject, found=found, by=BY)
        Lookout.objects.filter(request=request).update(next_action_at=now() + timedelta(days=1))
    return request


def newest() -> Request:
    return Request.objects.order_by("-pk")[0]


def test_a_new_address_with_the_number_of_a_removed_one_gets_a_tied_draft(
    gone: Request, submit: Any
) -> None:
    report = submit(f"Опять просит предоплату: {NEW} номер 8 705 555 22 33")
    for _ in range(3):  # the clock does it again and again
        reappearing.follow_sightings()
    request = newest()
    assert Request.objects.count() == 2
    assert (request.state, request.listing) == (State.DRAFTED, "olx:new01")
    assert request.capture.next_action_at is not None
    links = set(request.links.values_list("kind", "key"))
    assert links == {("report", report.public_id), ("request", gone.public_id)}
    assert "тот же номер телефона" in request.reason
    assert [s.event for s in request.steps.all()] == ["drafted", "recognised"]


@pytest.mark.parametrize(
    "text",
    [
        f"Просит предоплату: {NEW} номер 8 701 222 33 44",
        f"Просит предоплату: {NEW}",
        "Просит предоплату, номер 8 705 555 22 33, страницы не помню",
        "Магазин https://shop.example/p/1 номер 8 705 555 22 33",
    ],
)
def test_what_shares_no_number_or_names_no_platform_drafts_nothing(
    gone: Request, submit: Any, text: str
) -> None:
    submit(text)
    reappearing.follow_sightings()
    assert Request.objects.count() == 1


def test_a_draft_an_officer_withdrew_is_not_made_again(gone: Request, submit: Any) -> None:
    submit(f"Опять просит предоплату: {NEW} номер 8 705 555 22 33")
    reappearing.follow_sightings()
    actions.withdraw(request=newest(), why="не то", by=BY)
    reappearing.follow_sightings()
    assert Request.objects.count() == 2


def test_the_removed_address_itself_is_looked_at_at_once(gone: Request, submit: Any) -> None:
    report = submit(f"Оно снова висит: {gone.address}")
    for _ in range(2):
        reappearing.follow_sightings()
    gone.refresh_from_db()
    lookout = Lookout.objects.get(request=gone)
    assert lookout.asked
    assert lookout.next_action_at is not None
    assert lookout.next_action_at <= now()
    assert gone.asked == 2
    assert gone.links.filter(kind="report", key=report.public_id).exists()
    assert Request.objects.count() == 1


def test_a_report_from_before_the_removal_proves_nothing(make: Make, submit: Any) -> None:
    with moved_to(now() - timedelta(hours=2)):
        request = make(State.DELIVERED)
        submit(f"Просит предоплату {request.address}")
    Request.objects.filter(pk=request.pk).update(state=State.VERIFIED, gone_at=now())
    reappearing.follow_sightings()
    assert not Lookout.objects.get(request=request).asked


def test_after_the_term_it_is_drafted_anew_and_tied(gone: Request, submit: Any) -> None:
    Request.objects.filter(pk=gone.pk).update(state=State.CLOSED, closed_at=now())
    submit(f"Оно снова висит: {gone.address}")
    for _ in range(2):
        reappearing.follow_sightings()
    request = newest()
    assert Request.objects.count() == 2
    assert request.listing == gone.listing
    assert request.links.filter(kind="request", key=gone.public_id).exists()
    assert "тот же адрес" in request.reason
