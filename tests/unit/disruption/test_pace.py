"""One host is visited no oftener than agreed, by all workers together, and left alone when it asks."""

from datetime import timedelta
from typing import Any

import pytest

from tereze.core import due
from tereze.core.clock import moved_to, now
from tereze.disruption import captures, looks, pace
from tereze.disruption.models import Capture, HostPace, Lookout, Request, State
from tereze.disruption.seeing import View
from tereze.disruption.verification import Outcome, Seen, Verdict, could_not
from tereze.disruption.views.queue import waiting_for_us

from .conftest import Make, see


pytestmark = pytest.mark.django_db
HOST = "www.olx.kz"
TWO = timedelta(seconds=2)


def test_one_goes_and_the_next_waits_its_turn() -> None:
    at = now()
    assert pace.take_turn(HOST, pace=TWO, at=at) is None
    assert pace.take_turn(HOST, pace=TWO, at=at + timedelta(seconds=1)) == at + TWO
    assert pace.take_turn("m.olx.kz", pace=TWO, at=at) is None
    assert pace.take_turn(HOST, pace=TWO, at=at + TWO) is None


def test_turns_stand_one_behind_the_other() -> None:
    at = now()
    pace.take_turn(HOST, pace=TWO, at=at)
    first = pace.give_turns(HOST, 3, pace=TWO, soonest=at + TWO)
    second = pace.give_turns(HOST, 2, pace=TWO, soonest=at + TWO)
    turns = [*first, *second]
    assert [turn - at for turn in turns] == [TWO * n for n in range(1, 6)]


@pytest.mark.parametrize(
    ("why", "failures", "wait", "minutes"),
    [
        ("limited", 1, 0, 1),
        ("limited", 3, 0, 4),
        ("limited", 1, 600, 10),  # Retry-After
        ("limited", 1, 10**6, 60),  # at most an hour
        ("timeout", 1, 0, 0),
        ("timeout", 3, 0, 1),
        ("timeout", 30, 0, 60),
        ("challenge", 9, 0, 0),  # a robot check does not mean that we come too often
    ],
)
def test_how_long_a_host_is_left_alone(why: str, failures: int, wait: float, minutes: int) -> None:
    at = now()
    for _ in range(failures):
        pace.remember(HOST, could_not(why, ""), at=at, wait=wait)
    row = HostPace.objects.filter(host=HOST).first()
    until = row.paused_until if row else None
    assert until == (at + timedelta(minutes=minutes) if minutes else None)


def test_an_answer_ends_the_pause() -> None:
    for _ in range(5):
        pace.remember(HOST, could_not("timeout", ""), at=now())
    assert pace.paused(HOST, now()) == "timeout"
    pace.remember(HOST, Verdict(Outcome.THERE, "page"), at=now())
    assert pace.paused(HOST, now()) == ""


@pytest.mark.parametrize(
    ("value", "seconds"), [("60", 60), ("", 0), ("Fri, 31 Dec 2027", 0), ("-5", 0), ("9" * 30, 0)]
)
def test_retry_after_is_read_where_it_is_a_number(value: str, seconds: float) -> None:
    assert pace.asked_to_wait({"Retry-After": value}) == seconds


def due_now(request: Request) -> None:
    Lookout.objects.filter(request=request).update(next_action_at=now())


def work() -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is Lookout)
    assert due.run_one(handler)


def test_a_busy_hosts_looks_line_up_and_the_urgent_one_goes_first(
    make: Make, settings: Any
) -> None:
    settings.LOOK_PACE = 10.0
    calm = [make(State.VERIFIED) for _ in range(3)]
    Lookout.objects.update(looks=9)
    urgent = make(State.ANSWERED)
    for request in (*calm, urgent):
        due_now(request)
    at = now()
    HostPace.objects.create(host=HOST, last_at=at)
    work()
    work()
    turns = [Lookout.objects.get(request=request).next_action_at for request in calm]
    gaps = sorted(round((turn - at).total_seconds()) for turn in turns if turn)
    assert gaps == [10, 20, 30]
    soonest = Lookout.objects.get(request=urgent).next_action_at
    assert soonest == at + timedelta(seconds=10)


def test_a_pasted_list_is_captured_at_the_hosts_pace_and_lets_another_between(
    make: Make, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LOOK_PACE = 2.0
    monkeypatch.setattr(captures, "take", unreachable)
    list_of_three = [make(State.DRAFTED) for _ in range(3)]
    for _ in range(3):  # the first is taken, the second makes the others line up
        due_capture()
    turns = sorted(capture.next_action_at for capture in Capture.objects.filter(tries=0))
    assert turns[1] - turns[0] == TWO
    another = make(State.DRAFTED, url="https://kolesa.kz/a/show/150594149")
    with moved_to(turns[0]):
        due_capture()
    assert Capture.objects.get(request=another).tries == 1
    assert Capture.objects.filter(request__in=list_of_three, tries=1).count() == 1


def unreachable(*_arguments: Any, **_options: Any) -> captures.Taken:
    return captures.Taken(View(Seen(failure="network"), now()))


def due_capture() -> bool:
    return due.run_one(next(handler for handler in due.HANDLERS if handler.model is Capture))


def test_a_capture_waits_out_a_short_pause_and_not_a_long_one(make: Make) -> None:
    request = make(State.DRAFTED)
    soon = now() + timedelta(minutes=1)
    HostPace.objects.create(host=HOST, paused_until=soon, why="limited")
    due_capture()
    assert Capture.objects.get().next_action_at == soon
    HostPace.objects.update(paused_until=now() + timedelta(minutes=30))
    Capture.objects.update(next_action_at=now())
    due_capture()
    capture = Capture.objects.get()
    assert (capture.state, capture.why) == (Capture.State.NEEDS_PERSON, "limited")
    request.refresh_from_db()
    assert request.state == State.DRAFTED


def test_where_the_host_keeps_us_out_a_person_is_told_at_once(make: Make) -> None:
    request = make(State.ANSWERED)
    HostPace.objects.create(host=HOST, paused_until=now() + timedelta(minutes=30), why="limited")
    work()
    request.refresh_from_db()
    assert (request.state, request.looks.get().why) == (State.COULD_NOT_LOOK, "limited")
    assert request.gone_at is None
    assert list(waiting_for_us(Request.objects.all())) == [request]


def test_a_removed_advert_we_can_no_longer_see_comes_to_a_person(make: Make) -> None:
    request = make(State.VERIFIED)
    for _ in range(looks.BLIND):
        assert list(waiting_for_us(Request.objects.all())) == []
        see(request, "could_not_look", "challenge")
    assert request.state == State.VERIFIED  # not seen is not back
    assert list(waiting_for_us(Request.objects.all())) == [request]
    see(request, "gone")
    assert list(waiting_for_us(Request.objects.all())) == []


def test_looks_go_on_daily_for_thirty_days_and_not_longer(make: Make) -> None:
    request = make(State.VERIFIED)
    lookout = Lookout.objects.get(request=request)
    start, at, days = lookout.since, lookout.since, 0
    while lookout.next_action_at is not None:
        at = lookout.next_action_at
        with moved_to(at):
            see(request, "gone")
        days += 1
        lookout.refresh_from_db()
    assert (at - start).days == 30
    assert days == 3 + 30
    assert request.state == State.CLOSED
