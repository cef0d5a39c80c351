"""The partner's system over the API and webhooks. Whatever dies on our side, its answer, its question
and its acknowledgement count once, and each piece of news arrives at most twice, as the same news."""

import json
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.casework.actions import Part, store_parts
from tereze.core import outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.disruption import actions
from tereze.disruption.models import (
    Operation,
    OperationItem,
    Partner,
    PartnerKey,
    Request,
    State,
    WebhookEvent,
    Word,
)
from tereze.disruption.transitions import UnlawfulStepError
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole


KEY = "trzp_of_the_crash_harness"
BY = Actor.machine("founding")
STEPS = ("approved", "delivered", "acknowledged", "answered")
NEWS = ("request.created", "request.acknowledged", "request.answered")


class AnsweringByApi:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        User.objects.create(
            username="chief", name="Ахметова А.", role=Role.CHIEF, unit=unit, post="майор"
        )
        actions.register_known_partners(unit=unit, by=BY)
        Partner.objects.filter(slug="olx").update(channel="api")
        olx = Partner.objects.get(slug="olx")
        actions.set_webhook(partner=olx, url="https://hooks.olx.example/", by=BY)
        PartnerKey.objects.create(
            partner=olx, label="модерация", key_hash=token_hash(KEY), hint=KEY[:10], created_by="x"
        )
        request = actions.draft_request(
            unit=unit,
            url="https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html",
            kind="preserve_data",
            reason="Предоплата",
            by=BY,
        ).request
        files = store_parts([Part("page.png", "image/png", b"picture", outgoing=True)])
        actions.seal_capture(request=request, files=files, seen_at=now(), facts={}, by=BY)

    def warm_up(self) -> None:
        reverse("partner_api:openapi")

    def install(self, world: World) -> None:
        """The partner's server: it takes every piece of news."""

        def post(_url: str, content: bytes, **sent: Any) -> outgoing.Posted:
            with world.call("a webhook"):
                world.note("news", id=sent["headers"]["webhook-id"], body=content.decode())
            return outgoing.Posted(204, b"")

        outgoing.post = post

    def live(self, world: World) -> None:
        """Their system repeats a call without an answer with the same token, and never knows why."""
        world.once("approved", approve, harmless=UnlawfulStepError)
        world.work()
        for name, path, body in (
            ("acknowledged", "acknowledge", {}),
            ("asked", "questions", {"text": "Чей номер?"}),
            ("answered", "answer", {"answer": "done", "who": "Дана Ким"}),
        ):
            world.once(name, lambda path=path, body=body: call(path, body))
        world.work()

    def after_death(self, world: World) -> None:
        for event, state in (("acknowledged", "acknowledged_at"), ("answered", "answered_at")):
            if world.noted(event):
                assert getattr(Request.objects.get(), state) is not None
        if world.noted("asked"):
            assert Word.objects.exists()
        if world.noted("news"):
            assert WebhookEvent.objects.exists()

    def after_recovery(self, world: World) -> None:
        request = Request.objects.get()
        assert (request.state, request.answered_by) == (State.ANSWERED, "Дана Ким")
        events = Counter(request.steps.values_list("event", flat=True))
        assert {event: events[event] for event in STEPS} == dict.fromkeys(STEPS, 1), events
        for event in STEPS:
            assert AuditEvent.objects.filter(kind=f"request.{event}").count() == 1
        assert Word.objects.count() == 1
        assert (Operation.objects.count(), OperationItem.objects.count()) == (3, 3)
        arrived = [(news["id"], news["body"]) for news in world.noted("news")]
        assert sorted(json.loads(body)["type"] for _id, body in set(arrived)) == sorted(NEWS)
        assert max(Counter(arrived).values()) <= 2, arrived
        assert {event.state for event in WebhookEvent.objects.all()} == {"delivered"}
        journal_is_whole()


def approve() -> None:
    actions.approve(request=Request.objects.get(), user=User.objects.get(username="chief"))


def call(path: str, body: dict[str, str]) -> None:
    reply = Client(HTTP_HOST="127.0.0.1").post(
        f"/api/partner/v1/requests/{Request.objects.get().public_id}/{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": path},
    )
    assert reply.status_code == 202, reply.content


SCENARIO = AnsweringByApi()


@pytest.mark.timeout(420)
def test_a_partners_call_counts_once_wherever_we_die(crash: Crash) -> None:
    found = crash("partner")
    assert found["points"]["commit"] >= 20
    assert found["points"]["call"] == 2 * len(NEWS)
