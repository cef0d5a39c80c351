"""The machine of undoing as a table and as a property; the ends of restrictions; holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from hypothesis import given
from hypothesis import strategies as st

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.watch import order
from tereze.watch.actions import (
    acting,
    agreeing,
    officers,
    sources,
    undoing,
)
from tereze.watch.models import Act, Decision, Message, Seal, Source
from tereze.watch.undoing import Fact, Undo, cannot_be_restored, state_of
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time


Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"
BAN = Fact("ban", "done", "verified")
DELETE = Fact("delete", "done", "not_found")


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([], Undo.NOTHING),
        ([DELETE], Undo.NOTHING),
        ([Fact("delete", "waiting")], Undo.NOTHING),
        ([Fact("ban", "waiting")], Undo.LIFTING),
        ([DELETE, BAN], Undo.HELD),
        ([BAN, Fact("unban", "waiting")], Undo.LIFTING),
        ([BAN, Fact("unban", "done")], Undo.LIFTING),
        ([BAN, Fact("unban", "done", "verified")], Undo.LIFTED),
        ([BAN, Fact("unban", "gone", "not_found")], Undo.LIFTED),
        ([BAN, Fact("unban", "done", "contradicted")], Undo.TASK),
        ([BAN, Fact("unban", "done", "unknown")], Undo.TASK),
        ([BAN, Fact("unban", "failed")], Undo.TASK),
        ([BAN, Fact("unban", "cancelled")], Undo.HELD),
        ([BAN, BAN, Fact("unban", "done", "verified"), Fact("unban", "failed")], Undo.TASK),
        ([BAN, BAN, Fact("unban", "done", "verified"), Fact("unban", "waiting")], Undo.LIFTING),
        ([DELETE, Fact("repost", "done", "unknown")], Undo.NOTHING),
    ],
)
def test_where_an_undo_stands(facts: list[Fact], state: Undo) -> None:
    assert state_of(facts, undone=True) == state
    assert state_of(facts, undone=False) == Undo.NONE


FACTS = st.builds(
    Fact,
    st.sampled_from(["delete", "restrict", "ban", "unrestrict", "unban", "repost"]),
    st.sampled_from(["waiting", "done", "gone", "failed", "cancelled"]),
    st.sampled_from(["", "verified", "not_found", "contradicted", "unknown"]),
)


@given(st.lists(FACTS, max_size=8))
def test_only_a_look_ends_an_undo_and_what_no_look_confirms_is_a_task(facts: list[Fact]) -> None:
    state = state_of(facts, undone=True)
    freeing = [f for f in facts if f.kind in {"unrestrict", "unban"}]
    settled = [f for f in freeing if f.state not in {"waiting", "cancelled"}]
    if state == Undo.LIFTED:
        assert all(f.look in {"verified", "not_found"} for f in settled)
    if any(f.state == "failed" for f in freeing):
        assert state == Undo.TASK
    if all(f.look for f in settled) and not any(f.state == "waiting" for f in facts):
        assert state != Undo.LIFTING or any(
            (f.state, f.look) == ("gone", look)
            for f in settled
            for look in ("verified", "contradicted", "unknown")
        )


@pytest.mark.parametrize(
    ("facts", "lost"),
    [
        ([Fact("restrict", "done", "verified")], False),
        ([DELETE], True),
        ([BAN], True),
        ([Fact("delete", "failed")], False),
        ([DELETE, Fact("repost", "done", "unknown")], False),
    ],
)
def test_what_cannot_be_restored_is_known(facts: list[Fact], lost: bool) -> None:
    assert cannot_be_restored(facts) is lost


# in the rows


def happened(kind: str, look: str = "verified") -> Act:
    act = Act.objects.get(kind=kind, state="waiting")
    acting.note(results=[acting.Result(act=act, state="done", look=look)])
    return Act.objects.get(pk=act.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "kind", "ends"), [("restrict", "restrict", 24), ("ban", "ban", 720)]
)
def test_a_restriction_or_ban_is_due_again_when_its_time_is_over(
    act: str, kind: str, ends: int, say: Say, source: Source, time: Time
) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, author_act=act)
    say(ADVERT)
    held = happened(kind)
    assert held.next_action_at == held.until
    time.move(hours=ends - 1)
    assert not undoing.is_over(held)
    time.move(hours=1, seconds=1)
    undoing.end(act=held)
    undoing.end(act=held)
    free = Act.objects.get(kind=undoing.REVERSE[kind])  # type: ignore[index] # a text is enough
    assert (free.is_end, free.state) == (True, "waiting")
    assert Act.objects.get(pk=held.pk).next_action_at is None


@pytest.mark.django_db
def test_what_another_decision_still_holds_does_not_end(
    say: Say, time: Time, officer: Officer
) -> None:
    say(f"{ADVERT}, пишите первый")
    first = happened("restrict")
    time.move(hours=12)
    say(f"{ADVERT}, пишите второй")
    happened("restrict")
    time.move(hours=13)
    undoing.end(act=first)
    assert not Act.objects.filter(kind="unrestrict").exists()


@pytest.mark.django_db
def test_a_restriction_under_a_ban_neither_begins_nor_ends(say: Say, officer: Officer) -> None:
    message = say(f"{ADVERT}, пишите первый")
    held = happened("restrict")
    officers.block(message=message, ladder=("ban",), by=officer(Role.CHIEF))
    happened("ban")
    Act.objects.filter(pk=held.pk).update(until=now() - timedelta(seconds=1))
    undoing.end(act=held)
    assert not Act.objects.filter(kind="unrestrict").exists()
    say(f"{ADVERT}, пишите второй")
    late = Act.objects.get(kind="restrict", state="waiting")
    assert acting.permits([late]) == []  # it would let the banned author in again
    assert Act.objects.get(pk=late.pk).state == "cancelled"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "look", "standing", "undo"),
    [
        ("done", "verified", "undone", Undo.LIFTED),
        ("done", "contradicted", "stuck", Undo.TASK),
        ("done", "unknown", "stuck", Undo.TASK),
        ("failed", "", "stuck", Undo.TASK),
        ("gone", "", "undone", Undo.LIFTED),
    ],
)
def test_every_undo_ends_looked_at_or_as_a_task(
    state: str, look: str, standing: str, undo: Undo, say: Say, officer: Officer
) -> None:
    message = say(ADVERT)
    happened("delete", "not_found")
    happened("restrict")
    officers.undo(decision=message.decisions.get(), by=officer(Role.CHIEF))
    act = Act.objects.get(kind="unrestrict")
    acting.note(results=[acting.Result(act=act, state=state, look=look)])
    assert Message.objects.get().standing == standing
    assert undoing.undo_of(Decision.objects.get()) == undo
    if undo == Undo.TASK:
        assert Message.objects.for_people().exists()
        officers.retry(message=message, by=officer(Role.DUTY_OFFICER))
        assert undoing.undo_of(Decision.objects.get()) == Undo.LIFTING
        assert Message.objects.get().standing == "undone"


@pytest.mark.django_db
@pytest.mark.parametrize(("lacks_right", "tries"), [(True, 5), (False, 41)])
def test_an_author_is_not_kept_silent_for_hours_because_a_right_is_missing(
    lacks_right: bool, tries: int, say: Say, officer: Officer
) -> None:
    message = say(ADVERT)
    happened("restrict")
    officers.undo(decision=message.decisions.get(), by=officer(Role.CHIEF))
    for _ in range(tries):
        assert undoing.undo_of(Decision.objects.get()) == Undo.LIFTING
        act = Act.objects.get(kind="unrestrict")
        again = acting.Result(act=act, again_in=acting.pause(act), lacks_right=lacks_right)
        acting.note(results=[again])
    assert undoing.undo_of(Decision.objects.get()) == Undo.TASK
    assert Message.objects.get().standing == "stuck"


@pytest.mark.django_db
def test_a_ban_that_was_never_answered_is_lifted_too(
    say: Say, source: Source, officer: Officer
) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, author_act="ban")
    message = say(ADVERT)
    Act.objects.filter(kind="ban").update(state="failed", attempts=41, lease_until=None)
    officers.undo(decision=message.decisions.get(), by=officer(Role.CHIEF))
    assert Act.objects.filter(kind="unban").exists()


@pytest.mark.django_db
def test_a_new_ban_wins_over_an_older_undo_that_is_still_on_its_way(
    say: Say, source: Source, officer: Officer
) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, author_act="ban")
    first = say(f"{ADVERT}, пишите первый")
    happened("ban")
    officers.undo(decision=first.decisions.get(), by=officer(Role.CHIEF))
    say(f"{ADVERT}, пишите второй")
    free = Act.objects.get(kind="unban")
    assert acting.permits([free]) == []
    assert Act.objects.get(pk=free.pk).state == "cancelled"
    assert undoing.undo_of(first.decisions.get()) == Undo.HELD


# holds


@pytest.fixture
def waiting(say: Say, source: Source) -> Message:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    return say(ADVERT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("then", "lifted"),
    [("release", True), ("delete", True), ("restrict", False), ("ban", False), ("undo", True)],
)
def test_a_dispatcher_holds_an_author_and_the_decision_ends_the_hold(
    then: str, lifted: bool, waiting: Message, officer: Officer
) -> None:
    decision = officers.hold(message=waiting, by=officer(Role.DISPATCHER))
    held = Act.objects.get()
    assert (held.kind, Seal.objects.count(), Message.objects.get().standing) == (
        "restrict", 1, "held",
    )  # fmt: skip
    assert held.until is not None
    assert held.until - now() < timedelta(hours=4, seconds=1)
    happened("restrict")
    with pytest.raises(officers.AlreadyDecidedError):
        officers.hold(message=waiting, by=officer(Role.CHIEF))
    if then == "undo":
        officers.undo(decision=decision, by=officer(Role.DISPATCHER))
    elif then == "release":
        officers.release(message=waiting, by=officer(Role.DISPATCHER))
    else:
        ladder = ("delete",) if then == "delete" else ("delete", then)
        officers.block(message=waiting, ladder=ladder, by=officer(Role.CHIEF))
    free = Act.objects.filter(kind="unrestrict").first()
    assert free is not None
    assert bool(acting.permits([free])) is lifted
    wanted = {"undo": "waiting", "release": "released"}.get(then, "blocked")
    assert Message.objects.get().standing == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "alone", "lifted", "standing"),
    [
        ("agree", 99, None, "blocked"),
        ("refuse", 99, True, "blocked"),
        ("refuse", 0, None, "held"),  # not even the deletion was agreed to
        ("undo", 99, True, "undone"),
    ],
)
def test_whoever_is_held_stays_so_until_the_second_officer_has_answered(
    answer: str,
    alone: int,
    lifted: bool | None,
    standing: str,
    waiting: Message,
    officer: Officer,
    settings: Any,
) -> None:
    officers.hold(message=waiting, by=officer(Role.DISPATCHER))
    happened("restrict")
    settings.WATCH_ALONE = {"chats": 0, "people": 99, "hour": alone}
    asker = officer(Role.DUTY_OFFICER)
    if not alone:
        Act.objects.update(officer=asker)
    decision = officers.block(message=waiting, ladder=("delete", "ban"), by=asker)
    assert not Act.objects.filter(kind="unrestrict").exists()
    chief = officer(Role.CHIEF)
    if answer == "undo":
        officers.undo(decision=decision, by=chief)
    else:
        getattr(agreeing, answer)(agreement=decision.agreements.get(), by=chief)
    free = Act.objects.filter(kind="unrestrict").first()
    assert (bool(acting.permits([free])) if free else None) is lifted
    assert Message.objects.get().standing == standing


@pytest.mark.django_db
def test_a_short_hold_does_not_cut_a_longer_restriction_short(
    say: Say, source: Source, officer: Officer, unit: Unit
) -> None:
    say(f"{ADVERT}, пишите первый")
    longer = happened("restrict")
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    officers.hold(message=say(f"{ADVERT}, пишите второй"), by=officer(Role.DISPATCHER))
    hands = Told()
    async_to_sync(order.use)(hands, Act.objects.get(state="waiting", kind="restrict"))  # type: ignore[arg-type]
    assert hands.until == longer.until


class Told:
    """Notes the end that the service is told of."""

    until: Any = None

    async def restrict(self, target: Any, until: Any) -> None:
        self.until = until


def test_only_words_that_were_blocked_are_put_back(
    say: Say, officer: Callable[[str], User]
) -> None:
    chief = officer(Role.CHIEF)
    decision = officers.release(message=say("Доброе утро, соседи!"), by=chief)
    officers.undo(decision=decision, by=chief)
    with pytest.raises(officers.AlreadyDecidedError):
        officers.repost(decision=decision, by=chief)
    assert not Act.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "hours"), [("restrict", 24), ("ban", 720)])
def test_what_was_refused_at_night_and_tried_again_by_day_holds_its_whole_term(
    step: str, hours: int, say: Say, source: Source, time: Time, officer: Officer
) -> None:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    message, duty = say(ADVERT), officer(Role.DUTY_OFFICER)
    officers.block(message=message, ladder=["delete", step], by=duty)
    act = Act.objects.get(kind=step)
    acting.note(results=[acting.Result(act=act, state="failed", words="no_restrict_right")])
    time.move(hours=hours + 6)
    officers.retry(message=message, by=duty)
    act.refresh_from_db()
    assert act.state == "waiting"
    assert act.until is not None
    assert act.until > now() + timedelta(hours=hours - 1)


@pytest.mark.django_db
def test_what_waits_again_after_a_release_was_taken_back_is_kept_as_what_waits(
    say: Say, source: Source, officer: Officer
) -> None:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    message, duty = say(ADVERT), officer(Role.DUTY_OFFICER)
    officers.undo(decision=officers.release(message=message, by=duty), by=duty)
    kept = message.kept_until
    message.refresh_from_db()
    assert message.standing == "waiting"
    assert kept is not None
    assert message.kept_until is not None
    assert message.kept_until >= kept
