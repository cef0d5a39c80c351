"""A stand-in Telegram with a city chat, and sources that may lawfully watch it."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tereze.accounts.models import Unit
from tereze.core import clock, vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import sources
from tereze.watch.actions.trial import Trial
from tereze.watch.models import Source


TOKEN = "7000000001:AAEtest-token-of-the-city-bot_0000000"
ADMINISTRATOR = Actor("officer", "it", "Сериков А.")
PROVEN = Trial(shadow=timedelta(days=8), verdicts=60, right=60)
ADVERT = "Куплю карту, оплата сразу"
WARNING = (
    "Полиция Балхаша предупреждает: мошенники пишут «куплю карту, оплата сразу». "
    "Не передавайте карты посторонним, это уголовная ответственность."
)
STORY = (
    "Меня обманули: позвонили из «банка», я назвала код из смс и с карты ушло 250 000 тенге. "
    "Написала заявление в полицию."
)


def lawful(**fields: Any) -> dict[str, Any]:
    at = now() - timedelta(days=1)
    return {
        "legal_basis": "Соглашение с акиматом № 5",
        "consent_by": "Владелец чата А. Б.",
        "consent_at": at,
        "consent_file": vault.store(b"scan").sha256,
        "consent_file_name": "scan.pdf",
        "notice_at": at,
        "notice_text": "Чат модерирует киберполиция.",
        "until": now() + timedelta(days=90),
        "earlier": PROVEN,
        **fields,
    }


class Time:
    """Moves the time that everything in Tereze hears from its one clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta()
        self.stopped: datetime | None = None
        # the clock's own source: whoever is imported later keeps nothing of the moved time
        monkeypatch.setattr(clock, "datetime", SimpleNamespace(now=self.now))

    def now(self, zone: tzinfo = UTC) -> datetime:
        return (self.stopped or datetime.now(UTC)).astimezone(zone) + self.ahead

    def stop(self) -> None:
        """From here on only moves count: a busy computer adds nothing between two steps."""
        self.stopped = datetime.now(UTC)

    def move(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class StandIn:
    """The test hooks of the stand-in Bot API."""

    url: str

    def ask(self, verb: str, path: str, **body: Any) -> Any:
        answer = httpx.request(verb, f"{self.url}/_city{path}", json=body or None, timeout=10)
        assert answer.is_success, answer.text
        return answer.json()

    def bot(self, token: str = TOKEN) -> int:
        return int(self.ask("POST", "/bots", token=token, reads_all=False)["id"])

    def resident(self, name: str, **more: Any) -> int:
        return int(self.ask("POST", "/users", first_name=name, **more)["id"])

    def chat(self, title: str, *, bot: int, members: list[int], **more: Any) -> "Chat":
        found = self.ask(
            "POST",
            "/chats",
            title=title,
            admins=[bot, *more.pop("admins", [])],
            members=members,
            **more,
        )
        return Chat(self, int(found["id"]))

    def faults(self, *faults: dict[str, Any]) -> None:
        self.ask("POST", "/faults", faults=list(faults))


@dataclass
class Chat:
    city: StandIn
    id: int

    def post(self, user: int, text: str = "", **more: Any) -> int:
        path = f"/chats/{self.id}/messages"
        return int(self.city.ask("POST", path, user_id=user, text=text, **more)["message_id"])

    def edit(self, user: int, message: int, text: str) -> None:
        path = f"/chats/{self.id}/messages/{message}/edit"
        self.city.ask("POST", path, user_id=user, text=text)

    def join(self, user: int) -> None:
        self.city.ask("POST", f"/chats/{self.id}/join", user_id=user)

    def ask_to_join(self, user: int) -> None:
        self.city.ask("POST", f"/chats/{self.id}/requests", user_id=user)

    def requests(self) -> list[int]:
        return list(self.city.ask("GET", f"/chats/{self.id}/requests"))

    def react(self, user: int, message: int, emoji: str = "👍") -> None:
        path = f"/chats/{self.id}/messages/{message}/react"
        self.city.ask("POST", path, user_id=user, emoji=emoji)

    def album(self, user: int, number: str, *captions: str) -> list[int]:
        photo = base64.b64encode(b"\xff\xd8\xff").decode()
        extra = {"media_group_id": number}
        return [self.post(user, caption=words, photo=photo, extra=extra) for words in captions]

    def upgrade(self) -> "Chat":
        return Chat(self.city, int(self.city.ask("POST", f"/chats/{self.id}/upgrade")["id"]))

    def messages(self) -> list[dict[str, Any]]:
        return list(self.city.ask("GET", f"/chats/{self.id}/messages"))

    def is_there(self, message: int) -> bool:
        found = next(m for m in self.messages() if m["message_id"] == message)
        return found["deleted_at"] is None

    def status(self, user: int) -> str:
        members = self.city.ask("GET", f"/chats/{self.id}/members")
        return next((m["status"] for m in members if m["user"]["id"] == user), "left")

    def notices(self) -> list[str]:
        return [
            m["text"] for m in self.messages() if m["from"]["is_bot"] and m["deleted_at"] is None
        ]

    def demote(self, bot: int) -> None:
        self.city.ask("POST", f"/chats/{self.id}/members", user_id=bot, status="member")

    def promote(self, bot: int, **rights: bool) -> None:
        path = f"/chats/{self.id}/members"
        given = {"can_delete_messages": True, "can_restrict_members": True, **rights}
        self.city.ask("POST", path, user_id=bot, status="administrator", rights=given)


def watched(unit: Unit, chat: Chat, *, mode: str = "automatic", **fields: Any) -> Source:
    return sources.add_source(
        unit=unit,
        kind="telegram",
        chat_id=str(chat.id),
        title=fields.pop("title", "Балхаш объявления"),
        by=ADMINISTRATOR,
        **lawful(
            **{
                "mode": mode,
                "token": TOKEN,
                "server": chat.city.url,
                "language": "ru",
                "threshold": 0.85,
                **fields,
            }
        ),
    )
