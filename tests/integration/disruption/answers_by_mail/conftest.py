"""Both ends: a real SMTP server takes our letters, a real IMAP server holds the answers."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import receiving
from tereze.disruption.models import Incoming, Letter, Mailbox, Partner, Request, State
from tests.city import free_port
from tests.integration.disruption.conftest import BY
from tests.mail import PostBox, running_imap


LISTING = "https://www.olx.kz/d/obyavlenie/iphone-IDr9s{number:02d}.html"
PNG = b"\x89PNG\r\n\x1a\n picture"
OLX = "OLX Abuse <abuse@olx.example>"


@pytest.fixture(scope="module")
def post() -> Iterator[PostBox]:
    with running_imap() as running:
        yield running


class Outbox:
    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def outbox(settings: Any) -> Iterator[Outbox]:
    box = Outbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.DEFAULT_FROM_EMAIL = "Киберпол <kiberpol@police.example>"
    yield box
    server.stop()


@pytest.fixture
def partner(unit: Unit) -> Partner:
    actions.register_known_partners(unit=unit, by=BY)
    Partner.objects.filter(slug="olx").update(channel="email", email="abuse@olx.example")
    return Partner.objects.get(slug="olx")


@pytest.fixture
def line(
    post: PostBox, outbox: Outbox, partner: Partner, chief: User, settings: Any
) -> Iterator["Line"]:
    settings.IMAP = post.settings
    settings.MAIL_PLUS = True
    yield Line(post, outbox, partner, chief)
    post.empty()


class Line:
    """Both ends: our requests going out, the partner's mail program answering them."""

    def __init__(self, post: PostBox, outbox: Outbox, partner: Partner, chief: User) -> None:
        self.post, self.outbox, self.partner, self.chief = post, outbox, partner, chief

    def send(self) -> tuple[Request, EmailMessage]:
        request = actions.draft_request(
            unit=self.partner.unit,
            url=LISTING.format(number=Request.objects.count()),
            reason="Предоплата",
            by=BY,
        ).request
        files = store_parts([Part("screenshot.png", "image/png", PNG, outgoing=True)])
        actions.attach_screenshot(request=request, files=files, by=BY)
        actions.approve(request=request, user=self.chief)
        work(Letter)
        request.refresh_from_db()
        assert request.state == State.DELIVERED
        return request, self.outbox.letters[-1]

    def read(self) -> None:
        receiving.watch_mailbox()
        Mailbox.objects.update(next_action_at=now())
        work(Mailbox)
        work(Incoming)


def work(model: type[Any]) -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is model)
    while due.run_one(handler):
        pass


def reply(
    to: EmailMessage, text: str, *, sender: str = OLX, thread: bool = True, **headers: str
) -> EmailMessage:
    """As a mail program makes it: above the quoted letter."""
    answer = EmailMessage()
    answer["From"] = sender
    answer["To"] = to["Reply-To"]
    answer["Subject"] = f"Re: {to['Subject']}"
    answer["Message-ID"] = f"<{now().timestamp()}.{len(text)}@olx.example>"
    if thread:
        answer["In-Reply-To"] = to["Message-ID"]
        answer["References"] = to["Message-ID"]
    for name, value in headers.items():
        del answer[name.replace("_", "-")]
        answer[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {row}" for row in plain(to).splitlines())
    answer.set_content(f"{text}\n\n25.11.2026 10:00, Киберпол пишет:\n{quoted}\n")
    return answer


def plain(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
