"""Ends where a ban does not take the place of a restriction, and what the policy lists keep."""

from datetime import timedelta

import pytest

from tereze.accounts.models import Unit, User
from tereze.watch.actions import acting, lists, officers, sources, undoing
from tereze.watch.actions.acting import Result
from tereze.watch.models import Act, Decision, PolicyList, Source
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


def carried_out(decision: Decision) -> Decision:
    waiting = decision.acts.filter(state=ActState.WAITING)
    acting.note(results=[Result(act=a, state=ActState.DONE, look="verified") for a in waiting])
    return decision


def blocked(say: Say, room: Source, words: str, **fields: object) -> Decision:
    if fields:
        sources.change_source(source=room, by=ADMINISTRATOR, **fields)
        room.refresh_from_db()
    return carried_out(Decision.objects.get(message=say(words, source=room)))


def freed(decision: Decision) -> list[str]:
    return list(decision.acts.filter(kind__in=undoing.REVERSES).values_list("kind", flat=True))


def test_a_mute_under_a_ban_ends_in_its_own_time(
    say: Say, room: Source, chief: User, time: Time
) -> None:
    decision = blocked(say, room, ADVERT)
    officers.block(message=decision.message, ladder=("ban",), by=chief)
    carried_out(decision)
    time.move(hours=2, seconds=1)
    undoing.end(act=decision.acts.get(kind="restrict"))
    assert freed(decision) == ["unrestrict"]
    free = decision.acts.get(kind="unrestrict")
    assert [permit.act for permit in acting.permits([free])] == [free]


def test_a_mute_beside_a_ban_by_another_decision_is_put_and_ends(
    say: Say, room: Source, time: Time
) -> None:
    blocked(say, room, ADVERT, author_act="ban")
    sources.change_source(source=room, by=ADMINISTRATOR, author_act="restrict")
    room.refresh_from_db()
    second = Decision.objects.get(message=say(f"{ADVERT} сегодня", source=room))
    mute = second.acts.get(kind="restrict")
    assert [permit.act for permit in acting.permits([mute])] == [mute]
    carried_out(second)
    time.move(hours=2, seconds=1)
    undoing.end(act=second.acts.get(kind="restrict"))
    assert freed(second) == ["unrestrict"]


@pytest.mark.parametrize("over", ["undone", "ended"])
def test_our_list_holds_standing_bans_alone_and_is_due_when_one_is_over(
    over: str, say: Say, room: Source, unit: Unit, chief: User, time: Time
) -> None:
    own = PolicyList.objects.create(
        unit=unit, way="own", title="x", server="https://a.kz", token="t", room="!list:a.kz"
    )
    decision = blocked(say, room, ADVERT, author_act="ban", ban_days=1)
    author = decision.acts.get(kind="ban").target["author"]
    assert set(lists.standing_bans(unit.pk)) == {author}
    PolicyList.objects.update(next_action_at=None)
    if over == "undone":
        officers.undo(decision=decision, by=chief)
    else:
        time.move(days=1, seconds=1)
        undoing.end(act=decision.acts.get(kind="ban"))
    assert lists.standing_bans(unit.pk) == {}
    free = decision.acts.get(kind="unban")
    acting.note(results=[Result(act=free, state=ActState.GONE, words="not_found")])
    assert PolicyList.objects.get(pk=own.pk).next_action_at is not None


def test_who_is_told_to_wait_is_never_given_up(say: Say, room: Source) -> None:
    message = say(ADVERT, source=room)
    act = Act.objects.get(decision__message=message, kind="delete")
    for _ in range(acting.TRIES + 5):
        acting.note(results=[Result(act=act, again_in=timedelta(seconds=5), told_to_wait=True)])
    assert Act.objects.get(pk=act.pk).state == ActState.WAITING
