"""The life of a request: what may follow what, and that nothing else can happen."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission, Role
from tereze.audit.models import AuditEvent
from tereze.casework.models.evidence import ImmutableError
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Request, State
from tereze.disruption.transitions import TRANSITIONS, UnlawfulStepError, lawful, move

from .conftest import BY, Make, see


pytestmark = pytest.mark.django_db
LIFE = {  # event: where it may happen → where it leads
    "captured": ("drafted", "captured"),
    "held": ("captured", "held"),
    "released": ("held", "captured"),
    "approved": ("captured", "approved"),
    "delivered": ("approved", "delivered"),
    "sent_again": ("reopened", "delivered"),
    "acknowledged": ("delivered reopened", "acknowledged"),
    "undelivered": ("delivered", "approved"),
    "answered": ("delivered acknowledged reopened", "answered"),
    "supplied": ("answered", "delivered"),
    "seen_gone": ("delivered acknowledged reopened answered could_not_look", "verified"),
    "still_there": ("answered could_not_look", "delivered"),
    "could_not_look": ("answered", "could_not_look"),
    "came_back": ("verified", "reopened"),
    "closed": ("verified answered could_not_look", "closed"),
    "overturned": (
        "delivered acknowledged reopened answered could_not_look verified closed",
        "closed",
    ),
    "withdrawn": ("drafted captured held approved delivered acknowledged reopened", "closed"),
}


@pytest.mark.parametrize("event", LIFE)
def test_the_table_of_transitions(event: str) -> None:
    before, after = LIFE[event]
    assert {state.value for state in State if lawful(event, state)} == {*before.split()}
    assert TRANSITIONS[event].after == after


def test_every_event_that_changes_the_state_is_in_this_table() -> None:
    assert {event for event, row in TRANSITIONS.items() if row.after} == {*LIFE}


def test_an_unlawful_step_changes_nothing(make: Make) -> None:
    request = make(State.CAPTURED)
    steps = request.steps.count()
    for state in State:
        Request.objects.filter(pk=request.pk).update(
            state=state, held_until=now(), held_by="x", held_why="x"
        )
        request.refresh_from_db()
        for event in LIFE:
            if not lawful(event, state):
                with pytest.raises(UnlawfulStepError):
                    move(request, event, by=BY)
        request.refresh_from_db()
        assert (request.state, request.steps.count()) == (state, steps)


def test_two_people_cannot_take_the_same_step(make: Make, chief: User) -> None:
    first = make(State.CAPTURED)
    second = Request.objects.get(pk=first.pk)
    actions.approve(request=first, user=chief)
    with pytest.raises(UnlawfulStepError):
        actions.approve(request=second, user=chief)
    assert Request.objects.get().number.endswith("-000001")


def test_nothing_is_sent_before_its_capture_is_sealed(make: Make, chief: User) -> None:
    request = make(State.DRAFTED)
    with pytest.raises(UnlawfulStepError):
        actions.approve(request=request, user=chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(delivered_at=request.created_at, number="2026-000001")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PARTNER])
def test_only_who_may_sign_signs(make: Make, officer: object, role: Role) -> None:
    request = make(State.CAPTURED)
    user: User = officer(role)  # type: ignore[operator]
    if user.can(Permission.REQUEST_APPROVE):
        actions.approve(request=request, user=user)
        assert (request.signatory, request.signatory_post) == (user.name, user.post)
    else:
        with pytest.raises(PermissionDenied):
            actions.approve(request=request, user=user)


def test_every_step_is_a_row_nobody_can_change_and_a_line_in_the_journal(make: Make) -> None:
    request = make(State.VERIFIED)
    events = [step.event for step in request.steps.all()]
    assert events == ["drafted", "captured", "approved", "delivered", "answered", "seen_gone"]
    journal = AuditEvent.objects.filter(target=f"disruption.Request:{request.public_id}")
    assert [f"request.{event}" for event in events] == list(
        journal.order_by("pk").values_list("kind", flat=True)
    )
    with pytest.raises(ImmutableError):
        request.steps.update(note="иначе")


def test_a_refusal_needs_its_reason_and_can_be_answered(make: Make) -> None:
    request = make(State.DELIVERED)
    for answer in ("refused", "need_more"):
        with pytest.raises(actions.WordsMissingError):
            actions.answer(request=request, answer=answer, by=BY, text="  ")
    actions.answer(request=request, answer="refused", by=BY, text="Не нашли нарушений")
    actions.supply(request=request, text="Четыре потерпевших, номера дел ниже", by=BY)
    assert (request.state, request.answer) == (State.DELIVERED, "")
    assert "Четыре потерпевших" in request.reason


def test_done_is_not_taken_back_as_a_question(make: Make) -> None:
    with pytest.raises(UnlawfulStepError):
        actions.supply(request=make(State.ANSWERED), text="ещё", by=BY)


def test_the_same_page_twice_is_one_request_with_a_count(make: Make) -> None:
    first = make(State.DELIVERED, url="https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html")
    for other in (
        "https://m.olx.kz/d/obyavlenie/iphone-IDr9sfK.html?utm=1#x",
        "olx.kz/d/kk/obyavlenie/iphone-15-IDr9sfK.html",
    ):
        again = actions.draft_request(
            unit=first.unit, url=other, reason="x", by=BY, links=[("report", "R1")]
        )
        assert (again.merged, again.request) == (True, first)
    assert Request.objects.get().asked == 3
    assert list(Request.objects.about("report", "R1")) == [first]


def test_another_case_of_letters_in_an_olx_code_is_another_advert(make: Make) -> None:
    make(State.DELIVERED, url="https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html")
    make(State.DRAFTED, url="https://www.olx.kz/d/obyavlenie/iphone-IDr9sfk.html")
    assert Request.objects.count() == 2


def test_asking_again_for_what_is_gone_looks_again_at_once(make: Make) -> None:
    request = make(State.VERIFIED)
    later = request.lookout.next_action_at
    again = actions.draft_request(unit=request.unit, url=request.url, reason="снова", by=BY)
    request.lookout.refresh_from_db()
    assert again.merged
    assert request.lookout.next_action_at < later


def test_withdrawn_work_is_not_done(make: Make) -> None:
    request = make(State.DELIVERED)
    actions.withdraw(request=request, why="ошибка", by=BY)
    request.lookout.refresh_from_db()
    assert (request.state, request.next_action_at) == (State.CLOSED, None)
    assert request.lookout.next_action_at is None
    assert see(request, "there") == ""


def test_by_hand_is_the_same_life(make: Make, chief: User) -> None:
    request = make(State.CAPTURED, url="https://obyavleniya.kaspi.kz/a/iphone-116702726")
    actions.approve(request=request, user=chief)
    assert (request.state, request.delivered_at) == (State.APPROVED, None)
    sent_at = now() - timedelta(minutes=20)
    actions.sent_by_hand(request=request, how="форма поддержки", at=sent_at, by=BY)
    assert (request.state, request.delivered_at) == (State.DELIVERED, sent_at)
    assert request.act_by is not None
    actions.answer(request=request, answer="done", who="Оператор 12, по телефону", by=BY)
    see(request, "gone")
    assert see(request, "there") == "came_back"
    actions.sent_by_hand(request=request, how="форма поддержки, ещё раз", at=now(), by=BY)
    assert (request.state, request.delivered_at) == (State.DELIVERED, sent_at)
