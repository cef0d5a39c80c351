"""What mail servers and absent people's programs send is no answer."""

from email.message import EmailMessage

import pytest

from tereze.disruption import actions
from tereze.disruption.models import Incoming, Letter, State

from .conftest import Line, reply, work


pytestmark = pytest.mark.django_db


AUTOMATIC = {
    "vacation": {"Auto_Submitted": "auto-replied"},
    "old vacation": {"Precedence": "bulk"},
    "outlook": {"Subject": "Автоматический ответ: удалено"},
}


@pytest.mark.parametrize("sort", AUTOMATIC)
def test_an_automatic_reply_is_never_an_answer(line: Line, sort: str) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено", **AUTOMATIC[sort]))
    line.read()
    request.refresh_from_db()
    assert (request.state, request.acknowledged_at) == (State.DELIVERED, None)
    row = Incoming.objects.get()
    assert (row.state, row.kind) == (Incoming.State.NOTED, Incoming.Kind.AUTO_REPLY)
    assert request.steps.filter(event="letter_came").count() == 1


def report(letter: EmailMessage, action: str, status: str, kind: str = "delivery-status") -> bytes:
    """A delivery report as RFC 3464 has it."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: kiberpol@police.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; abuse@olx.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user here

--B
Content-Type: text/rfc822-headers

From: kiberpol@police.example
Subject: x
Message-ID: {letter["Message-ID"]}

--B--
""".encode()


def test_a_bounce_brings_the_request_back_and_stops_the_clock(line: Line) -> None:
    request, letter = line.send()
    line.post.put(report(letter, "failed", "5.1.1"))
    line.read()
    request.refresh_from_db()
    assert (request.state, request.delivered_at, request.act_by) == (State.APPROVED, None, None)
    assert "550 5.1.1 no such user here" in request.undelivered_why
    assert Letter.objects.get().returned_at is not None
    actions.check_deadlines(request=request)
    request.refresh_from_db()
    assert request.overdue_at is None
    actions.send_elsewhere(
        request=request, channel="email", email="help@olx.example", user=line.chief
    )
    work(Letter)
    request.refresh_from_db()
    assert (request.state, request.undelivered_at) == (State.DELIVERED, None)
    assert line.outbox.letters[-1]["To"] == "help@olx.example"
    assert request.act_by is not None
    # the first letter's late second bounce says nothing about the new one
    line.post.put(report(letter, "failed", "5.4.7"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED


def test_a_bounce_in_plain_words(line: Line) -> None:
    request, letter = line.send()
    text = f"""From: MAILER-DAEMON@mx.example
Return-Path: <>
Subject: =?utf-8?b?0J3QtSDQtNC+0YHRgtCw0LLQu9C10L3Qvg==?=

Адрес не существует: 550 5.1.1 user unknown

------ Copy of your message ------
Message-ID: {letter["Message-ID"]}
""".encode()
    line.post.put(text)
    line.read()
    request.refresh_from_db()
    assert (request.state, request.undelivered_why) == (
        State.APPROVED,
        "550 5.1.1 user unknown",
    )


def test_delays_and_receipts_are_noted(line: Line) -> None:
    request, letter = line.send()
    receipt = report(letter, "x", "x", "disposition-notification").replace(b"Action", b"X")
    line.post.put(report(letter, "delayed", "4.4.1"), receipt)
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    kinds = {row.kind: row.state for row in Incoming.objects.all()}
    assert kinds == {Incoming.Kind.DELAYED: "noted", Incoming.Kind.RECEIPT: "noted"}
