"""Restrictions that the service does not end: their end is planned, moved, or left to another's."""

from datetime import timedelta

import pytest

from tereze.accounts.models import Unit, User
from tereze.watch.actions import acting, officers, sources
from tereze.watch.actions.acting import Result
from tereze.watch.models import Act, Decision, Source
from tereze.watch.models.decisions import ActState
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time, lawful


pytestmark = pytest.mark.django_db


@pytest.fixture
def room(unit: Unit) -> Source:
    return sources.add_source(
        unit=unit,
        kind="matrix",
        chat_id="!room:a.kz",
        title="Балхаш объявления",
        by=ADMINISTRATOR,
        **lawful(
            mode="automatic",
            token="secret",
            server="https://a.kz",
            threshold=0.85,
            author_act="restrict",
            restrict_hours=2,
        ),
    )


def restricted(say: Say, room: Source, words: str) -> Decision:
    message = say(words, source=room)
    decision = Decision.objects.get(message=message)
    done = [Result(act=act, state=ActState.DONE, look="verified") for act in decision.acts.all()]
    acting.note(results=done)
    return decision


def end_of(decision: Decision) -> Act:
    found: Act = decision.acts.get(kind="unrestrict")
    return found


def test_the_end_is_due_when_the_term_is_over(say: Say, room: Source) -> None:
    decision = restricted(say, room, ADVERT)
    assert end_of(decision).next_action_at == decision.acts.get(kind="restrict").until
    assert decision.message.standing == "blocked"


def test_a_service_that_ends_it_by_itself_needs_no_act(say: Say, source: Source) -> None:
    decision = restricted(say, source, ADVERT)
    assert not decision.acts.filter(kind="unrestrict").exists()


def test_undoing_brings_the_planned_end_forward_and_plans_no_second(
    say: Say, room: Source, chief: User
) -> None:
    decision = restricted(say, room, ADVERT)
    planned = end_of(decision)
    (act,) = officers.undo(decision=decision, by=chief)
    assert act == planned
    assert end_of(decision).next_action_at < planned.next_action_at


def test_an_end_that_came_already_is_not_planned_again(say: Say, room: Source, chief: User) -> None:
    decision = restricted(say, room, ADVERT)
    acting.note(results=[Result(act=end_of(decision), state=ActState.DONE, look="verified")])
    assert officers.undo(decision=decision, by=chief) == []


def test_another_decision_about_the_author_keeps_its_own_term(
    say: Say, room: Source, time: Time
) -> None:
    first = restricted(say, room, ADVERT)
    time.move(hours=1)
    second = restricted(say, room, f"{ADVERT} сегодня")
    time.move(hours=1, minutes=1)
    assert acting.permits([end_of(first)]) == []
    assert end_of(first).state == ActState.CANCELLED
    time.move(hours=1)
    assert [permit.act for permit in acting.permits([end_of(second)])] == [end_of(second)]


def test_undoing_one_decision_leaves_the_author_to_the_other(
    say: Say, room: Source, chief: User, time: Time
) -> None:
    first = restricted(say, room, ADVERT)
    restricted(say, room, f"{ADVERT} сегодня")
    assert officers.undo(decision=first, by=chief) == []
    assert acting.permits([end_of(first)]) == []


def test_who_is_told_to_wait_is_never_given_up(say: Say, room: Source) -> None:
    message = say(ADVERT, source=room)
    act = Act.objects.get(decision__message=message, kind="delete")
    for _ in range(acting.TRIES + 5):
        acting.note(results=[Result(act=act, again_in=timedelta(seconds=5), told_to_wait=True)])
    assert Act.objects.get(pk=act.pk).state == ActState.WAITING
