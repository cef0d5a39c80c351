"""What opens the automatic is counted by the service's clock and under a key: attempts to count more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.watch import evidence
from tereze.watch.actions import officers, sources, trial
from tereze.watch.clocks import Steps
from tereze.watch.models import Decision, Message, Source
from tereze.watch.received import Author
from tests.unit.watch.conftest import Say, in_the_database
from tests.watching import ADMINISTRATOR, ADVERT, Time


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
Lives = Callable[..., None]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def many(settings: Any) -> None:
    settings.WATCH_ALONE = {"chats": 9, "people": 9, "hour": 9999}


@pytest.fixture
def chat(shadowed: Source) -> Source:
    return shadowed


def proven(chat: Source) -> trial.Trial:
    return trial.trial_of(Source.objects.get(pk=chat.pk))


def tries_the_form(chat: Source, it: Client) -> str:
    """Sends the form that opens the automatic; the mode afterwards."""
    answer = it.post(f"/desk/chats/{chat.public_id}/mode/", {"mode": "automatic"}, follow=True)
    assert answer.status_code == 200
    return str(Source.objects.get(pk=chat.pk).mode)


# The clock


def test_days_pass_by_the_services_clock(chat: Source, lives: Lives) -> None:
    lives(chat, days=7)
    assert proven(chat).lacks == ("verdicts",)


def by_the_service() -> datetime:
    """Its clock is not moved with ours."""
    return datetime.now(UTC)


@pytest.mark.parametrize("steps", [1, 8, 200])
def test_a_clock_set_ahead_shortens_nothing(
    chat: Source, lives: Lives, say: Say, time: Time, steps: int
) -> None:
    """At once, a day at a time, an hour at a time: the service goes on saying what the time is."""
    say("Доброе утро!", source=chat, told_at=by_the_service())
    for step in range(steps):
        time.move(seconds=8 * 86400 / steps)
        say(f"Доброе утро! {step}", source=chat, told_at=by_the_service())
    assert proven(chat).shadow < timedelta(minutes=5)


def test_a_clock_set_ahead_for_one_message_and_back_adds_nothing(
    chat: Source, say: Say, time: Time
) -> None:
    say("Доброе утро!", source=chat, told_at=by_the_service())
    for number in range(8):
        time.move(days=1)
        say(f"Доброе утро! {number}", source=chat, told_at=by_the_service())
        time.move(days=-1)
        say(f"Добрый вечер! {number}", source=chat, told_at=by_the_service())
    assert proven(chat).shadow < timedelta(minutes=5)


def test_what_does_not_say_the_time_adds_nothing(chat: Source, say: Say, time: Time) -> None:
    for number in range(9):
        say(f"Доброе утро! {number}", source=chat)
        time.move(days=1)
    assert proven(chat).shadow == timedelta()


def test_one_message_that_claims_next_week_adds_nothing(chat: Source, say: Say) -> None:
    say("Доброе утро!", source=chat, told_at=now())
    say("Доброе утро, будущее!", source=chat, told_at=now() + timedelta(days=7))
    assert proven(chat).shadow == timedelta()


def test_a_long_silence_counts_as_a_day(chat: Source, say: Say, time: Time) -> None:
    say("Доброе утро!", source=chat, told_at=time.now())
    time.move(days=30)
    say("Есть кто живой?", source=chat, told_at=time.now())
    assert proven(chat).shadow == timedelta(days=1)


def test_a_clock_that_both_share_is_seen_to_jump(
    chat: Source, lives: Lives, say: Say, time: Time
) -> None:
    """A Matrix server on the same machine: whoever sets its clock sets both."""
    steps = Steps()
    lives(chat, days=2)
    assert steps.jump(100.0, time.now()) == timedelta()
    assert steps.jump(105.0, time.now() + timedelta(seconds=5)) == timedelta()
    time.move(days=1)
    jumped = steps.jump(110.0, time.now() + timedelta(seconds=10))
    assert abs(jumped - timedelta(days=1)) < timedelta(seconds=2)
    trial.break_off(jumped=jumped)
    say("Доброе утро!", source=chat, told_at=time.now())
    assert proven(chat).days == 2
    assert AuditEvent.objects.filter(kind="clock.jumped").count() == 1


# The row


EDITS: dict[str, Callable[[Source], dict[str, Any]]] = {
    "a week": lambda chat: {"shadowed": in_microseconds(timedelta(days=30))},
    "verdicts": lambda chat: {"carried": '{"verdicts": 60, "right": 60}'},
    "the beginning": lambda chat: {"shadow_told": now() - timedelta(days=1)},
    "all, and no evidence": lambda chat: {
        "shadowed": in_microseconds(timedelta(days=30)),
        "carried": '{"verdicts": 60, "right": 60}',
        "evidence": "",
    },
}


def in_microseconds(span: timedelta) -> Any:
    return span if connection.vendor == "postgresql" else int(span / timedelta(microseconds=1))


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_of_the_row_followed_by_the_form_opens_nothing(
    chat: Source, say: Say, it: Client, edit: Callable[[Source], dict[str, Any]]
) -> None:
    in_the_database("watch_source", chat.pk, **edit(chat))
    assert proven(chat).lacks == ("shadow", "verdicts")
    assert tries_the_form(chat, it) == "shadow"
    for mode in ("off", "review", "shadow"):  # nor by way of other modes, or with what comes then
        sources.set_mode(source=chat, mode=mode, by=ADMINISTRATOR)
    say("Доброе утро!", source=Source.objects.get(pk=chat.pk), told_at=now())
    assert proven(chat).lacks == ("shadow", "verdicts")
    assert tries_the_form(chat, it) == "shadow"


def test_what_another_chat_earned_does_not_count_here(
    chat: Source, source: Source, it: Client
) -> None:
    """The row of a chat that has everything behind it, copied column by column."""
    in_the_database(
        "watch_source",
        chat.pk,
        shadowed=in_microseconds(source.shadowed),
        carried='{"verdicts": 60, "right": 60}',
        evidence=source.evidence,
    )
    assert tries_the_form(chat, it) == "shadow"


def test_what_was_edited_is_begun_anew_and_journalled(chat: Source, say: Say, lives: Lives) -> None:
    lives(chat, days=2)
    in_the_database("watch_source", chat.pk, shadowed=in_microseconds(timedelta(days=30)))
    say("Доброе утро!", source=chat, told_at=trial.now())
    assert proven(chat).shadow == timedelta()
    assert AuditEvent.objects.filter(kind="source.evidence_void").count() == 1
    lives(chat, days=7)
    assert "shadow" not in proven(chat).lacks


def test_a_fixture_brings_no_evidence(chat: Source, it: Client, tmp_path: Path) -> None:
    file = tmp_path / "chats.json"
    call_command("dumpdata", "watch.source", output=str(file))
    text = file.read_text()
    changed = text.replace('"shadowed": "00:00:00"', '"shadowed": "30 00:00:00"')
    changed = changed.replace('"carried": {}', '"carried": {"verdicts": 60, "right": 60}')
    assert changed != text
    file.write_text(changed)
    call_command("loaddata", str(file), verbosity=0)
    assert Source.objects.get().carried == {"verdicts": 60, "right": 60}
    assert tries_the_form(chat, it) == "shadow"


# Verdicts


def decide(chat: Source, say: Say, officer: Officer, number: int, *, right: bool = True) -> Message:
    message = say(f"{ADVERT} {number}", source=chat, author=Author(id=str(1000 + number)))
    if right:
        officers.block(message=message, ladder=("delete",), by=officer(Role.DISPATCHER))
    else:
        officers.release(message=message, by=officer(Role.DISPATCHER))
    return message


def test_verdicts_written_into_the_database_do_not_count(
    chat: Source, say: Say, officer: Officer
) -> None:
    decide(chat, say, officer, 0)
    real = Decision.objects.get(verdict="block")
    for number in range(1, 5):
        message = say(f"{ADVERT} {number}", source=chat, author=Author(id=str(number)))
        Decision.objects.create(
            message=message, verdict="block", officer=real.officer, mark=real.mark
        )
    assert (proven(chat).verdicts, proven(chat).right) == (1, 1)


def test_a_release_turned_into_a_block_does_not_count(
    chat: Source, say: Say, officer: Officer
) -> None:
    decide(chat, say, officer, 0)
    decide(chat, say, officer, 1, right=False)
    assert (proven(chat).verdicts, proven(chat).right) == (2, 1)
    wrong = Decision.objects.get(verdict="release")
    in_the_database("watch_decision", wrong.pk, verdict="block")
    assert (proven(chat).verdicts, proven(chat).right) == (1, 1)


def test_a_verdict_about_something_else_does_not_count(
    chat: Source, say: Say, officer: Officer
) -> None:
    """People blocked what the machine had found merely suspicious; its row says otherwise now."""
    message = decide(chat, say, officer, 0)
    in_the_database("watch_message", message.pk, p_illegal=0.999)
    assert proven(chat).verdicts == 0


def test_evidence_follows_a_chat_that_the_service_moved(chat: Source, lives: Lives) -> None:
    lives(chat, days=3)
    sources.follow_move(source=chat, chat_id="-100700")
    assert proven(chat).days == 3
    in_the_database("watch_source", chat.pk, shadowed=in_microseconds(timedelta(days=30)))
    sources.follow_move(source=chat, chat_id="-100800")
    assert not evidence.holds(Source.objects.get(pk=chat.pk))


def test_what_the_machine_does_is_asked_each_time(source: Source, say: Say) -> None:
    """A threshold, a chat or a proof changed past the program: to people at once."""
    assert say(ADVERT).standing == "blocked"
    in_the_database("watch_source", source.pk, proof="0" * 64)
    source.refresh_from_db()
    assert say(f"{ADVERT}!!").standing == "waiting"
