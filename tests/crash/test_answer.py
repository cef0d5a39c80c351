"""Answers by mail, from the mailbox to "answered" and "not delivered". Whatever dies, each letter is
there once, sealed, and did once what it says."""

import imaplib
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.casework.actions import Part, store_parts
from tereze.casework.models import Evidence
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import inbox, receiving
from tereze.disruption.channels.email.letters import message_id
from tereze.disruption.models import Incoming, Letter, Mailbox, Partner, Request, State
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.crash.test_request import verify


BY = Actor.machine("test")
BOX = {"host": "imap.example", "port": 1, "tls": "none", "user": "kiberpol", "password": "x"}
ONCE = {"answered": 1, "undelivered": 1}


class AnswersByMail:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        chief = User.objects.create(
            username="chief", name="Ахметова А.", role=Role.CHIEF, unit=unit, post="майор"
        )
        actions.register_known_partners(unit=unit, by=BY)
        Partner.objects.filter(slug="olx").update(channel="email", email="abuse@olx.example")
        for number in range(2):
            url = f"https://www.olx.kz/d/obyavlenie/iphone-IDr9s{number}K.html"
            request = actions.draft_request(unit=unit, url=url, reason="Предоплата", by=BY).request
            part = Part("page.png", "image/png", b"\x89PNG %d" % number, outgoing=True)
            actions.seal_capture(
                request=request, files=store_parts([part]), seen_at=now(), facts={}, by=BY
            )
            actions.approve(request=request, user=chief)
            actions.mark_delivered(request=request, by=BY)
        Letter.objects.update(sent_at=now(), next_action_at=None)

    def warm_up(self) -> None:
        """Nothing slow here."""

    def install(self, world: World) -> None:
        settings.IMAP = {**BOX, "folder": "INBOX", "unit": ""}
        settings.MAIL_AUTHSERV = ""
        # nobody looks at pages and no clock rings while this is about letters
        due.HANDLERS[:] = [one for one in due.HANDLERS if one.model in (Mailbox, Incoming, Letter)]
        inbox.greeted = lambda _box: MailServer(world)

    def live(self, world: World) -> None:
        receiving.watch_mailbox()
        world.work()
        # the next round, a minute later: nothing new
        world.move(61)
        receiving.watch_mailbox()
        world.work()

    def after_death(self, world: World) -> None:
        for row in Incoming.objects.all():
            assert row.stored
        for evidence in Evidence.objects.all():
            verify(evidence)

    def after_recovery(self, world: World) -> None:
        assert Mailbox.objects.get().last_uid == 2
        states = sorted(Incoming.objects.values_list("state", flat=True))
        assert states == ["noted", "taken"], states
        events = list(
            Request.objects.values_list("steps__event", flat=True).filter(steps__event__in=ONCE)
        )
        assert {event: events.count(event) for event in ONCE} == ONCE, events
        for event, count in ONCE.items():
            assert AuditEvent.objects.filter(kind=f"request.{event}").count() == count
        assert Request.objects.filter(state=State.ANSWERED, answer="done").count() == 1
        assert Request.objects.filter(state=State.APPROVED, act_by=None).count() == 1
        assert Evidence.objects.filter(kind=Evidence.Kind.UPLOAD).count() == 2
        for evidence in Evidence.objects.all():
            verify(evidence)
        journal_is_whole()


def letters() -> list[bytes]:
    """An answer and a bounce, in the order of the requests."""
    first, second = (message_id(row) for row in Letter.objects.order_by("pk"))
    answer = EmailMessage()
    answer["From"] = "abuse@olx.example"
    answer["In-Reply-To"] = first
    answer.set_content("Удалено")
    bounce = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n"
        f"550 5.1.1 no such user\n\nMessage-ID: {second}\n"
    )
    return [bytes(answer), bounce.encode()]


class MailServer:
    """As much of IMAP as we use."""

    def __init__(self, world: World) -> None:
        self.world, self.letters = world, letters()

    def login(self, _user: str, _password: str) -> None:
        """Welcome."""

    def select(self, _folder: str, readonly: bool) -> tuple[str, list[bytes]]:
        assert readonly
        return "OK", [b"2"]

    def response(self, name: str) -> tuple[str, list[bytes]]:
        return name, [b"7"]

    def uid(self, command: str, *given: str) -> tuple[str, list[Any]]:
        if command == "SEARCH":
            return "OK", [b"1 2"]
        content = self.letters[int(given[0]) - 1]
        if "SIZE" in given[1]:
            date = imaplib.Time2Internaldate(now().timestamp()).encode()
            return "OK", [b"1 (RFC822.SIZE %d INTERNALDATE %s)" % (len(content), date)]
        with self.world.call("a letter is fetched"):
            return "OK", [(b"1 (BODY[] {%d}" % len(content), content), b")"]

    def logout(self) -> None:
        """Goodbye."""

    def shutdown(self) -> None:
        """Gone."""


SCENARIO = AnswersByMail()


@pytest.mark.timeout(420)
def test_an_answer_by_mail_is_taken_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("answer")
    assert found["points"]["call"] == 2 * 2
    assert found["points"]["file"] >= 4
