"""News for a partner's system: signed, repeated, replayed, switched off, never to a private place."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from examples.partner_client.receiver import Receiver, is_genuine
from tereze.accounts.models import User
from tereze.core import due, outgoing
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import (
    Partner,
    PartnerMember,
    Request,
    State,
    Webhook,
    WebhookEvent,
    WebhookTry,
)
from tereze.disruption.webhooks import sending, signing
from tests.city import free_port

from .conftest import BY, Make, member_of, see


pytestmark = pytest.mark.django_db


class Platform(Receiver):
    """The example receiver, which answers as it is told."""

    answer = 0  # 0: as the example does

    def take(self, headers: Any, body: bytes) -> int:
        self.headers, self.body = dict(headers), body
        return self.answer or super().take(headers, body)


@pytest.fixture
def platform() -> Iterator[Platform]:
    server = Platform(free_port(), signing.new_secret())
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def webhook(platform: Platform, olx: Partner, settings: Any) -> Webhook:
    host = f"127.0.0.1:{platform.server_port}"
    settings.ALLOWED_PRIVATE = [host]
    Partner.objects.filter(pk=olx.pk).update(channel="api")
    webhook = actions.set_webhook(partner=olx, url=f"http://{host}/hooks", by=BY)
    platform.secret = webhook.secret
    return webhook


@pytest.fixture
def signed(make: Make, webhook: Webhook, chief: User) -> Callable[[], Request]:
    def get(**fields: Any) -> Request:
        request = make("captured", **fields)
        actions.approve(request=request, user=chief)
        return request

    return get


def work() -> None:
    """All news that is due now."""
    handler = next(handler for handler in due.HANDLERS if handler.model is WebhookEvent)
    while due.run_one(handler):
        pass


def again() -> None:
    WebhookEvent.objects.filter(state="waiting").update(next_action_at=now())
    work()


def test_the_published_example_of_a_signature() -> None:
    signature = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_acceptance_delivers_and_starts_the_clock(signed: Any, platform: Platform) -> None:
    request = signed()
    assert request.state == State.APPROVED
    work()
    request.refresh_from_db()
    assert (request.state, request.next_deadline is not None) == (State.DELIVERED, True)
    news = platform.news.get_nowait()
    assert news["type"] == "request.created"
    assert news["data"]["request"]["id"] == request.public_id
    assert platform.news.empty()


def test_the_life_of_a_request_in_news(signed: Any, platform: Platform, chief: User) -> None:
    request = signed()
    work()
    request.refresh_from_db()
    actions.answer(request=request, answer="need_more", text="Какой?", by=BY)
    actions.supply(request=request, text="Этот", by=chief.actor)
    actions.check_deadlines(request=request, at=now() + timedelta(days=30))
    actions.acknowledge(request=request, by=BY)
    actions.answer(request=request, answer="done", by=BY)
    see(request, "gone")
    see(request, "there")
    actions.say(request=request, kind="reply", text="да", by=chief.actor, from_partner=False)
    actions.withdraw(request=request, why="ошибка", by=chief.actor)
    work()
    assert [platform.news.get_nowait()["type"] for _ in range(platform.news.qsize())] == [
        "request.created",
        "request.answered",
        "request.supplied",
        "request.overdue",
        "request.acknowledged",
        "request.answered",
        "request.verified",
        "request.reopened",
        "word.created",
        "request.withdrawn",
    ]


def test_a_partner_without_a_system_is_told_nothing(make: Make) -> None:
    make("verified")
    assert not WebhookEvent.objects.exists()


def test_a_portal_partner_with_a_key_can_read_the_news(make: Make, olx: Partner) -> None:
    actions.issue_partner_key(partner=olx, label="отчёты", by=BY)
    make("delivered")
    event = WebhookEvent.objects.get()
    assert (event.type, event.state) == ("request.created", "kept")


def test_a_refusal_is_repeated_by_the_published_schedule(
    signed: Any, platform: Platform, webhook: Webhook
) -> None:
    signed()
    platform.answer = 500
    pauses = []
    for _ in range(len(sending.PAUSES)):
        again()
        event = WebhookEvent.objects.get()
        pauses.append(event.next_action_at - event.log.last().at)
    written = [5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400, 86400]
    assert [round(pause.total_seconds()) for pause in pauses] == written
    again()  # the eleventh and last
    event.refresh_from_db()
    webhook.refresh_from_db()
    assert (event.state, event.next_action_at, event.log.count()) == ("failed", None, 11)
    assert (webhook.is_on, webhook.off_why) == (False, "failing")
    assert Request.objects.get().state == State.APPROVED


def test_people_are_told_that_it_is_off(
    signed: Any, platform: Platform, olx: Partner, mailoutbox: Any
) -> None:
    Partner.objects.filter(pk=olx.pk).update(contact_email="lead@olx.example")
    signed()
    platform.answer = 410
    work()
    due.run_one(next(handler for handler in due.HANDLERS if handler.model is Webhook))
    (letter,) = mailoutbox
    assert letter.to == ["lead@olx.example"]
    assert "410" in letter.body
    assert WebhookEvent.objects.get().state == "kept"


def test_an_address_that_works_again_gets_what_nobody_fetched(
    signed: Any, platform: Platform, webhook: Webhook
) -> None:
    request = signed()
    platform.answer = 410
    work()
    platform.answer = 0
    actions.set_webhook(partner=webhook.partner, url=webhook.url, by=BY)
    work()
    request.refresh_from_db()
    assert request.state == State.DELIVERED


def test_a_crash_after_sending_repeats_the_same_news(
    signed: Any, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = signed()
    with monkeypatch.context() as broken:
        broken.setattr(sending, "accepted", lambda *_: 1 / 0)
        work()
    first = (platform.headers["webhook-id"], platform.body)
    again()
    assert (platform.headers["webhook-id"], platform.body) == first
    assert (platform.repeated, len(platform.seen)) == (1, 1)
    request.refresh_from_db()
    assert request.steps.filter(event="delivered").count() == 1


def test_the_old_secret_signs_for_a_day(
    signed: Any, platform: Platform, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = webhook.secret
    actions.change_secret(webhook=webhook, by=BY)
    signed()
    work()
    for secret in (old, Webhook.objects.get().secret):
        assert is_genuine(secret, platform.headers, platform.body, at=time.time())
    assert not is_genuine(old, platform.headers, platform.body, at=time.time() + 301)
    assert not is_genuine(old, platform.headers, platform.body + b" ", at=time.time())
    webhook.refresh_from_db()
    assert len(sending.keys_of(webhook, now() + timedelta(days=2))) == 1


def test_a_request_taken_back_before_it_was_told_is_no_news(
    signed: Any, platform: Platform, chief: User
) -> None:
    request = signed()
    actions.withdraw(request=request, why="ошибка", by=chief.actor)
    work()
    assert platform.news.get_nowait()["type"] == "request.withdrawn"
    assert platform.news.empty()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]:9/"]
)
def test_private_addresses_are_refused_when_sending(
    signed: Any, webhook: Webhook, url: str, settings: Any
) -> None:
    settings.ALLOWED_PRIVATE = []
    Webhook.objects.update(url=url)
    signed()
    work()
    assert WebhookTry.objects.get().error == "refused"


def test_an_answer_is_read_only_so_far(signed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    signed()
    given = outgoing.Posted(500, b"\x00<script>" + b"x" * 5000)
    monkeypatch.setattr(outgoing, "post", lambda *_, **__: given)
    work()
    said = WebhookTry.objects.get().said
    assert (said[:8], len(said)) == ("<script>", sending.KEPT_OF_ANSWER)


def test_a_silent_address_does_not_hold_up_the_others(
    signed: Any, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        signed()
    calls: list[datetime] = []

    def silent(*_: Any, **__: Any) -> None:
        calls.append(now())
        raise outgoing.FetchError("timeout")

    monkeypatch.setattr(outgoing, "post", silent)
    work()
    assert len(calls) == 1
    assert not WebhookEvent.objects.filter(next_action_at__lte=now()).exists()


def test_a_slow_address_lets_the_others_news_between(
    signed: Any, webhook: Webhook, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Partner.objects.get(slug="kolesa")
    Partner.objects.filter(pk=quick.pk).update(channel="api")
    actions.set_webhook(partner=quick, url="https://quick.example/", by=BY)
    for _ in range(3):
        signed()
    signed(url="https://kolesa.kz/a/show/150594149")
    told: list[str] = []
    clock = [0.0]

    def post(url: str, *_: Any, **__: Any) -> outgoing.Posted:
        told.append(url)
        clock[0] += 0.1 if "quick" in url else 14.0
        return outgoing.Posted(204, b"")

    monkeypatch.setattr(outgoing, "post", post)
    monkeypatch.setattr(sending.time, "monotonic", lambda: clock[0])
    handler = next(handler for handler in due.HANDLERS if handler.model is WebhookEvent)
    for _ in range(2):
        due.run_one(handler)
    assert told == [webhook.url, "https://quick.example/"]
    assert not WebhookEvent.objects.filter(state="waiting", next_action_at=None).exists()


class TestPages:
    @pytest.fixture
    def manager(self, olx: Partner) -> User:
        user = member_of(olx, "olx.lead")
        PartnerMember.objects.filter(user=user).update(duty="manager")
        return user

    def log_in(self, client: Client, user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_a_manager_issues_and_closes_a_key(
        self, client: Client, manager: User, olx: Partner
    ) -> None:
        self.log_in(client, manager)
        page = client.post("/portal/systems/", {"act": "key", "label": "модерация"}).text
        key = olx.keys.get()
        secret = page.partition('id="new-key"')[2].partition(">")[2].partition("<")[0]
        assert secret.startswith(key.hint)
        assert secret not in client.get("/portal/systems/").text
        client.post("/portal/systems/", {"act": "close_key", "key": key.public_id})
        key.refresh_from_db()
        assert key.closed_at is not None
        assert client.post("/portal/systems/", {"act": "key", "label": ""}).status_code == 422

    def test_a_moderator_has_no_business_there(self, client: Client, moderator: User) -> None:
        self.log_in(client, moderator)
        assert client.get("/portal/systems/").status_code == 403
        assert client.post("/portal/systems/", {"act": "key", "label": "x"}).status_code == 403
        assert "/portal/systems/" not in client.get("/portal/").text
        assert "Портал для модератора" in client.get("/portal/guide/moderator/").text

    def test_nothing_of_another_partner(
        self, client: Client, manager: User, city: Any, make: Make
    ) -> None:
        kolesa = Partner.objects.get(unit=city, slug="kolesa")
        key, _secret = actions.issue_partner_key(partner=kolesa, label="их", by=BY)
        make("delivered", url="https://kolesa.kz/a/show/150594149")
        event = WebhookEvent.objects.get()
        self.log_in(client, manager)
        assert key.hint not in client.get("/portal/systems/").text
        assert event.public_id not in client.get("/portal/systems/").text
        for body in (
            {"act": "close_key", "key": key.public_id},
            {"act": "replay", "event": event.public_id},
        ):
            assert client.post("/portal/systems/", body).status_code == 404

    def test_the_officer_sees_log_and_sends_again(
        self, client: Client, chief: User, signed: Any, platform: Platform, olx: Partner
    ) -> None:
        request = signed()
        platform.answer = 503
        work()
        self.log_in(client, chief)
        path = f"/desk/partners/{olx.public_id}/systems/"
        page = client.get(path).text
        assert "request.created" in page
        assert "503" in page
        platform.answer = 0
        client.post(path, {"act": "replay", "event": request.events.get().public_id})
        work()
        assert request.events.get().state == "delivered"
        client.post(path, {"act": "ping"})
        client.post(path, {"act": "secret"})
        client.post(path, {"act": "stop"})
        assert not Webhook.objects.get().is_on
        assert client.get(path).status_code == 200

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "nonsense",
            "http://example.com/",
            "https://127.0.0.1/",
            "https://user@example.com/",
            "https://[::1",
            "https://x:99999999/",
            "https://nowhere.invalid/",
            "ftp://example.com",
        ],
    )
    def test_addresses_we_do_not_take(self, client: Client, manager: User, url: str) -> None:
        self.log_in(client, manager)
        page = client.post("/portal/systems/", {"act": "webhook", "url": url})
        assert page.status_code == 422
        assert not Webhook.objects.exists()


def test_payloads_hold_no_words_of_the_request(make: Make, olx: Partner, chief: User) -> None:
    """News lies in plain text in two places; the reason is in the request's document only."""
    actions.issue_partner_key(partner=olx, label="x", by=BY)
    request = make("captured", reason="Тайные слова")
    actions.approve(request=request, user=chief)
    assert "Тайные" not in json.dumps(
        [e.body for e in WebhookEvent.objects.all()], ensure_ascii=False
    )
