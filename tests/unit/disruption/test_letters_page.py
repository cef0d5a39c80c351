"""The desk's page of letters: who sees them, and one key for each answer."""

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import inbox, receiving
from tereze.disruption.channels.email.letters import message_id, write_letter
from tereze.disruption.models import Incoming, Mailbox, Request, State

from .conftest import Make, member_of


pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def came(
    unit: Unit, text: str, *, about: Request | None = None, sender: str = "x@y.kz"
) -> Incoming:
    """A letter that was fetched and sorted."""
    box, _made = Mailbox.objects.get_or_create(name="a@b/INBOX", defaults={"unit": unit})
    letter = EmailMessage()
    letter["From"], letter["Subject"] = sender, "Re: <script>alert(1)</script>"
    if about:
        about.partner.email = "abuse@olx.example"
        letter["In-Reply-To"] = message_id(write_letter(about, "request"))
    letter.set_content(text)
    raw = bytes(letter)
    uid = Incoming.objects.count() + 1
    receiving.keep(box, 1, inbox.Fetched(uid, raw, len(raw), False, now()))
    handler = next(handler for handler in due.HANDLERS if handler.model is Incoming)
    assert due.run_one(handler)
    return Incoming.objects.get(uid=uid)


def test_an_officer_answers_with_one_button(desk: Client, make: Make, city: Unit) -> None:
    request = make(State.DELIVERED)
    row = came(city, "Отказ: <b>нет</b>", about=request)
    page = desk.get(reverse("disruption:letters")).text
    assert "<script>alert" not in page
    assert "<b>нет" not in page
    assert 'value="refused"' in page
    assert 'data-key="r"' in page
    url = reverse("disruption:letter_take", args=[row.public_id])
    desk.post(url, {"answer": "refused", "text": " "})
    request.refresh_from_db()
    assert request.answer == ""
    desk.post(url, {"answer": "refused", "text": "нет"})
    request.refresh_from_db()
    assert (request.answer, request.answer_text, request.refusal) == ("refused", "нет", "other")
    desk.post(url, {"answer": "done"})  # a second officer, a moment later
    request.refresh_from_db()
    assert request.answer == "refused"


def test_a_letter_nobody_knows_is_placed_by_its_number(
    desk: Client, make: Make, city: Unit
) -> None:
    request, draft = make(State.DELIVERED), make(State.CAPTURED)
    row = came(city, "Удалено")
    url = reverse("disruption:letter_place", args=[row.public_id])
    for number in ("2026-999999", "", draft.number):
        desk.post(url, {"number": number})
        row.refresh_from_db()
        assert row.request is None
    desk.post(url, {"number": f" {request.number} "})
    row.refresh_from_db()
    assert (row.request, row.state) == (request, Incoming.State.WAITING)
    panel = desk.get(reverse("disruption:letters_panel", args=[request.public_id])).text
    assert "x@y.kz" in panel


def test_many_are_put_aside_at_once_and_stay_readable(desk: Client, city: Unit) -> None:
    rows = [came(city, f"слон {n}") for n in range(3)]
    desk.post(reverse("disruption:letter_dismiss"), {"letter": [row.public_id for row in rows[:2]]})
    states = [row.state for row in Incoming.objects.order_by("uid")]
    assert states == ["dismissed", "dismissed", "unknown"]
    original = desk.get(reverse("disruption:letter_source", args=[rows[0].public_id]))
    assert original["Content-Type"] == "application/octet-stream"
    assert "слон".encode() in original.content or b"base64" in original.content


def test_letters_of_another_unit_or_to_a_partner_are_not_shown(
    client: Client, city: Unit, make: Make
) -> None:
    request = make(State.DELIVERED)
    row = came(city, "Удалено", about=request, sender="stranger@z.kz")
    other = Unit.objects.create(slug="other", name="Другой город")
    stranger = User.objects.create_user(
        username="s", password="x" * 20, name="S", role="chief", unit=other
    )
    employee = member_of(request.partner, "olx.person")
    addresses = [
        reverse("disruption:letter_source", args=[row.public_id]),
        reverse("disruption:letters_panel", args=[request.public_id]),
    ]
    for user, status in ((stranger, 404), (employee, 403)):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert [client.get(url).status_code for url in addresses] == [status, status]
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert "stranger@z.kz" not in client.get(reverse("disruption:letters") + "?view=all").text


def test_a_returned_request_goes_another_way_and_its_clock_starts_anew(
    desk: Client, make: Make, chief: User
) -> None:
    request = make(State.DELIVERED)
    request.partner.email = "abuse@olx.example"
    letter = write_letter(request, "request")
    assert actions.letter_returned(letter=letter, why="550 no", by=chief.actor)
    assert not actions.letter_returned(letter=letter, why="550 no", by=chief.actor)
    page = desk.get(reverse("disruption:request", args=[request.public_id])).text
    assert "550 no" in page
    url = reverse("disruption:elsewhere", args=[request.public_id])
    desk.post(url, {"channel": "email"})  # the partner has no address
    desk.post(url, {"channel": "fax"})
    request.refresh_from_db()
    assert (request.state, request.channel) == (State.APPROVED, "portal")
    assert "550 no" in request.undelivered_why
    desk.post(url, {"channel": "by_hand"})
    sent = reverse("disruption:sent", args=[request.public_id])
    desk.post(sent, {"how": "по телефону Дане Ким"})
    request.refresh_from_db()
    assert (request.state, request.channel) == (State.DELIVERED, "by_hand")
    assert request.undelivered_at is None
    assert request.act_by is not None
