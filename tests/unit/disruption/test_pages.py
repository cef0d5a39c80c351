"""Every page in every state it can be in: it opens, says what is due, and offers the next act."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.disruption import actions
from tereze.disruption.models import Capture, Request, State

from .conftest import BY, Make, see


pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief)
    return client


def page(client: Client, name: str, *args: str) -> str:
    response = client.get(reverse(f"disruption:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("state", ["drafted", "captured", "delivered", "answered", "verified"])
def test_a_request_opens_in_every_state(desk: Client, make: Make, state: str) -> None:
    request = make(state)
    assert request.address in page(desk, "request", request.public_id)
    for view in ("us", "overdue", "partner", "open", "gone", "all"):
        assert desk.get(reverse("disruption:queue"), {"view": view}).status_code == 200


def test_what_the_browser_could_not_capture_says_so(desk: Client, make: Make) -> None:
    request = make(State.DRAFTED)
    actions.capture_needs_person(request=request, why="no_browser", by=BY)
    html = page(desk, "request", request.public_id)
    assert "на этом компьютере нет браузера" in html
    assert "приложите снимок" in html
    assert Capture.objects.get(request=request).next_action_at is None


def test_what_could_not_be_looked_at_goes_to_a_person(desk: Client, make: Make) -> None:
    request = make(State.ANSWERED)
    see(request, "could_not_look", "challenge")
    assert "Проверить самим не удалось" in page(desk, "request", request.public_id)
    assert request.public_id in desk.get(reverse("disruption:queue"), {"view": "us"}).text


def test_a_form_makes_one_request_and_a_list_makes_a_batch(desk: Client, make: Make) -> None:
    form = {
        "kind": "remove_listing",
        "reason": "Предоплата",
        "addresses": "olx.kz/d/obyavlenie/a-IDr9sfK.html",
    }
    response = desk.post(reverse("disruption:draft"), form)
    assert response["Location"] == reverse(
        "disruption:request", args=[Request.objects.get().public_id]
    )
    form["addresses"] = (
        "Вот: https://kolesa.kz/a/show/150594149 и https://www.olx.kz/d/obyavlenie/a-IDr9sfK.html\n"
        "https://example.org/page"
    )
    html = desk.post(reverse("disruption:draft"), form, follow=True).text
    assert "150594149" in html
    assert "Уже были" in html
    assert "неизвестно, кому писать" in html
    assert Request.objects.get(listing="olx:r9sfK").asked == 2


@pytest.mark.parametrize("addresses", ["", "просто слова без ссылок", "javascript:alert(1)"])
def test_a_list_without_addresses_is_explained(desk: Client, city: object, addresses: str) -> None:
    form = {"kind": "remove_listing", "reason": "x", "addresses": addresses}
    response = desk.post(reverse("disruption:draft"), form)
    assert response.status_code == 422
    assert not Request.objects.exists()


def test_a_longer_queue_asks_the_database_no_more_often(
    desk: Client, make: Make, moderator: User, django_assert_max_num_queries: Any
) -> None:
    partner = Client()
    partner.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(12):
        make("delivered")
    with django_assert_max_num_queries(20):
        page(desk, "queue")
    with django_assert_max_num_queries(15):
        page(partner, "portal")
