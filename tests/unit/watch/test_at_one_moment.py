"""Two at one moment, as only PostgreSQL lets them meet: both come to an end, one may come too late."""

from collections.abc import Callable
from typing import Any

import pytest

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.watch import sealing
from tereze.watch.actions import acting, appeals, officers, shifts, telling
from tereze.watch.models import Act, Decision, HandOver, Message, Notice, Shift
from tests.meeting import insist_on_meeting, together
from tests.unit.watch.conftest import Say
from tests.watching import ADVERT


pytestmark = pytest.mark.django_db(transaction=True)
Officer = Callable[[str], User]
ROUNDS = 5
LATE = (shifts.CannotHandOverError, officers.AlreadyDecidedError)


@pytest.fixture(autouse=True)
def meeting(db: None) -> None:
    insist_on_meeting()


@pytest.mark.parametrize("otherwise", ["withdraw", "another"])
def test_an_offer_is_either_taken_or_gone(otherwise: str, officer: Officer) -> None:
    giver, taker, third = map(officer, (Role.DUTY_OFFICER, Role.OPERATIVE, Role.CHIEF))
    for _ in range(ROUNDS):
        shift = shifts.begin(by=giver)
        offer = shifts.hand_over(shift=shift, taker=taker, notes="", by=giver)

        def change(shift: Shift = shift) -> Any:
            if otherwise == "withdraw":
                return shifts.withdraw(shift=shift, by=giver)
            return shifts.hand_over(shift=shift, taker=third, notes="", by=giver)

        def take(offer: HandOver = offer) -> bool:
            return shifts.take_over(offer=offer, by=taker)

        taken, changed = together(take, change, late=LATE)
        offer.refresh_from_db()
        shift.refresh_from_db()
        assert offer.state == ("taken" if taken else "withdrawn")
        assert bool(shift.ended_at) is taken
        if otherwise == "another":
            assert isinstance(changed, shifts.CannotHandOverError) is taken
        Shift.objects.filter(ended_at=None).update(ended_at=shift.began_at)
        HandOver.objects.all().delete()


@pytest.mark.parametrize("what", ["ban", "undo", "overturn"])
def test_what_came_of_an_act_is_written_down_while_an_officer_decides_further(
    what: str, say: Say, officer: Officer
) -> None:
    chief = officer(Role.CHIEF)
    for number in range(ROUNDS):
        message = say(f"{ADVERT}, писать 8 701 555 12 {number + 10}")
        decision = Decision.objects.get(message=message)
        appeal = appeals.appeal(decision=decision, text="", language="ru")
        acts = list(Act.objects.filter(decision=decision))

        def decide(
            message: Message = message, decision: Decision = decision, appeal: Any = appeal
        ) -> Any:
            if what == "ban":
                return officers.block(message=message, ladder=("delete", "ban"), by=chief)
            if what == "undo":
                return officers.undo(decision=decision, by=chief)
            return appeals.answer(appeal=appeal, overturn=True, text="", by=chief)

        done = [acting.Result(act=act, state="done", look="verified") for act in acts]
        together(decide, lambda done=done: acting.note(results=done), late=LATE)
        states = Act.objects.filter(pk__in=[act.pk for act in acts]).values_list("state", flat=True)
        assert set(states) == {"done"}
        decision.refresh_from_db()
        assert bool(decision.undone_at) is (what != "ban")


def test_a_notice_is_noted_as_sent_while_its_acts_are_looked_at_again(say: Say) -> None:
    for number in range(ROUNDS):
        message = say(f"{ADVERT}, писать 8 701 555 12 {number + 10}")
        acts = list(Act.objects.filter(decision__message=message))
        done = [acting.Result(act=act, state="done", look="verified") for act in acts]
        acting.note(results=done)
        notice = Notice.objects.latest("pk")
        assert telling.close_gathering(notice=notice)
        together(
            lambda done=done: acting.note(results=done),
            lambda notice=notice: telling.note_sent(notice=notice, external_id="1"),
        )
        message.refresh_from_db()
        assert message.state == "told"


def test_two_who_seal_one_publication_have_one_copy_of_it(say: Say, officer: Officer) -> None:
    """The one bans the author, with all that they wrote; the other deletes one of these."""
    duty, chief = officer(Role.DUTY_OFFICER), officer(Role.CHIEF)
    for number in range(ROUNDS):
        earlier, later = (say(f"Доброе утро, соседи! {number}{n}") for n in range(2))
        together(
            lambda one=later: officers.block(message=one, ladder=("delete", "ban"), by=chief),
            lambda one=earlier: officers.block(message=one, ladder=("delete",), by=duty),
        )
        assert Decision.objects.filter(message__in=[earlier, later]).count() == 2
    assert sealing.verify() == sealing.Chain(seals=2 * ROUNDS)
