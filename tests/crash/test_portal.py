"""A moderator works off the list in the portal. Whatever dies, a row is answered once or not at all,
whatever becomes of its neighbours, and an appeal is there once; who gets no answer clicks again."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.casework.actions import Part, store_parts
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.figures_partner import partner_figures
from tereze.disruption.models import Partner, Request, State, Word
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.crash.test_request import verify


BY = Actor.machine("founding")


class AnsweringInThePortal:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        chief = User.objects.create(
            username="chief", name="Ахметова А.", role=Role.CHIEF, unit=unit, post="майор"
        )
        moderator = User.objects.create(
            username="dana", name="Дана Ким", role=Role.PARTNER, unit=unit
        )
        actions.register_known_partners(unit=unit, by=BY)
        actions.add_member(partner=Partner.objects.get(slug="olx"), user=moderator, by=BY)
        for number in range(3):
            request = actions.draft_request(
                unit=unit,
                url=f"https://www.olx.kz/d/obyavlenie/iphone-IDr9s{number}K.html",
                kind="preserve_data",
                reason="Предоплата",
                by=BY,
            ).request
            part = Part("page.png", "image/png", b"\x89PNG %d" % number, outgoing=True)
            actions.seal_capture(
                request=request, files=store_parts([part]), seen_at=now(), facts={}, by=BY
            )
            actions.approve(request=request, user=chief)

    def warm_up(self) -> None:
        reverse("disruption:portal")

    def install(self, world: World) -> None:
        """Nothing outside: the moderator is a browser."""

    def live(self, world: World) -> None:
        first, second, third = Request.objects.order_by("pk").values_list("public_id", flat=True)
        for name, path, typed in (
            ("acknowledged", f"{first}/acknowledge/", {}),
            ("appealed", f"{third}/say/", {"word-kind": "appeal", "word-text": "Это магазин"}),
            (
                "answered",
                "answer/",
                {
                    "request": [first, second],
                    "answer": "done",
                    f"answer-{third}": "refused:not_ours",
                },
            ),
        ):
            world.once(name, lambda path=path, typed=typed: post(path, typed))
        world.work()

    def after_death(self, world: World) -> None:
        if world.noted("acknowledged"):
            assert Request.objects.filter(acknowledged_at__isnull=False).exists()
        if world.noted("appealed"):
            assert Word.objects.exists()
        if world.noted("answered"):
            assert not Request.objects.filter(answer="").exists()
        for request in Request.objects.all():
            assert request.steps.filter(event="answered").count() == bool(request.answer)
            assert request.evidence is not None
            verify(request.evidence)

    def after_recovery(self, world: World) -> None:
        rows = list(Request.objects.order_by("pk"))
        answers = [(row.state, row.answer, row.refusal, row.answered_by) for row in rows]
        assert answers == [
            (State.ANSWERED, "done", "", "Дана Ким"),
            (State.ANSWERED, "done", "", "Дана Ким"),
            (State.ANSWERED, "refused", "not_ours", "Дана Ким"),
        ]
        steps = Counter(step.event for row in rows for step in row.steps.all())
        assert (steps["acknowledged"], steps["answered"]) == (1, 3), steps
        for event, count in (("acknowledged", 1), ("answered", 3)):
            assert AuditEvent.objects.filter(kind=f"request.{event}").count() == count
        assert [(word.kind, word.request_id) for word in Word.objects.all()] == [
            ("appeal", rows[2].pk)
        ]
        figures = partner_figures(rows[0].partner).total
        assert (figures.received, figures.answered, figures.refused) == (3, 3, 1)
        journal_is_whole()


def post(path: str, typed: dict[str, object]) -> None:
    """What is done already is answered too: with words, or 422."""
    browser = Client(HTTP_HOST="127.0.0.1")
    browser.force_login(
        User.objects.get(username="dana"), backend="django.contrib.auth.backends.ModelBackend"
    )
    reply = browser.post(f"/portal/{path}", typed)
    assert reply.status_code in {302, 422}, reply.content


SCENARIO = AnsweringInThePortal()


@pytest.mark.timeout(420)
def test_a_row_is_answered_once_wherever_we_die(crash: Crash) -> None:
    found = crash("portal")
    assert found["points"]["commit"] >= 12
