"""`mail check`: both ways to the mail server, and what is wrong in words."""

import smtplib
import sys
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from tereze.disruption import wording
from tereze.disruption.channels.email import inbox


SMTP_TROUBLE = {
    "dns": "the server was not found by its name: check TEREZE_SMTP_HOST",
    "connection": "the server does not answer: check TEREZE_SMTP_HOST and TEREZE_SMTP_PORT",
    "timeout": "the server did not answer in time",
    "tls": "the secure connection failed: check the certificate and TEREZE_SMTP_TLS",
    "login": "name or password not accepted: check TEREZE_SMTP_USER and TEREZE_SMTP_PASSWORD",
}


class Command(BaseCommand):
    help = (
        "`mail check`: connect to the mail server both ways and say what is wrong; exit 1 if it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            good = [self.out(), self.back()]
        if not all(good):
            sys.exit(1)

    def out(self) -> bool:
        where = f"SMTP {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            login = isinstance(
                error, (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)
            )
            why = "login" if login else inbox.reason(error)
            self.stderr.write(f"FAIL  {where}: {SMTP_TROUBLE[why]} ({error})")
            return False
        connection.close()
        self.stdout.write(f"ok    {where}, letters come from {settings.DEFAULT_FROM_EMAIL}")
        return True

    def back(self) -> bool:
        if not inbox.is_configured():
            self.stdout.write("none  IMAP: no TEREZE_IMAP_HOST, answers by letter are not read")
            return True
        where = f"IMAP {inbox.name()}"
        try:
            with inbox.opened() as (connection, _validity):
                count = len(inbox.new_uids(connection, 0))
        except inbox.MailboxError as error:
            self.stderr.write(
                f"FAIL  {where}: {wording.mailbox_trouble(error.why)} ({error.detail})"
            )
            return False
        self.stdout.write(f"ok    {where}: {count} letters")
        return True
