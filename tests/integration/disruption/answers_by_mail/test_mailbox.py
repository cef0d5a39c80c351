"""The mailbox itself: deaths, floods, hostile letters, settings that do not work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from tereze.casework.models import Evidence
from tereze.core import vault
from tereze.core.clock import now
from tereze.disruption.channels.email import inbox, receiving
from tereze.disruption.models import Incoming, Mailbox
from tests.city import free_port

from .conftest import Line, reply


pytestmark = pytest.mark.django_db


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
