"""Test hooks under /_city/: no part of the protocol. JSON in, JSON out."""

import base64
import json
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import residents, shapes
from .errors import RefusedError
from .faults import Fault
from .state import City, Row
from .updates import Polls, pending_count


class Hook:
    """The body of a hook's request and the city it acts on."""

    def __init__(self, request: Request, body: dict[str, Any]) -> None:
        self.city: City = request.app.state.city
        self.polls: Polls = request.app.state.polls
        self.body = body
        self.chat_id = int(request.path_params.get("chat_id", 0))
        self.message_id = int(request.path_params.get("message_id", 0))

    def user_id(self) -> int:
        return int(self.body["user_id"])

    def row(self) -> Row:
        row = self.city.message(self.chat_id, self.message_id)
        if row is None:
            raise RefusedError("no such message")
        return row


MISTAKES = (KeyError, ValueError, TypeError, AttributeError, OverflowError, sqlite3.Error)
Handler = Callable[[Hook, Request], Any]


async def hook(request: Request) -> Hook:
    content = await request.body()
    if content and "json" not in request.headers.get("content-type", ""):
        raise ValueError("send JSON with Content-Type: application/json")
    body = json.loads(content or b"{}")
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    return Hook(request, body)


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Every hook answers a mistake with a clear 400 and a refusal with 403."""

    async def answer(request: Request) -> Response:
        try:
            asked = await hook(request)
            with asked.city.atomic():
                result = handler(asked, request)
        except RefusedError as refusal:
            return JSONResponse({"error": str(refusal)}, status_code=403)
        except MISTAKES as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)
        return JSONResponse(result)

    return answer


def add_bot(h: Hook, request: Request) -> Any:
    bot_id = h.city.add_bot(
        str(h.body["token"]),
        name=str(h.body.get("name", "Bot")),
        username=str(h.body.get("username", "city_bot")),
        reads_all=bool(h.body.get("reads_all", False)),
    )
    return {"id": bot_id}


def add_user(h: Hook, request: Request) -> Any:
    user_id = h.city.add_user(
        str(h.body["first_name"]),
        last_name=str(h.body.get("last_name", "")),
        username=str(h.body.get("username", "")),
        language_code=str(h.body.get("language_code", "ru")),
        user_id=h.body.get("id"),
    )
    if h.body.get("bio"):
        h.city.run("INSERT OR REPLACE INTO bios VALUES (?,?)", user_id, str(h.body["bio"]))
    return {"id": user_id}


def add_chat(h: Hook, request: Request) -> Any:
    chat_id = h.city.add_chat(
        str(h.body["title"]),
        kind=str(h.body.get("type", "supergroup")),
        username=str(h.body.get("username", "")),
        description=str(h.body.get("description", "")),
        permissions={**shapes.EVERYDAY, **h.body.get("permissions", {})},
        chat_id=h.body.get("id"),
    )
    for user_id in h.body.get("members", []):
        h.city.set_member(chat_id, int(user_id), "member")
    for user_id in h.body.get("admins", []):
        h.city.set_member(chat_id, int(user_id), "administrator", rights=shapes.MODERATOR)
    if "owner" in h.body:
        h.city.set_member(chat_id, int(h.body["owner"]), "creator")
    return {"id": chat_id}


def list_chats(h: Hook, request: Request) -> Any:
    return [shapes.chat(h.city, row) for row in h.city.chats()]


def list_messages(h: Hook, request: Request) -> Any:
    """Every message ever posted, deleted ones too, with who deleted it and when."""
    return [
        {
            **shapes.message(h.city, row),
            "deleted_at": row["deleted_at"],
            "deleted_by": row["deleted_by"],
            "reactions": json.loads(row["reactions"]),
        }
        for row in h.city.rows(
            "SELECT * FROM messages WHERE chat_id=? ORDER BY message_id", h.chat_id
        )
    ]


def post(h: Hook, request: Request) -> Any:
    photo = h.body.get("photo")
    message_id = residents.post(
        h.city,
        h.polls,
        h.chat_id,
        h.user_id(),
        text=str(h.body.get("text", "")),
        caption=str(h.body.get("caption", "")),
        photo=base64.b64decode(photo) if photo else None,
        reply_to=h.body.get("reply_to"),
        extra=h.body.get("extra"),
        ago=int(h.body.get("ago", 0)),
    )
    return {"message_id": message_id}


def edit(h: Hook, request: Request) -> Any:
    text = str(h.body["text"])
    residents.edit(h.city, h.polls, h.chat_id, h.message_id, h.user_id(), text)
    return {"message_id": h.message_id}


def delete(h: Hook, request: Request) -> Any:
    residents.delete_own(h.city, h.chat_id, h.message_id, h.user_id())
    return {"message_id": h.message_id}


def react(h: Hook, request: Request) -> Any:
    residents.react(h.city, h.polls, h.row(), h.user_id(), str(h.body.get("emoji", "")))
    return {"message_id": h.message_id}


def press(h: Hook, request: Request) -> Any:
    return {
        "callback_query_id": residents.press(
            h.city, h.polls, h.row(), h.user_id(), str(h.body["data"])
        )
    }


def callback_answer(h: Hook, request: Request) -> Any:
    row = h.city.one("SELECT answer FROM callbacks WHERE id=?", request.path_params["query_id"])
    return {"answer": json.loads(row["answer"]) if row and row["answer"] else None}


def members(h: Hook, request: Request) -> Any:
    return [shapes.member(h.city, h.chat_id, uid) for uid in h.city.member_ids(h.chat_id)]


def set_member(h: Hook, request: Request) -> Any:
    """`status`: administrator (with `rights`), member, left or kicked; demotes a bot too."""
    residents.set_rights(
        h.city, h.polls, h.chat_id, h.user_id(), str(h.body["status"]), h.body.get("rights")
    )
    return shapes.member(h.city, h.chat_id, h.user_id())


def join(h: Hook, request: Request) -> Any:
    residents.join(h.city, h.polls, h.chat_id, h.user_id())
    return shapes.member(h.city, h.chat_id, h.user_id())


def ask_to_join(h: Hook, request: Request) -> Any:
    residents.ask_to_join(h.city, h.polls, h.chat_id, h.user_id())
    return {}


def join_requests(h: Hook, request: Request) -> Any:
    rows = h.city.rows("SELECT user_id FROM join_requests WHERE chat_id=?", h.chat_id)
    return [row["user_id"] for row in rows]


def upgrade(h: Hook, request: Request) -> Any:
    return {"id": residents.upgrade(h.city, h.polls, h.chat_id)}


def leave(h: Hook, request: Request) -> Any:
    residents.leave(h.city, h.polls, h.chat_id, h.user_id())
    return shapes.member(h.city, h.chat_id, h.user_id())


def private(h: Hook, request: Request) -> Any:
    bot_id, text = int(h.body["bot_id"]), str(h.body.get("text", "/start"))
    return {"message_id": residents.start_private(h.city, h.polls, h.user_id(), bot_id, text)}


def move_clock(h: Hook, request: Request) -> Any:
    """`seconds` moves it on; `stopped` holds it or lets it run."""
    h.city.move_clock(float(h.body.get("seconds", 0)))
    if "stopped" in h.body:
        h.city.stop_clock(stopped=bool(h.body["stopped"]))
    return {"now": h.city.now(), "shift": h.city.shift}


def set_faults(h: Hook, request: Request) -> Any:
    """{"latency_ms": 300} or {"faults": [{"method": "deleteMessage", "code": 429, …}]}; adds."""
    faults = request.app.state.faults
    faults.latency = float(h.body.get("latency_ms", faults.latency * 1000)) / 1000
    faults.waiting += [Fault.from_json(given) for given in h.body.get("faults", [])]
    return faults.to_json()


def clear_faults(h: Hook, request: Request) -> Any:
    faults = request.app.state.faults
    faults.latency = 0.0
    faults.waiting.clear()
    return faults.to_json()


def set_limits(h: Hook, request: Request) -> Any:
    request.app.state.limits.on = bool(h.body["on"])
    return {"on": request.app.state.limits.on}


def state(h: Hook, request: Request) -> Any:
    return {
        "now": h.city.now(),
        "chats": [shapes.chat(h.city, row) for row in h.city.chats()],
        "bots": [
            {
                **shapes.user(h.city, bot["user_id"]),
                "pending_updates": pending_count(h.city, bot["user_id"]),
                "polling": bot["user_id"] in h.polls.waiting,
            }
            for bot in h.city.bots()
        ],
        **request.app.state.faults.to_json(),
    }


TABLE = (
    ("GET", "/state", state),
    ("POST", "/bots", add_bot),
    ("POST", "/users", add_user),
    ("GET", "/chats", list_chats),
    ("POST", "/chats", add_chat),
    ("GET", "/chats/{chat_id:str}/messages", list_messages),
    ("POST", "/chats/{chat_id:str}/messages", post),
    ("POST", "/chats/{chat_id:str}/messages/{message_id:int}/edit", edit),
    ("POST", "/chats/{chat_id:str}/messages/{message_id:int}/delete", delete),
    ("POST", "/chats/{chat_id:str}/messages/{message_id:int}/react", react),
    ("POST", "/chats/{chat_id:str}/messages/{message_id:int}/press", press),
    ("GET", "/callbacks/{query_id:str}", callback_answer),
    ("GET", "/chats/{chat_id:str}/members", members),
    ("POST", "/chats/{chat_id:str}/members", set_member),
    ("POST", "/chats/{chat_id:str}/join", join),
    ("POST", "/chats/{chat_id:str}/leave", leave),
    ("GET", "/chats/{chat_id:str}/requests", join_requests),
    ("POST", "/chats/{chat_id:str}/requests", ask_to_join),
    ("POST", "/chats/{chat_id:str}/upgrade", upgrade),
    ("POST", "/private", private),
    ("POST", "/clock", move_clock),
    ("POST", "/faults", set_faults),
    ("DELETE", "/faults", clear_faults),
    ("POST", "/limits", set_limits),
)
routes = [Route(path, endpoint(handler), methods=[verb]) for verb, path, handler in TABLE]
