"""Answers from a real IMAP server to letters that went out over a real SMTP server."""

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.casework.models import Evidence
from tereze.core import due, vault
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import inbox, receiving
from tereze.disruption.models import Incoming, Letter, Lookout, Mailbox, Partner, Request, State
from tests.city import free_port
from tests.mail import PostBox, running_imap

from .conftest import BY


pytestmark = pytest.mark.django_db
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


def test_an_answer_is_taken_sealed_and_looked_after(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Здравствуйте!\n\nУдалено.\n\nДана Ким"))
    line.read()
    request.refresh_from_db()
    assert (request.state, request.answer) == (State.ANSWERED, "done")
    assert request.answered_by == OLX
    row = Incoming.objects.get()
    assert (row.state, row.kind) == (Incoming.State.TAKEN, Incoming.Kind.ANSWER)
    step = request.steps.get(event="answered")
    assert step.evidence == row.evidence
    file = row.evidence.files.get()  # type: ignore[union-attr]
    assert (
        "Удалено"
        in email.message_from_bytes(file.content(), policy=email.policy.default)
        .get_body(("plain",))
        .get_content()
    )  # type: ignore[union-attr]
    assert not file.outgoing
    assert Lookout.objects.get(request=request).next_action_at is not None
    assert line.post.seen() == 0


SAID = {
    "Жойылды, рахмет": ("done", ""),
    "removed": ("done", ""),
    "Уже удалено": ("already_gone", ""),
    "Аккаунт закрыт. Объявление снято.": ("account_closed", ""),
    "Отказ: нарушения правил не видно": ("refused", "нарушения правил не видно"),
    "Бас тарту: бұл біздің бет емес": ("refused", "бұл біздің бет емес"),
    "Вопрос: какой это продавец?": ("need_more", "какой это продавец?"),
}


def test_answers_in_three_languages(line: Line) -> None:
    sent = [line.send() for _ in SAID]
    line.post.put(*(reply(letter, text) for (_, letter), text in zip(sent, SAID, strict=True)))
    line.read()
    for (request, _), (text, (answer, words)) in zip(sent, SAID.items(), strict=True):
        request.refresh_from_db()
        assert request.answer == answer, text
        if answer in {"refused", "need_more"}:
            assert request.answer_text == words


def test_accepted_stops_the_first_clock(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Принято в работу"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.ACKNOWLEDGED


@pytest.mark.parametrize("by", ["thread", "reply address", "subject"])
def test_each_mark_alone_is_enough(line: Line, by: str) -> None:
    request, letter = line.send()
    headers = {
        "thread": {"To": "kiberpol@police.example", "Subject": "ответ"},
        "reply address": {"Subject": "ответ"},
        "subject": {"To": "kiberpol@police.example"},
    }[by]
    line.post.put(reply(letter, "Удалено", thread=by == "thread", **headers))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"


def test_the_sender_alone_recognises_nothing(line: Line) -> None:
    request, letter = line.send()
    headers = {"To": "kiberpol@police.example", "Subject": f"Re: № {request.number}"}
    line.post.put(reply(letter, "Удалено", thread=False, **headers))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.request) == (Incoming.State.UNKNOWN, None)
    assert actions.place_letter(row=row, number=request.number, user=line.chief)
    actions.take_letter(row=row, said="done", user=line.chief)
    request.refresh_from_db()
    assert (request.answer, request.answered_by) == ("done", OLX)


def test_a_mark_from_a_stranger_waits_for_an_officer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Отказ: всё чисто", sender="seller@mail.ru"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.why, row.guess) == (Incoming.State.WAITING, "sender", "refused")
    assert actions.dismiss_letters(rows=[row], user=line.chief) == 1
    request.refresh_from_db()
    assert request.state == State.DELIVERED


def test_a_colleague_in_the_partners_domain_may_answer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено", sender="dana.kim@olx.example"))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"


def test_where_our_server_checks_senders_a_forged_one_waits(line: Line, settings: Any) -> None:
    settings.MAIL_AUTHSERV = "mx.police.example"
    (forged, first), (genuine, second) = line.send(), line.send()
    failed = "mx.police.example; dmarc=fail header.from=olx.example"
    passed = "mx.police.example; spf=pass smtp.mailfrom=olx.example; dmarc=pass"
    line.post.put(
        reply(first, "Удалено", Authentication_Results=failed),
        reply(second, "Удалено", Authentication_Results=passed),
    )
    line.read()
    forged.refresh_from_db()
    genuine.refresh_from_db()
    assert (forged.answer, genuine.answer) == ("", "done")
    assert Incoming.objects.get(request=forged).why == "sender"


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


def test_what_is_not_understood_stands_before_an_officer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено, но не всё: второе объявление осталось"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.why) == (Incoming.State.WAITING, "unclear")
    assert "второе объявление" in row.content["words"]


def test_a_late_answer_to_an_earlier_turn_is_not_taken(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"))
    later = now() + timedelta(hours=1)
    request.steps.model.objects.bulk_create(
        [
            request.steps.model(
                request=request, event="supplied", state_after="delivered", actor_kind="x", at=later
            )
        ]
    )
    line.read()
    assert Incoming.objects.get().why == "earlier"


def test_a_second_different_answer_waits(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"), reply(letter, "Отказ: передумали"))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"
    assert [row.why for row in Incoming.objects.filter(state="waiting")] == ["not_their_turn"]


Break = Callable[[], None]


def test_killed_anywhere_nothing_is_lost_and_nothing_twice(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [line.send() for _ in range(3)]
    line.post.put(*(reply(letter, "Удалено") for _, letter in sent))
    for place in (
        (receiving, "store_parts"),
        (receiving.incoming, "letter_arrived"),
        (receiving.incoming, "sort_in"),
        (receiving.incoming, "settle"),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(*place, dies_once(getattr(*place)))
            line.read()
        Incoming.objects.update(next_action_at=now(), lease_until=None)
    Mailbox.objects.update(lease_until=None)
    line.read()
    assert Incoming.objects.count() == 3
    for request, _ in sent:
        assert request.steps.filter(event="answered").count() == 1
        letters = Evidence.objects.filter(subject_key=request.public_id, kind="upload")
        assert letters.count() == 1


def dies_once(function: Any) -> Any:
    state = {"dead": False}

    def dying(*given: Any, **named: Any) -> Any:
        if not state["dead"]:
            state["dead"] = True
            function(*given, **named)
            raise RuntimeError("killed")
        return function(*given, **named)

    return dying


def test_a_rebuilt_mailbox_repeats_nothing(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"))
    line.read()
    before = Mailbox.objects.get().uidvalidity
    line.post.rebuild()
    other, second = line.send()
    line.post.put(reply(second, "Удалено"))
    line.read()
    assert Mailbox.objects.get().uidvalidity != before
    assert Incoming.objects.count() == 2
    for one in (request, other):
        assert one.steps.filter(event="answered").count() == 1


def test_a_letter_too_large_is_kept_by_its_beginning_and_shown(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LARGEST", 200_000)
    _request, letter = line.send()
    huge = reply(letter, "Удалено")
    huge.add_attachment(b"\0" * 300_000, maintype="application", subtype="zip", filename="bomb.zip")
    line.post.put(huge)
    line.read()
    row = Incoming.objects.get()
    assert (row.cut, row.stored, row.why) == (True, inbox.HEAD, "unclear")
    assert row.size > 300_000
    assert len(vault.read(row.sha256)) == inbox.HEAD


def test_hostile_letters_stop_nobody(line: Line) -> None:
    request, letter = line.send()
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(500)
    )
    line.post.put(
        b"\0\xff\xfe" * 1000,
        b"From: a\nSubject: " + b"x" * 100_000 + b"\n\n" + b"y\n" * 10,
        b"Subject: deep\n" + nested,
        b"Content-Type: text/plain; charset=zlib_codec\n\nx\n",
        b"Subject: =?utf-8?b?////?=\nFrom: =?x?q?=\n\n\xd0",
        reply(letter, "Удалено"),
    )
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"
    assert Incoming.objects.filter(state=Incoming.State.NEW).count() == 0
    assert Incoming.objects.count() == 6


def test_thousands_at_once_come_in_turns(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "AT_ONCE", 4)
    request, letter = line.send()
    line.post.put(*(b"Subject: spam %d\n\nbuy\n" % n for n in range(9)), reply(letter, "Удалено"))
    line.read()
    assert Incoming.objects.count() == 10
    request.refresh_from_db()
    assert request.answer == "done"


TROUBLES = {
    "login": {"password": "wrong"},
    "folder": {"folder": "Нет такой"},
    "connection": {"port": 1},
    "dns": {"host": "mail.invalid"},
    "tls": {"tls": "tls"},
}


@pytest.mark.parametrize("why", TROUBLES)
def test_settings_that_do_not_work_say_why(
    line: Line, settings: Any, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.IMAP = {**line.post.settings, **TROUBLES[why]}
    line.read()
    box = Mailbox.objects.get()
    assert box.trouble == why
    assert box.next_action_at is not None
    assert "wrong" not in caplog.text


def test_a_folder_with_a_cyrillic_name(line: Line, settings: Any) -> None:
    name = inbox.modified_utf7("Ответы & жауаптар")
    with line.post.open() as connection:
        connection.create(f'"{name}"')
    settings.IMAP = {**line.post.settings, "folder": "Ответы & жауаптар"}
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"), folder=f'"{name}"')
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"


def test_the_administrator_is_told_in_words(
    line: Line, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("mail", "check")
    assert capsys.readouterr().out.count("ok ") == 2
    settings.IMAP = {**line.post.settings, "password": "wrong"}
    settings.EMAIL_PORT = free_port()
    with pytest.raises(SystemExit):
        call_command("mail", "check")
    said = capsys.readouterr().err
    assert "check TEREZE_SMTP_HOST" in said
    assert "check TEREZE_IMAP_USER" in said
    assert "wrong" not in said
