"""A real mail server for the tests of what we send."""

import contextlib
import email
from collections.abc import Iterator
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.city import free_port


class Mailbox:
    """Keeps what it took and answers as it is told; `cut` takes a letter and breaks off."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.reply = "250 OK"

    async def handle_DATA(  # noqa: N802 - the server library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.reply.startswith("250") or self.reply == "cut":
            self.letters.append(email.message_from_bytes(bytes(envelope.content or b"")))
        if self.reply == "cut":
            _server.transport.close()
        return self.reply


@contextlib.contextmanager
def a_mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.DEFAULT_FROM_EMAIL = "Киберпол <kiberpol@police.example>"
    yield box
    server.stop()
