"""Letters against a real SMTP server, and the link in them."""

import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import sending
from tereze.disruption.models import Letter, Partner, Request, State
from tests.city import free_port
from tests.mailbox import Mailbox, a_mailbox

from .conftest import BY


pytestmark = pytest.mark.django_db
LISTING = "https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html"
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.PUBLIC_URL = "http://testserver"
    with a_mailbox(settings) as box:
        yield box


@pytest.fixture
def partner(unit: Unit) -> Partner:
    actions.register_known_partners(unit=unit, by=BY)
    Partner.objects.filter(slug="olx").update(channel="email", email="abuse@olx.example")
    return Partner.objects.get(slug="olx")


@pytest.fixture
def request_(partner: Partner, chief: User) -> Request:
    request = actions.draft_request(
        unit=partner.unit, url=LISTING, reason="Предоплата", by=BY
    ).request
    files = store_parts([Part("screenshot.png", "image/png", PNG, outgoing=True)])
    actions.attach_screenshot(request=request, files=files, by=BY)
    actions.approve(request=request, user=chief)
    return request


def post_office() -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is Letter)
    assert due.run_one(handler)


def body(letter: Message) -> str:
    part = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
    return part.get_payload(decode=True).decode()  # type: ignore[union-attr]


def link_in(letter: Message) -> str:
    found = re.search(r"http://testserver(/answer/\S+)", body(letter))
    assert found
    return found[1]


def test_a_letter_carries_number_signature_ground_and_evidence(
    mailbox: Mailbox, request_: Request
) -> None:
    assert request_.state == State.APPROVED
    post_office()
    request_.refresh_from_db()
    assert request_.state == State.DELIVERED
    (letter,) = mailbox.letters
    text = body(letter)
    for expected in (request_.number, request_.signatory, LISTING, "olx:r9sfK", "ст. 190 УК РК"):
        assert expected in text
    assert letter["To"] == "abuse@olx.example"
    assert [part.get_filename() for part in letter.walk() if part.get_filename()] == [
        "xarf.json",
        "screenshot.png",
    ]
    assert letter.get_content_type() == "multipart/mixed"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert not [name for name in letter if name.startswith("List-")]
    page = next(part for part in letter.walk() if part.get_content_type() == "text/html")
    assert request_.number in page.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_a_kazakh_partner_is_written_to_in_kazakh(
    mailbox: Mailbox, partner: Partner, request_: Request
) -> None:
    Partner.objects.filter(pk=partner.pk).update(language="kk")
    post_office()
    assert "ҚР ҚК 190-бабы" in body(mailbox.letters[0])


def test_the_link_shows_by_get_and_answers_by_post(
    mailbox: Mailbox, request_: Request, client: Client
) -> None:
    post_office()
    link = link_in(mailbox.letters[0])
    for _ in range(2):  # mail scanners open every link
        page = client.get(link)
    assert request_.number in page.text
    assert client.get(f"{link}file/screenshot.png").content == PNG
    request_.refresh_from_db()
    assert request_.state == State.DELIVERED
    assert client.post(link, {"answer": "refused", "who": "Дана"}).status_code == 422
    answered = client.post(link, {"answer": "done", "who": "Дана Ким, модератор"}, follow=True)
    request_.refresh_from_db()
    assert (request_.answer, request_.answered_by) == ("done", "Дана Ким, модератор")
    assert request_.number in answered.text
    client.post(link, {"answer": "refused", "text": "поздно", "who": "Другой"})
    request_.refresh_from_db()
    assert request_.answer == "done"


def test_a_wrong_or_expired_link_tells_nothing(
    mailbox: Mailbox, request_: Request, client: Client
) -> None:
    post_office()
    link = link_in(mailbox.letters[0])
    assert len(link.removeprefix("/answer/").strip("/")) * 4 >= 80  # bits
    assert client.get("/answer/0123456789abcdef0123456789abcdef/").status_code == 404
    Letter.objects.update(answer_until=now())
    for reply in (client.get(link), client.post(link, {"answer": "done", "who": "x"})):
        assert reply.status_code == 404
        assert request_.number not in reply.text


def test_the_token_is_stored_only_as_a_hash(mailbox: Mailbox, request_: Request) -> None:
    post_office()
    token = link_in(mailbox.letters[0]).removeprefix("/answer/").strip("/")
    assert token not in str(Letter.objects.values().get())


def test_a_crash_after_sending_repeats_the_same_letter(
    mailbox: Mailbox, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sending, "finish", lambda letter: 1 / 0)
        post_office()
    Letter.objects.update(next_action_at=now())
    post_office()
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert link_in(first) == link_in(second)
    request_.refresh_from_db()
    assert request_.state == State.DELIVERED


def test_a_server_that_is_busy_gets_the_letter_later(mailbox: Mailbox, request_: Request) -> None:
    mailbox.reply = "451 try later"
    post_office()
    letter = Letter.objects.get()
    assert letter.next_action_at is not None
    assert letter.next_action_at > now()
    mailbox.reply = "250 OK"
    Letter.objects.update(next_action_at=now())
    post_office()
    assert len(mailbox.letters) == 1


def test_a_letter_refused_for_good_stops_and_says_why(mailbox: Mailbox, request_: Request) -> None:
    mailbox.reply = "550 no such mailbox"
    post_office()
    letter = Letter.objects.get()
    assert (letter.next_action_at, letter.sent_at) == (None, None)
    assert "550" in letter.last_error
    request_.refresh_from_db()
    assert request_.state == State.APPROVED
    assert "550 no such mailbox" in request_.undelivered_why


def test_later_letters_belong_to_the_first_ones_thread(
    mailbox: Mailbox, request_: Request, chief: User
) -> None:
    post_office()
    request_.refresh_from_db()
    actions.answer(request=request_, answer="need_more", text="какой продавец?", by=BY)
    actions.supply(request=request_, text="Продавец «Алмас», <b>телефон</b> в описании", by=BY)
    post_office()
    first, second = mailbox.letters
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in second["References"]
    assert "Алмас" in body(second)
    page = next(part for part in second.walk() if part.get_content_type() == "text/html")
    text = page.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "<b>телефон" not in text
    assert "&lt;b&gt;телефон" in text


def test_a_worker_that_dies_again_and_again_repeats_a_letter_once(
    mailbox: Mailbox, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sending, "finish", lambda letter: 1 / 0)
        for _ in range(4):
            Letter.objects.update(next_action_at=now())
            post_office()
    assert len(mailbox.letters) == 2
    letter = Letter.objects.get()
    assert letter.next_action_at is None
    request_.refresh_from_db()
    assert request_.undelivered_why == "unknown"


def test_a_mail_server_that_is_away_costs_no_try(request_: Request, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _ in range(3):
        Letter.objects.update(next_action_at=now())
        post_office()
    letter = Letter.objects.get()
    assert (letter.offered, letter.sent_at) == (0, None)
    assert letter.next_action_at is not None
