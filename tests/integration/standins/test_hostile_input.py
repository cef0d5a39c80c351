"""Whatever comes in, the answer is a clear refusal: never 500, never a broken server."""

import itertools
from typing import Any

import httpx
import pytest

from .clients import NO_TLS
from .conftest import City


METHODS = (
    "getUpdates",
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "deleteMessage",
    "deleteMessages",
    "banChatMember",
    "unbanChatMember",
    "restrictChatMember",
    "getChatMember",
    "getChatAdministrators",
    "getChat",
    "answerCallbackQuery",
    "getFile",
    "setWebhook",
)
ODD: tuple[Any, ...] = (
    None,
    "",
    "abc",
    -1,
    10**30,
    "9" * 400,
    1.5,
    True,
    [],
    [None],
    [[]],
    {},
    {"inline_keyboard": [["x"], 5]},
    {"inline_keyboard": [[{"text": "x"}], [{"callback_data": "y" * 65}]]},
    [{"type": 1, "offset": "a", "length": -5}],
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "\x00" * 10,
    "<b" * 50,
    "[" * 5000,
)
NAMES = (
    "chat_id",
    "message_id",
    "message_ids",
    "user_id",
    "text",
    "reply_markup",
    "reply_parameters",
    "entities",
    "permissions",
    "until_date",
    "offset",
    "limit",
    "allowed_updates",
    "callback_query_id",
    "file_id",
    "url",
)


@pytest.mark.parametrize("method", METHODS)
def test_odd_arguments_are_refused_politely(city: City, method: str) -> None:
    number = city.says(city.anna, "привет")
    usual = {
        "chat_id": city.chat,
        "message_id": number,
        "message_ids": [number + 1000],
        "user_id": city.berik,
        "text": "x",
        "permissions": {},
    }
    path = f"{city.address}/bot{city.token}/{method}"
    with httpx.Client(trust_env=False, verify=NO_TLS) as http:
        for name, value in itertools.product(NAMES, ODD):
            answer = http.post(path, json={**usual, name: value})
            assert answer.status_code in {200, 400, 403, 404, 409, 429}, (name, value)
            assert answer.json()["ok"] == (answer.status_code == 200)


@pytest.mark.parametrize("value", [None, "abc", 10**30, [], {}, "9" * 400])
def test_odd_hooks_are_refused_politely(city: City, value: Any) -> None:
    bodies = [{"user_id": value}, {"user_id": city.anna, "text": value, "photo": value}]
    for path, body in itertools.product(
        (
            f"/chats/{city.chat}/messages",
            f"/chats/{city.chat}/messages/1/edit",
            f"/chats/{city.chat}/messages/{10**30}/react",
            f"/chats/{city.chat}/members",
            f"/chats/{10**30}/messages",
            "/chats/abc/join",
            "/private",
            "/clock",
            "/faults",
            "/users",
        ),
        [*bodies, {"seconds": value, "faults": value, "status": value, "first_name": value}],
    ):
        assert city.hooks.post(path, json=body).status_code in {200, 400, 403}, (path, body)
    city.hooks.delete("/faults")


def test_hooks_take_only_json_so_that_no_web_page_can_post_to_them(city: City) -> None:
    answer = city.hooks.post("/users", data={"first_name": "x"})
    assert answer.status_code == 400
    assert "application/json" in answer.json()["error"]
