import itertools
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tereze.demo.standins import botapi
from tereze.demo.standins.serving import running

from .clients import NO_TLS, Aiogram, Client, Ptb


NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def clients_environment() -> Iterator[None]:
    """python-telegram-bot's client reads proxies from the environment; the stand-ins are local."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.setenv("PTB_TIMEDELTA", "1")
        yield


@dataclass
class City:
    """A running stand-in with one chat, three people and a bot that may delete and restrict."""

    address: str
    token: str
    hooks: httpx.Client
    bot: int
    owner: int
    anna: int
    berik: int
    chat: int

    def post(self, path: str, **body: Any) -> Any:
        answer = self.hooks.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def says(self, person: int, text: str, **more: Any) -> int:
        path = f"/chats/{self.chat}/messages"
        return int(self.post(path, user_id=person, text=text, **more)["message_id"])

    def messages(self) -> dict[int, dict[str, Any]]:
        found = self.hooks.get(f"/chats/{self.chat}/messages").json()
        return {message["message_id"]: message for message in found}

    def alive(self) -> set[int]:
        return {number for number, found in self.messages().items() if not found["deleted_at"]}

    def polling(self) -> bool:
        """Does the server hold a long poll of this bot?"""
        bots = self.hooks.get("/state").json()["bots"]
        return any(bot["polling"] for bot in bots if bot["id"] == self.bot)

    def demote(self) -> None:
        self.post(f"/chats/{self.chat}/members", user_id=self.bot, status="member")

    def later(self, seconds: float) -> None:
        self.post("/clock", seconds=seconds)


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests: each brings its own bot, people and chat."""
    with running(botapi.create_app(tmp_path_factory.mktemp("botapi"))) as address:
        yield address


@pytest.fixture
def city(address: str) -> Iterator[City]:
    number = next(NUMBERS)
    token = f"{700_000_100 + number}:TEST-TOKEN-OF-NOBODY-00000000000000"
    with httpx.Client(base_url=f"{address}/_city", trust_env=False, verify=NO_TLS) as hooks:
        made = City(address, token, hooks, 0, 0, 0, 0, 0)
        made.bot = made.post("/bots", token=token, name="Tereze", username="tereze_bot")["id"]
        made.owner = made.post("/users", first_name="Гүлсара")["id"]
        made.anna = made.post("/users", first_name="Анна", last_name="Ким")["id"]
        made.berik = made.post("/users", first_name="Берік", language_code="kk")["id"]
        made.chat = made.post(
            "/chats",
            title="Балхаш",
            username=f"balqash{number}",
            owner=made.owner,
            members=[made.anna, made.berik],
            admins=[made.bot],
        )["id"]
        yield made
        hooks.delete("/faults")
        made.post("/clock", stopped=False)


@pytest_asyncio.fixture(params=[Aiogram, Ptb], ids=["aiogram", "ptb"])
async def client(request: pytest.FixtureRequest, city: City) -> AsyncIterator[Client]:
    made: Client = request.param(city.address, city.token)
    yield made
    await made.close()
