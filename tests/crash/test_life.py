"""The whole life of a request by e-mail: asked, questioned, done, back again, done again, closed.
Whatever dies: nothing is lost, each step is taken once, a letter arrives at most twice and then as
the same letter, and every sealed thing still proves itself.

CI dies at a sample of the points; `python -m tests.crash` at all of them.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tereze.audit.models import AuditEvent
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Letter, Request, State
from tereze.disruption.transitions import UnlawfulStepError
from tereze.statistics.line import line_of
from tereze.statistics.lives import lives_of
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.crash.test_request import MODERATOR, RemovingAnAdvert, approve, draft, verify


OFFICER = Actor("officer", "chief", "Ахметова А.")
DAY = 25 * 3600.0
SAMPLE = 14  # points in CI
STEPS = Counter(
    drafted=1,
    captured=1,
    approved=1,
    delivered=1,
    acknowledged=1,
    answered=3,  # a question, done, done again
    supplied=1,
    seen_gone=2,
    came_back=1,
    closed=1,
)


class LivingThroughAll(RemovingAnAdvert):
    def is_taken_down(self, world: World) -> bool:
        taken, back = (len(world.noted(f"advert {what}")) for what in ("taken down", "put back"))
        again = len(world.noted("advert taken down again"))
        return bool(again) or taken > back

    def live(self, world: World) -> None:
        """Officer and moderator do what their screens offer; without an answer they do it again."""

        def click(name: str, action: Callable[..., object], **fields: Any) -> None:
            world.once(
                name,
                lambda: action(request=Request.objects.get(), **fields),
                harmless=UnlawfulStepError,
            )
            world.work()

        def outside(name: str) -> None:
            world.once(name, lambda: None)

        world.once("drafted", draft)
        world.work()
        world.once("approved", approve, harmless=UnlawfulStepError)
        world.work()
        click("acknowledged", actions.acknowledge, by=MODERATOR)
        click("asked", actions.answer, answer="need_more", by=MODERATOR, text="чей телефон?")
        click("supplied", actions.supply, by=OFFICER, text="Телефон из объявления.")
        outside("advert taken down")
        click("answered", actions.answer, answer="done", by=MODERATOR)
        # our next look is due a day later; sooner, a look after the death would find it, and then
        # it is the platform that let a day go by
        world.once("advert put back", lambda: world.move(DAY))
        world.work()
        outside("advert taken down again")
        click("answered again", actions.answer, answer="done", by=MODERATOR)
        click("closed", actions.close, by=OFFICER, why="всё")

    def after_death(self, world: World) -> None:
        request = Request.objects.first()
        events = Counter(request.steps.values_list("event", flat=True) if request else [])
        told = {
            "drafted": "drafted",
            "approved": "approved",
            "acknowledged": "acknowledged",
            "asked": "answered",
            "supplied": "supplied",
            "closed": "closed",
        }
        for name, event in told.items():
            assert events[event] or not world.noted(name), name
        assert events["answered"] >= sum(
            bool(world.noted(name)) for name in ("asked", "answered", "answered again")
        )
        for letter in world.noted("letter"):
            assert request is not None
            assert request.number in letter["subject"]
        for evidence in Evidence.objects.all():
            verify(evidence)

    def after_recovery(self, world: World) -> None:
        request = Request.objects.get()
        assert request.state == State.CLOSED, (request.state, request.capture.why)
        events = Counter(request.steps.values_list("event", flat=True))
        assert {name: events[name] for name in STEPS} == STEPS, events
        for event, count in STEPS.items():
            assert AuditEvent.objects.filter(kind=f"request.{event}").count() == count, event
        purposes = Counter(Letter.objects.values_list("purpose", flat=True))
        assert purposes == {"request": 1, "supplied": 1, "again": 1}, purposes
        sent = Counter((letter["id"], letter["link"]) for letter in world.noted("letter"))
        assert len(sent) == 3, sent
        assert max(sent.values()) <= 2, sent
        assert sum(sent.values()) <= 4, "one death repeats one letter"
        kinds = Counter(Evidence.objects.values_list("kind", flat=True))
        assert kinds == {Evidence.Kind.CAPTURE: 1, Evidence.Kind.LOOK: 3}, kinds
        for evidence in Evidence.objects.all():
            verify(evidence)
        line = line_of(lives_of(request.unit, request.created_at))
        counted = (line.requests, line.acted, line.verified, line.open, line.reappeared)
        assert counted == (1, 1, 1, 0, 1)
        journal_is_whole()


SCENARIO = LivingThroughAll()


@pytest.mark.timeout(420)
def test_a_request_lives_its_whole_life_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("life", SAMPLE)
    # the capture, three letters, and four looks of two vantages: gone, back, gone again, and one
    # that a second pair of eyes asks for
    assert found["points"]["call"] >= 2 * (1 + 3 + 2 * 3)
    assert found["points"]["commit"] >= 2 * sum(STEPS.values())
