"""When we look, and what a look changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import (
    Alert,
    Letter,
    Lookout,
    Partner,
    PartnerTerms,
    Request,
    State,
)
from tereze.disruption.verification import Outcome, Verdict
from tereze.live.models import News

from .conftest import BY, Make, see
from .test_portal import log_in


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]


def planned(request: Request) -> timedelta:
    lookout = Lookout.objects.get(request=request)
    assert lookout.next_action_at is not None
    return lookout.next_action_at - lookout.since


def test_after_the_answer_we_look_at_0_1_10_60_minutes_and_then_daily(make: Make) -> None:
    request = make(State.ANSWERED)
    assert planned(request) == timedelta(0)
    for minutes in (1, 10, 60):
        see(request, "gone")
        assert planned(request) == timedelta(minutes=minutes)
    see(request, "gone")
    assert timedelta(days=1) <= planned(request) < timedelta(days=1, minutes=1)


def test_after_thirty_days_of_looking_it_is_closed(make: Make) -> None:
    request = make(State.VERIFIED)
    Lookout.objects.filter(request=request).update(since=now() - timedelta(days=29.5), looks=40)
    see(request, "gone")
    assert request.state == State.VERIFIED
    Lookout.objects.filter(request=request).update(since=now() - timedelta(days=30))
    see(request, "gone")
    assert request.state == State.CLOSED
    assert Lookout.objects.get(request=request).next_action_at is None


def test_the_first_look_right_after_the_answer_only_decides_when_it_sees_it_gone(
    make: Make,
) -> None:
    request = make(State.ANSWERED)
    assert see(request, "there", "page") == ""
    assert request.state == State.ANSWERED
    assert see(request, "there", "page") == "still_there"
    assert request.state == State.DELIVERED
    assert request.next_deadline is not None


def test_could_not_look_is_not_gone_and_goes_to_a_person(make: Make) -> None:
    request = make(State.ANSWERED)
    assert see(request, "could_not_look", "challenge") == "could_not_look"
    assert (request.state, request.gone_at) == (State.COULD_NOT_LOOK, None)
    assert see(request, "could_not_look", "timeout") == ""
    assert planned(request) == timedelta(minutes=10)  # it goes on trying
    actions.person_looked(request=request, gone=True, files=[], by=BY)
    request.refresh_from_db()
    assert request.state == State.VERIFIED


def test_gone_without_a_word_is_noticed_and_watched(make: Make) -> None:
    request = make(State.DELIVERED)
    assert see(request, "there") == ""
    assert see(request, "could_not_look") == ""
    assert see(request, "gone") == "seen_gone"
    assert request.gone_at is not None
    assert planned(request) == timedelta(minutes=1)


def test_what_returns_is_reopened_with_fresh_clocks_and_news(make: Make) -> None:
    request = make(State.VERIFIED)
    first_gone = request.gone_at
    News.objects.all().delete()
    assert see(request, "there", "page") == "came_back"
    assert request.state == State.REOPENED
    assert request.act_by is not None
    assert request.act_by > now()
    topics = set(News.objects.values_list("topic", flat=True))
    if topics:  # on PostgreSQL NOTIFY carries them
        assert {"requests", f"portal:{request.partner.public_id}"} <= topics
    actions.answer(request=request, answer="done", by=BY)
    see(request, "gone")
    assert (request.state, request.gone_at) == (State.VERIFIED, first_gone)


def test_a_partner_reached_by_letter_is_written_to_again(make: Make, olx: Partner) -> None:
    Partner.objects.filter(pk=olx.pk).update(channel="email", email="abuse@olx.example")
    request = make(State.VERIFIED)
    see(request, "there")
    assert [letter.purpose for letter in request.letters.order_by("pk")] == ["request", "again"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_closed_request_is_not_moved_by_a_late_look(make: Make, outcome: Outcome) -> None:
    request = make(State.ANSWERED)
    actions.close(request=request, why="отработано", by=BY)
    lookout = Lookout.objects.get(request=request)
    assert (
        actions.record_look(request=request, lookout=lookout, verdict=Verdict(outcome, "x"), by=BY)
        == ""
    )


def test_data_to_preserve_is_not_looked_for(make: Make) -> None:
    request = make(State.DELIVERED, kind="preserve_data")
    actions.answer(request=request, answer="done", by=BY)
    assert not Lookout.objects.filter(request=request).exists()


class TestClocks:
    @pytest.fixture(autouse=True)
    def around_the_clock(self, olx: Partner) -> None:
        """Whatever the hour at which the tests run."""
        minutes = {"*": {"acknowledge": 60, "act": 240}}
        PartnerTerms.objects.filter(partner=olx).update(night_duty=["*"], minutes=minutes)

    def late(self, request: Request, **hours: float) -> None:
        moments = {name: now() - timedelta(hours=value) for name, value in hours.items()}
        Request.objects.filter(pk=request.pk).update(**moments)
        actions.check_deadlines(request=request)
        request.refresh_from_db()

    def test_in_time_nothing_happens(self, make: Make) -> None:
        request = make(State.DELIVERED)
        actions.check_deadlines(request=request)
        request.refresh_from_db()
        assert (request.overdue_at, request.next_action_at) == (None, request.acknowledge_by)

    def test_a_first_breach_is_told_to_the_named_people_and_a_second_to_their_chiefs(
        self, make: Make, olx: Partner, officer: Officer, chief: User
    ) -> None:
        named = officer(Role.OPERATIVE)
        olx.our_officer, olx.our_chief = named, chief
        olx.contact_email, olx.contact_chief_email = "dana@olx.example", "head@olx.example"
        olx.save()
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=1)
        assert list(Request.objects.overdue()) == [request]
        assert request.escalated_at is None
        told = Alert.objects.order_by("pk").values_list("user__username", "level")
        assert list(told) == [(named.username, "person")]
        self.late(request, act_by=1, overdue_at=2)
        assert request.escalated_at is not None
        assert request.next_action_at is None
        assert list(told.all())[1:] == [(chief.username, "chief")]
        letters = Letter.objects.filter(purpose="escalation").order_by("pk")
        assert [row.to for row in letters] == ["dana@olx.example", "head@olx.example"]

    def test_without_a_word_the_chiefs_hear_of_it_after_the_agreed_time(self, make: Make) -> None:
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=200)
        assert request.next_action_at is not None
        actions.check_deadlines(request=request, at=request.next_action_at)
        request.refresh_from_db()
        assert request.escalated_at is not None

    def test_acknowledged_late_spares_the_chiefs(self, make: Make) -> None:
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=1)
        actions.acknowledge(request=request, by=BY)
        actions.check_deadlines(request=request)
        request.refresh_from_db()
        assert (request.escalated_at, request.next_action_at) == (None, request.act_by)

    def test_the_second_deadline_is_told_even_where_the_chiefs_heard_of_the_first(
        self, make: Make, olx: Partner, chief: User
    ) -> None:
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=9)
        self.late(request, overdue_at=5)
        assert request.escalated_at is not None
        actions.acknowledge(request=request, by=BY)
        self.late(request, act_by=1)
        levels = Alert.objects.order_by("pk").values_list("level", flat=True)
        assert list(levels) == ["person", "chief", "chief"]
        self.late(request, act_by=1)
        assert levels.count() == 3

    def test_read_is_only_what_stood_on_the_page(self, make: Make, chief: User) -> None:
        first, second = make(State.DELIVERED), make(State.DELIVERED)
        self.late(first, acknowledge_by=1)
        shown = Alert.objects.get()
        self.late(second, acknowledge_by=1)
        read = {"alert": [str(shown.pk), "x", "9" * 5000]}
        log_in(chief).post(reverse("disruption:alerts_seen"), read)
        assert [alert.request for alert in Alert.objects.filter(seen_at=None)] == [second]

    def test_with_nobody_named_the_groups_chief_hears_of_it(self, make: Make, chief: User) -> None:
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=1)
        assert Alert.objects.get().user == chief

    def test_each_is_said_once(self, make: Make) -> None:
        PartnerTerms.objects.update(night_duty=["*"])  # whatever the hour of the test
        request = make(State.DELIVERED)
        self.late(request, acknowledge_by=9, act_by=8)
        for _ in range(3):
            self.late(request, overdue_at=5)
        events = [step.event for step in request.steps.all()]
        assert (events.count("overdue"), events.count("escalated")) == (1, 1)

    def test_the_time_they_wait_for_us_does_not_count(self, make: Make) -> None:
        request = make(State.DELIVERED)
        self.late(request, clock_started_at=1)  # an hour of their four is gone
        actions.answer(request=request, answer="need_more", text="Чей номер?", by=BY)
        Request.objects.filter(pk=request.pk).update(answered_at=now() - timedelta(days=2))
        actions.supply(request=request, text="Номер продавца из объявления", by=BY)
        assert request.act_by is not None
        left = (request.act_by - now()).total_seconds() / 3600
        assert 2.9 < left < 3.01

    def test_removed_but_still_there_goes_on_with_the_same_clock(self, make: Make) -> None:
        request = make(State.DELIVERED)
        act_by = request.act_by
        assert act_by is not None
        actions.answer(request=request, answer="done", by=BY)
        see(request, "there")
        see(request, "there")
        assert request.state == State.DELIVERED
        assert request.act_by is not None
        assert abs(request.act_by - act_by) < timedelta(minutes=1)

    def test_an_acknowledged_one_runs_until_the_act(self, make: Make) -> None:
        request = make(State.DELIVERED)
        actions.acknowledge(request=request, by=BY)
        self.late(request, acknowledge_by=5)
        assert (request.overdue_at, request.next_action_at) == (None, request.act_by)

    def test_answered_stops_the_clock(self, make: Make) -> None:
        request = make(State.ANSWERED)
        self.late(request, acknowledge_by=5, act_by=1)
        assert (request.overdue_at, request.next_action_at) == (None, None)
