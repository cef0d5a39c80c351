"""A chat we do not see reaches a named person, and the silence that is no ordinary silence."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.core.clock import now
from tereze.watch.actions import calling, retention, sources, summoning, watching
from tereze.watch.models import Call, HourCount, Message, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.rhythm import hour_of, is_too_quiet
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, Time


ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("before", "quiet"),
    [
        ([40, 55, 38, 61, 47], True),
        ([12, 11, 14, 12], True),  # two weekends of a lively chat
        ([40, 55, 48], False),  # too few days
        ([3, 4, 2, 5], False),  # a quiet chat
        ([3, 4, 2, 5] * 8, False),  # three messages an hour: e^-3.5 is no wonder
        ([10, 12, 9, 11] * 8, True),  # known for weeks: e^-10.5
        ([10, 12, 9], False),
        ([40, 0, 61, 2, 5], False),  # an unsteady one
        ([50, 50, 50, 0], False),  # one of four was empty: so may this be
        ([50] * 29 + [0], True),  # one of thirty
    ],
)
def test_a_silence_is_compared_with_what_is_usual(before: list[float], quiet: bool) -> None:
    assert is_too_quiet(before) is quiet


@pytest.mark.django_db
def test_blindness_calls_the_one_named_then_the_chief_and_ends_by_itself(
    source: Source, officer: Callable[[str], User], time: Time
) -> None:
    named, chief = officer(Role.OPERATIVE), officer(Role.CHIEF)
    source.on_call = named
    source.save()
    sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")
    watching.call_for_the_blind()
    assert not Call.objects.exists()  # a hiccup calls nobody
    time.move(minutes=2)
    watching.call_for_the_blind()
    watching.call_for_the_blind()
    assert Call.objects.get().person == named
    time.move(minutes=16)
    due.run_until_idle()
    assert {call.person for call in Call.objects.open()} == {named, chief}
    sources.note_health(source_ids=[source.pk], health="ok")
    assert not Call.objects.open().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [CallKind.BLIND, CallKind.FLOOD])
def test_nobody_is_called_for_a_chat_that_was_switched_off(
    kind: str, source: Source, officer: Callable[[str], User], time: Time
) -> None:
    named, _chief = officer(Role.OPERATIVE), officer(Role.CHIEF)
    source.on_call = named
    source.save()
    calling.call(kind=kind, source=source)
    sources.set_mode(source=source, mode="off", by=ADMINISTRATOR)
    sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")  # a late word
    time.move(minutes=16)
    watching.call_for_the_blind()
    due.run_until_idle()
    assert not Call.objects.open().exists()


@pytest.mark.django_db
def test_a_term_that_ends_calls_somebody_once_until_the_chat_is_seen_again(
    source: Source, officer: Callable[[str], User], time: Time, client: Client
) -> None:
    named = officer(Role.OPERATIVE)
    source.on_call = named
    source.save()
    sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")
    time.move(days=91)
    watching.call_for_the_blind()
    for _round in range(3):
        sources.switch_off_expired()
    assert Call.objects.open().get().person == named
    client.force_login(named)
    page = client.get("/desk/wall/calls/", headers={"Accept-Language": "ru"}).content.decode()
    assert "чат выключен: за ним никто не следит" in page
    until = time.now() + timedelta(days=90)
    sources.change_source(source=source, by=ADMINISTRATOR, until=until, mode="shadow")
    assert not Call.objects.open().exists()


@pytest.mark.django_db
def test_a_line_that_comes_and_goes_is_one_letter_within_the_time_to_come(
    source: Source, officer: Callable[[str], User], time: Time
) -> None:
    summoning.set_email(officer=officer(Role.CHIEF), email="chief@police.example")
    for _round in range(5):
        sources.note_health(source_ids=[source.pk], health="blind", reason="network")
        time.move(seconds=70)
        watching.call_for_the_blind()
        due.run_until_idle()
        sources.note_health(source_ids=[source.pk], health="ok")
        time.move(seconds=10)
    assert Call.objects.count() == 5
    assert len(mail.outbox) == 1
    time.move(minutes=15)
    sources.note_health(source_ids=[source.pk], health="blind", reason="network")
    time.move(seconds=70)
    watching.call_for_the_blind()
    due.run_until_idle()
    assert len(mail.outbox) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("lost", "reached"), [(2, False), (3, True)])
def test_a_chat_that_is_lost_again_and_again_reaches_the_chief(
    lost: int, reached: bool, source: Source, officer: Callable[[str], User], time: Time
) -> None:
    source.on_call = officer(Role.OPERATIVE)
    source.save()
    chief = officer(Role.CHIEF)
    for _round in range(lost):
        sources.note_health(source_ids=[source.pk], health="ok")
        time.move(minutes=1)
        sources.note_health(source_ids=[source.pk], health="blind", reason="network")
        time.move(minutes=9)
        watching.call_for_the_blind()
        due.run_until_idle()
    assert Call.objects.open().filter(person=chief).exists() is reached


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "said"), [(15, False), (14, True), (1, True)])
def test_the_wall_says_days_before_that_a_term_will_end(
    days: int, said: bool, source: Source, officer: Callable[[str], User], client: Client
) -> None:
    until = now() + timedelta(days=days)
    sources.change_source(source=source, by=ADMINISTRATOR, until=until)
    client.force_login(officer(Role.IT_SPECIALIST))
    for address, words in (("wall", "Скоро кончится срок"), ("chats", "срок кончается")):
        page = client.get(f"/desk/{address}/", headers={"Accept-Language": "ru"}).content.decode()
        assert (words in page) is said


def passes(
    time: Time, source: Source, *, days: int, hourly: int, but: set[int] = frozenset()
) -> None:  # type: ignore[assignment]
    """So many days go by as the watch counts them: an hour after the other, fewer words at night.
    `but`: hours ago in which the chat was not seen."""
    begin = time.now()
    for ahead in range(days * 24):
        at = begin + timedelta(hours=ahead + 1)
        number = hourly if 8 <= at.astimezone(ALMATY).hour < 23 else 0
        if days * 24 - ahead not in but:
            HourCount.objects.create(source=source, hour=hour_of(at), messages=number)
    time.move(days=days)
    Source.objects.update(last_message_at=time.now(), last_contact_at=time.now())


def on(time: Time, weekday: int, hour: int) -> None:
    """To the next such hour in the city."""
    here = time.now().astimezone(ALMATY)
    ahead = timedelta(days=(weekday - here.weekday()) % 7) + timedelta(hours=hour - here.hour)
    time.move(seconds=ahead.total_seconds() % timedelta(days=7).total_seconds())


@pytest.mark.django_db
@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize(
    ("hour", "silence", "quiet"),
    [
        (12, timedelta(minutes=20), False),  # seven were to be expected
        (12, timedelta(hours=1), True),
        (23, timedelta(hours=8), False),  # the night is always silent
        (7, timedelta(hours=4), True),  # nobody woke up
    ],
)
def test_an_unusual_silence_is_told_on_any_day_of_the_week(
    weekday: int, hour: int, silence: timedelta, quiet: bool, source: Source, time: Time
) -> None:
    on(time, weekday, hour)
    sources.note_health(source_ids=[source.pk], health="ok")
    Source.objects.update(on_since=time.now())
    passes(time, source, days=28, hourly=20)
    watching.compare_with_usual()
    assert Source.objects.get().health == "ok"
    time.move(seconds=silence.total_seconds())
    watching.compare_with_usual()
    found = Source.objects.get()
    assert (found.health, found.health_reason) == (("blind", "too_quiet") if quiet else ("ok", ""))


@pytest.mark.django_db
def test_it_ends_with_the_next_message_and_not_with_the_next_answer(
    source: Source, say: Say, time: Time
) -> None:
    on(time, 5, 12)
    Source.objects.update(health="ok", on_since=time.now())
    passes(time, source, days=28, hourly=20)
    time.move(hours=2)
    watching.compare_with_usual()
    assert Source.objects.get().health_reason == "too_quiet"
    sources.note_health(source_ids=[source.pk], health="ok")  # the service answers: no news
    assert Source.objects.get().health == "blind"
    time.move(seconds=5)
    say("Всем привет, связь есть?")
    sources.note_health(source_ids=[source.pk], health="ok")
    assert Source.objects.get().health == "ok"


@pytest.mark.django_db
def test_hours_are_counted_where_the_chat_was_seen_and_outlive_the_messages(
    source: Source, say: Say, time: Time
) -> None:
    time.move(seconds=3600 - time.now().minute * 60 - time.now().second)  # a full hour begins
    before = time.now() - timedelta(minutes=1)
    Source.objects.update(health="ok", health_since=before, on_since=before)
    for number in range(3):
        say(f"Кто идёт на рынок? {number}")
    time.move(hours=1, minutes=1)
    Source.objects.update(last_contact_at=time.now())
    watching.count_hours()
    watching.count_hours()
    assert HourCount.objects.get().messages == 3
    time.move(hours=1)  # the service did not answer in this one: nobody knows
    watching.count_hours()
    assert HourCount.objects.count() == 1
    time.move(days=20)
    retention.forget_all()
    assert not Message.objects.exists()
    assert HourCount.objects.count() == 1
    time.move(days=40)
    watching.count_hours()
    assert not HourCount.objects.exists()


@pytest.mark.django_db
def test_what_was_not_seen_is_compared_with_nothing(source: Source, time: Time) -> None:
    on(time, 2, 12)
    Source.objects.update(health="ok", on_since=time.now())
    unseen = {24 * day + 1 for day in range(1, 29)}  # the hour that is looked at, on every day
    passes(time, source, days=28, hourly=20, but=unseen)
    time.move(hours=1)
    watching.compare_with_usual()
    assert Source.objects.get().health == "ok"
