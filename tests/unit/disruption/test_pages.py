"""Every page in every state it can be in: it opens, says what is due, and offers the next act."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Capture, Partner, Request, State

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


def test_the_queue_is_searched_and_shows_one_partner(desk: Client, make: Make) -> None:
    ours = make("delivered")
    other = make("answered", url="https://kolesa.kz/a/show/150594149")
    queue = reverse("disruption:queue")

    def shown(**query: str) -> list[bool]:
        html = desk.get(queue, query).text
        return [f'id="request-{row.public_id}"' in html for row in (ours, other)]

    assert shown(q=ours.number) == [True, False]
    assert shown(q="https://m.kolesa.kz/a/show/150594149") == [False, True], "whatever its state"
    assert shown(to=other.partner.public_id) == [False, True]
    assert shown(to=other.partner.public_id, view="partner") == [False, False]
    assert shown(to="x", q="", view="x") == [True, True]
    assert "Ничего не нашлось" in desk.get(queue, {"q": "%"}).text
    assert (
        f"to={ours.partner.public_id}&amp;view=us"
        in desk.get(queue, {"to": ours.partner.public_id}).text
    )


def test_nothing_ticked_signs_nothing(desk: Client, make: Make) -> None:
    make(State.CAPTURED)
    html = desk.post(reverse("disruption:approve_many"), follow=True).text
    assert "Отметьте хотя бы одно" in html
    assert "Утверждено" not in html


@pytest.mark.parametrize(
    ("hours", "accepted"), [("", True), (0, True), (-2, False), (2, False), (-900000, False)]
)
def test_by_hand_is_sent_after_the_signature_and_before_now(
    desk: Client, make: Make, chief: User, hours: Any, accepted: bool
) -> None:
    request = make(State.CAPTURED)
    Partner.objects.filter(pk=request.partner_id).update(channel="by_hand")
    request.refresh_from_db()
    actions.approve(request=request, user=chief)
    at = now().astimezone(ZoneInfo(request.unit.zone)) + timedelta(hours=hours or 0)
    typed = {"how": "форма", "at": at.strftime("%Y-%m-%dT%H:%M") if hours != "" else ""}
    reply = desk.post(reverse("disruption:sent", args=[request.public_id]), typed)
    request.refresh_from_db()
    assert (reply.status_code == 302, request.state == State.DELIVERED) == (accepted, accepted)


@pytest.mark.parametrize("answer", ["account_closed", "already_gone", "done"])
def test_a_typed_answer_fits_the_kind_and_holds_no_money_where_none_was_asked(
    desk: Client, make: Make, answer: str
) -> None:
    request = make("delivered", kind="preserve_data")
    typed = {"answer": answer, "who": "Дана", "held_amount": "5000"}
    desk.post(reverse("disruption:typed_answer", args=[request.public_id]), typed)
    request.refresh_from_db()
    expected = ("done", None) if answer == "done" else ("", None)
    assert (request.answer, request.held_amount) == expected


def test_the_clock_on_the_desk_runs_when_it_is_the_partners_turn_again(
    desk: Client, make: Make
) -> None:
    def runs() -> bool:
        return "data-deadline" in page(desk, "request", request.public_id)

    request = make("delivered")
    assert runs()
    actions.answer(request=request, answer="need_more", text="Чей номер?", by=BY)
    assert not runs()
    assert "очередь за полицией" in page(desk, "request", request.public_id)
    actions.supply(request=request, text="Номер продавца", by=BY)
    assert runs()
    actions.answer(request=request, answer="done", by=BY)
    see(request, "gone")
    assert not runs()
    see(request, "there")
    assert runs()


@pytest.mark.parametrize("end", ["seen_gone", "withdrawn"])
def test_without_an_answer_the_clock_stands_when_it_is_over(
    desk: Client, make: Make, end: str
) -> None:
    request = make("delivered")
    if end == "withdrawn":
        actions.withdraw(request=request, why="ошибка", by=BY)
    else:
        see(request, "gone")
    assert "data-deadline" not in page(desk, "request", request.public_id)


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
    with django_assert_max_num_queries(21):
        page(desk, "queue")
    with django_assert_max_num_queries(15):
        page(partner, "portal")
