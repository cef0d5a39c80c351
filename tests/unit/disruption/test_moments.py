"""Any two moments of a request can be subtracted; what it cost in between is counted."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tereze.core.clock import moved_to, now
from tereze.disruption import actions
from tereze.disruption.models import Request, State
from tereze.disruption.moments import NAMES, moments_of

from .conftest import BY, Make, bring, see


pytestmark = pytest.mark.django_db
URL = "https://www.olx.kz/d/obyavlenie/iphone-IDr9s77.html"


@pytest.fixture
def start() -> datetime:
    return now() - timedelta(days=3)


def at(start: datetime, minutes: float) -> Any:
    return moved_to(start + timedelta(minutes=minutes))


@pytest.fixture
def life(make: Make, submit: Any, chief: Any, start: datetime) -> Request:
    """Named at 0, reported with a loss at 10, drafted at 20 … gone at 60, back at 100, gone at 130."""
    with at(start, 0):
        submit(f"Видел подозрительное {URL}", contact="8 701 000 00 01")
    with at(start, 10):
        submit(
            f"Перевела 45 000 за телефон {URL}",
            contact="8 701 000 00 02",
            loss="lost",
            amount="45000",
        )
    with at(start, 15):
        submit(f"Меня тоже {URL}", contact="8 701 000 00 02", loss="lost", amount="5000")
        submit(f"И меня {URL}", loss="attempt")
    with at(start, 20):
        request = make(State.DRAFTED, url=URL)
    steps = ((22, State.CAPTURED), (25, State.DELIVERED))
    for minutes, state in steps:
        with at(start, minutes):
            move_to(request, state, chief)
    with at(start, 30):
        actions.acknowledge(request=request, by=BY)
    with at(start, 50):
        actions.answer(request=request, answer="done", by=BY)
    for minutes, outcome in ((60, "gone"), (100, "there")):
        with at(start, minutes):
            see(request, outcome)
    with at(start, 120):
        actions.answer(request=request, answer="done", by=BY)
        submit(f"Снова висит {URL}", contact="8 701 000 00 03", loss="lost", amount="70000")
    with at(start, 130):
        see(request, "gone")
    return request


def move_to(request: Request, state: State, chief: Any) -> None:
    way = {State.CAPTURED: State.DRAFTED, State.DELIVERED: State.CAPTURED}
    assert request.state == way[state]
    if state == State.CAPTURED:
        bring(request, State.CAPTURED, chief)
    else:
        actions.approve(request=request, user=chief)


def test_every_moment_stands_where_it_happened(life: Request, start: datetime) -> None:
    times = moments_of(life)
    minutes = {
        name: round((moment - start).total_seconds() / 60)
        for name, moment in times.at.items()
        if moment is not None
    }
    assert minutes == {
        "first_seen": 0, "reported": 0, "drafted": 20, "captured": 22, "approved": 25, "sent": 25,
        "acknowledged": 30, "acted": 120, "verified": 60, "back": 100,
    }  # fmt: skip
    assert tuple(times.at) == NAMES
    assert times.between("sent", "verified") == timedelta(minutes=35)
    assert times.between("sent", "closed") is None


def test_any_two_can_be_subtracted(life: Request) -> None:
    pairs = {(one, other): gap for one, other, gap in moments_of(life).differences()}
    assert len(pairs) == 45  # ten moments happened
    assert pairs["first_seen", "sent"] == timedelta(minutes=25)
    assert pairs["verified", "back"] == timedelta(minutes=40)


def test_time_online_is_the_sum_of_its_spells(life: Request, start: datetime) -> None:
    times = moments_of(life)
    assert (times.online, times.is_online, times.times_back) == (timedelta(minutes=90), False, 1)
    with moved_to(start + timedelta(minutes=200)):
        see(life, "there")
    later = moments_of(life, until=start + timedelta(minutes=230))
    assert (later.online, later.is_online) == (timedelta(minutes=120), True)


def test_people_and_money_between_first_seen_and_gone(life: Request) -> None:
    times = moments_of(life)
    # the fourth report named it after it was gone for the first time
    assert (times.reporters, times.anonymous) == (2, 1)
    assert (times.lost, times.losses) == (Decimal(50000), 2)


def test_what_has_not_happened_is_none(make: Make) -> None:
    times = moments_of(make(State.DELIVERED))
    missing = {name for name, moment in times.at.items() if moment is None}
    assert missing == {"reported", "acknowledged", "acted", "verified", "back", "closed"}
    assert times.is_online


def test_a_refusal_is_no_act(make: Make) -> None:
    request = make(State.DELIVERED)
    actions.answer(request=request, answer="refused", text="Нарушений нет", by=BY)
    assert moments_of(request)["acted"] is None


def test_closed_unseen_is_not_counted_as_online_for_ever(make: Make) -> None:
    request = make(State.DELIVERED)
    actions.withdraw(request=request, why="ошибка", by=BY)
    times = moments_of(request, until=now() + timedelta(days=9))
    assert not times.is_online
    assert times.online < timedelta(minutes=5)
