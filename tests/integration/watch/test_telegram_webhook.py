"""Messages that Telegram brings to our address instead of being asked for them."""

import threading
from collections.abc import Iterator

import pytest
from django.test import Client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tereze.accounts.models import Unit
from tereze.demo.standins.serving import Stopping, running
from tereze.watch.models import Act, Decision, Delivery, Message, Source
from tests.integration.watch.conftest import Running
from tests.integration.watch.test_telegram_ways import HELLO, asked, gone
from tests.watching import ADVERT, Chat, StandIn, watched


pytestmark = pytest.mark.django_db


class Bringing:
    """What the service brings, handed on to our page in this thread, where the test's database is."""

    def __init__(self) -> None:
        self.came: list[tuple[str, bytes, dict[str, str]]] = []
        self.lock = threading.Lock()
        self.app = Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])
        self.app.state.stopping = Stopping()
        self.client = Client()

    async def take(self, request: Request) -> Response:
        body = await request.body()
        headers = {
            name: request.headers[name]
            for name in ("x-telegram-bot-api-secret-token", "content-length")
            if name in request.headers
        }
        with self.lock:
            self.came.append((request.url.path, body, headers))
        return Response(status_code=200)

    def bring(self, *, backwards: bool = False, secret: str = "") -> list[int]:
        with self.lock:
            came, self.came = self.came, []
        return [
            self.client.post(
                path,
                body,
                content_type="application/json",
                headers={**headers, **({HEADER: secret} if secret else {})},
            ).status_code
            for path, body, headers in (reversed(came) if backwards else came)
        ]


HEADER = "x-telegram-bot-api-secret-token"


@pytest.fixture
def bringing(settings: object) -> Iterator[Bringing]:
    found = Bringing()
    with running(found.app) as url:
        settings.PUBLIC_URL = url  # type: ignore[attr-defined]
        yield found


def test_what_the_service_brings_is_decided_once_whatever_the_order(
    unit: Unit, chat: Chat, resident: int, watching: Running, bringing: Bringing
) -> None:
    watched(unit, chat, author_act="none", by_webhook=True)
    watching.until(
        lambda: Source.objects.get().health == "ok", what="our address given to the service"
    )
    advert, other = chat.post(resident, ADVERT), chat.post(resident, HELLO)
    chat.edit(resident, other, f"{HELLO} Кто знает, когда дадут воду?")
    watching.until(lambda: len(bringing.came) >= 3, what="what the service brings")
    again = list(bringing.came)
    assert set(bringing.bring(backwards=True)) == {200}
    watching.until(gone(chat, advert), what="the deletion")
    watching.until(lambda: not Delivery.objects.exists(), what="taking what was brought")
    bringing.came = again  # our answer was lost: it is brought again
    assert set(bringing.bring()) == {200}
    watching.until(lambda: not Delivery.objects.exists(), what="taking it again")
    assert Decision.objects.count() == Act.objects.count() == 1
    latest = Message.objects.get(external_id=str(other), is_latest=True)
    assert latest.own_text.endswith("воду?")


def test_nobody_else_can_bring_anything(
    unit: Unit, standin: StandIn, bot: int, chat: Chat, resident: int, watching: Running,
    bringing: Bringing,
) -> None:  # fmt: skip
    source = watched(unit, chat, by_webhook=True)
    foreign = standin.chat("Другой чат", bot=bot, members=[resident])
    watching.until(lambda: Source.objects.get().health == "ok", what="the first contact")
    chat.post(resident, ADVERT)
    watching.until(lambda: bringing.came, what="what the service brings")
    came = list(bringing.came)
    assert bringing.bring(secret="guessed") == [401]
    path, body, headers = came[0]
    assert bringing.client.post(path, body, content_type="application/json").status_code == 401
    elsewhere = path.replace(path.split("/")[2], "0" * 32)
    posted = bringing.client.post(elsewhere, body, content_type="application/json", headers=headers)
    assert posted.status_code == 401
    assert not Delivery.objects.exists()
    foreign.post(resident, ADVERT)  # a chat without a basis is not even kept for a moment
    watching.until(lambda: bringing.came, what="what the service brings")
    assert bringing.bring() == [200]
    Source.objects.filter(pk=source.pk).update(mode="off")
    bringing.came = came
    assert bringing.bring() == [401]
    assert not Delivery.objects.exists()


def test_a_bot_that_was_brought_to_us_is_asked_again_when_that_is_switched_off(
    unit: Unit, chat: Chat, resident: int, watching: Running, bringing: Bringing
) -> None:
    source = watched(unit, chat, author_act="none", by_webhook=True)
    watching.until(lambda: Source.objects.get().health == "ok", what="the first contact")
    Source.objects.filter(pk=source.pk).update(by_webhook=False)
    watching.until(asked(chat.city), what="the first question")
    advert = chat.post(resident, ADVERT)
    watching.until(gone(chat, advert), what="the deletion")


def test_an_address_that_the_service_cannot_reach_is_loud(
    unit: Unit, chat: Chat, resident: int, watching: Running, settings: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("tereze.watch.connectors.telegram.doors.Inbox.check_every", 0.5)
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    watched(unit, chat, by_webhook=True)
    watching.until(lambda: Source.objects.get().health == "ok", what="the first contact")
    chat.post(resident, ADVERT)
    watching.until(lambda: Source.objects.get().health_reason == "webhook", what="blindness")
