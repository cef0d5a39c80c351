"""A group takes one message a second and twenty a minute of us, whichever process posts which."""

import itertools
from collections.abc import Callable
from datetime import datetime

import pytest

from tereze.accounts.models import User
from tereze.core import due
from tereze.demo.standins.botapi.errors import ApiError
from tereze.demo.standins.botapi.limits import SendLimits
from tereze.watch.actions import acting, officers
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import BusyError, NotThereError, Target
from tereze.watch.connectors.telegram import Telegram
from tereze.watch.models import Act, Decision, Notice, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADVERT, Time


class Service(Telegram):
    """Takes what the real one takes, by our clock: the stand-in's own limits."""

    def __init__(self, time: Time) -> None:
        self.time, self.limits = time, SendLimits()
        self.posts: list[float] = []
        self.refused = 0
        self.busy = 0.0  # seconds, at the next call

    def hands(self, source: Source) -> "Service":  # type: ignore[override]
        return self

    async def post(self, text: str) -> str:
        at = self.time.now().timestamp()
        if self.busy:
            busy, self.busy = self.busy, 0
            raise BusyError(busy)
        try:
            self.limits.check(bot_id=1, chat_id=-100500, now=at)
        except ApiError as error:
            self.refused += 1
            raise BusyError(error.retry_after or 1) from None
        self.posts.append(at)
        return str(len(self.posts))

    async def delete(self, target: Target) -> None:
        """Taken."""

    async def restrict(self, target: Target, until: datetime | None) -> None:
        """Taken."""

    async def unrestrict(self, target: Target) -> None:
        """Taken."""

    async def look(self, kind: str, target: Target) -> bool:
        if kind == "delete":
            raise NotThereError("message to delete not found")
        return True

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def service(time: Time, monkeypatch: pytest.MonkeyPatch) -> Service:
    time.stop()
    found = Service(time)
    monkeypatch.setitem(CONNECTORS, "telegram", found)
    return found


def pass_time(time: Time, until: Callable[[], bool], *, step: float, most: int) -> None:
    for _turn in range(most):
        due.run_until_idle()
        if until():
            return
        time.move(seconds=step)
    raise AssertionError("not done in time")


def taken_back(say: Say, count: int, by: User) -> None:
    """So many deletions whose words are wanted back, and the notice of one more."""
    for number in range(count):
        say(f"{ADVERT}, объявление номер {number}")
    due.run_until_idle()
    deletions = Act.objects.filter(kind="delete")
    acting.note(
        results=[acting.Result(act=act, state="done", look="not_found") for act in deletions]
    )
    for decision in Decision.objects.all():
        officers.undo(decision=decision, by=by)
        officers.repost(decision=decision, by=by)
    say(f"{ADVERT}, и последнее")


@pytest.mark.django_db
def test_reposts_and_notices_together_stay_within_what_a_group_takes(
    source: Source, say: Say, service: Service, time: Time, chief: User
) -> None:
    taken_back(say, 26, chief)
    reposts = Act.objects.filter(kind="repost")
    pass_time(
        time,
        lambda: reposts.filter(state="done").count() == 26 and len(service.posts) >= 27,
        step=0.5,
        most=600,
    )
    assert service.refused == 0
    assert service.posts[-1] - service.posts[0] > 60
    assert all(b - a >= 0.99 for a, b in itertools.pairwise(service.posts))
    assert not Notice.objects.filter(state="failed").exists()


@pytest.mark.django_db
def test_being_told_to_wait_holds_for_everything_that_is_posted_there(
    source: Source, say: Say, service: Service, time: Time, chief: User
) -> None:
    service.busy = 90.0
    taken_back(say, 3, chief)
    time.move(seconds=5)
    due.run_until_idle()
    began = time.now().timestamp()
    pass_time(time, lambda: len(service.posts) >= 4, step=5, most=100)
    assert service.posts[0] - began > 80


@pytest.mark.django_db
def test_a_notice_told_to_wait_is_never_given_up(
    source: Source, say: Say, service: Service, time: Time
) -> None:
    say(ADVERT)
    for _again in range(20):
        service.busy = 30.0
        time.move(seconds=31)
        due.run_until_idle()
    assert Notice.objects.get().state == "sending"
    time.move(seconds=31)
    service.busy = 0
    due.run_until_idle()
    assert Notice.objects.get().state == "sent"
