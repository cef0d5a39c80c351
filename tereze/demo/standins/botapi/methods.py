"""Methods about messages, files, callbacks and webhooks."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from . import shapes, updates
from .access import Call, has_right, place, require_sending
from .errors import bad_request
from .markup import LONGEST_TEXT, parse, units
from .params import whole
from .state import Row, encode


Method = Callable[[Call], Awaitable[Any]]
DELETABLE_SECONDS = 48 * 3600
CALLBACK_SECONDS = 60
LARGEST_FILE = 20 * 1024 * 1024


async def get_me(call: Call) -> Any:
    return {
        **shapes.user(call.city, call.bot_id),
        "can_join_groups": True,
        "can_read_all_group_messages": bool(call.bot["reads_all"]),
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


async def get_updates(call: Call) -> Any:
    params = call.params
    updates.allow(call.city, call.bot_id, params.structure("allowed_updates"))
    return await updates.get_updates(
        call.city,
        call.polls,
        call.bot,
        offset=params.integer("offset"),
        limit=min(max(params.integer("limit", 100), 1), 100),
        timeout=max(params.integer("timeout"), 0),
    )


# Webhooks


async def set_webhook(call: Call) -> Any:
    address = call.params.text("url")
    if not address:
        return await delete_webhook(call)
    parts = urlsplit(address)
    local = parts.hostname in {"127.0.0.1", "localhost"}
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    updates.allow(call.city, call.bot_id, call.params.structure("allowed_updates"))
    call.polls.abort(call.bot_id, updates.SET_WEBHOOK)
    webhook = {"url": address, "secret_token": call.params.text("secret_token")}
    store_webhook(call, webhook)
    return True


async def delete_webhook(call: Call) -> Any:
    store_webhook(call, None)
    return True


def store_webhook(call: Call, webhook: dict[str, Any] | None) -> None:
    city = call.city
    stored = encode(webhook) if webhook else None
    city.run("UPDATE bots SET webhook=? WHERE user_id=?", stored, call.bot_id)
    if call.params.flag("drop_pending_updates"):
        city.run("DELETE FROM updates WHERE bot_id=?", call.bot_id)
    call.polls.wake(call.bot_id)


async def get_webhook_info(call: Call) -> Any:
    webhook = json.loads(call.bot["webhook"] or "{}")
    webhook.pop("secret_token", None)
    info = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": updates.pending_count(call.city, call.bot_id),
        **webhook,
    }
    if call.bot["allowed"]:
        info["allowed_updates"] = json.loads(call.bot["allowed"])
    return info


# Messages


def content(call: Call) -> dict[str, Any]:
    params = call.params
    text, entities = parse(
        params.text("text"), params.text("parse_mode"), params.structure("entities")
    )
    if not text:
        raise bad_request("message text is empty")
    if units(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    body: dict[str, Any] = {"text": text}
    if entities:
        body["entities"] = entities
    keyboard = inline_keyboard(call)
    if keyboard:
        body["reply_markup"] = keyboard
    return body


def inline_keyboard(call: Call) -> dict[str, Any] | None:
    markup = call.params.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    lines = markup["inline_keyboard"]
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        raise bad_request('field "inline_keyboard" must be of type Array')
    for button in (button for line in lines for button in line):
        if not isinstance(button, dict):
            raise bad_request("inline keyboard button must be an Object")
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text is empty")
        size = len(str(button.get("callback_data", "x")).encode())
        if not 1 <= size <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    return {"inline_keyboard": lines} if any(lines) else None


def reply_target(call: Call, chat: Row) -> int:
    given = call.params.structure("reply_parameters")
    given = given if isinstance(given, dict) else {}
    message_id = whole(given.get("message_id")) or call.params.integer("reply_to_message_id")
    if message_id and call.city.message(chat["id"], message_id) is None:
        lenient = given.get("allow_sending_without_reply") or call.params.flag(
            "allow_sending_without_reply"
        )
        if not lenient:
            raise bad_request("message to be replied not found")
        return 0
    return message_id


async def send_message(call: Call) -> Any:
    chat = place(call)
    require_sending(call, chat)
    body = content(call)
    reply_to = reply_target(call, chat)
    if reply_to:
        body["reply_to"] = reply_to
    call.limits.check(bot_id=call.bot_id, chat_id=chat["id"], now=call.city.now())
    message_id = call.city.add_message(chat["id"], call.bot_id, body, date=call.city.seconds())
    return shown(call, chat, message_id)


def shown(call: Call, chat: Row, message_id: int) -> dict[str, Any]:
    row = call.city.message(chat["id"], message_id)
    if row is None:
        raise bad_request("message not found")
    return shapes.message(call.city, row)


def own_message(call: Call, chat: Row) -> Row:
    row = call.city.message(chat["id"], call.params.integer("message_id"))
    if row is None:
        raise bad_request("message to edit not found")
    if row["user_id"] != call.bot_id:
        raise bad_request("message can't be edited")
    return row


async def edit_message_text(call: Call) -> Any:
    chat = place(call)
    row = own_message(call, chat)
    old = json.loads(row["body"])
    new = content(call)
    if old.get("reply_to"):
        new["reply_to"] = old["reply_to"]
    return change(call, chat, row, old, new)


async def edit_message_reply_markup(call: Call) -> Any:
    chat = place(call)
    row = own_message(call, chat)
    old = json.loads(row["body"])
    keyboard = inline_keyboard(call)
    new = {key: value for key, value in old.items() if key != "reply_markup"}
    if keyboard:
        new["reply_markup"] = keyboard
    return change(call, chat, row, old, new)


def change(
    call: Call, chat: Row, row: Row, old: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any]:
    if old == new:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    call.limits.check(bot_id=call.bot_id, chat_id=chat["id"], now=call.city.now(), edit=True)
    call.city.change_message(chat["id"], row["message_id"], new)
    return shown(call, chat, row["message_id"])


def hidden_from(call: Call, row: Row) -> bool:
    """Another bot's message does not exist for this bot."""
    author = call.city.user(row["user_id"])
    return row["user_id"] != call.bot_id and author is not None and bool(author["is_bot"])


def check_deletable(call: Call, chat: Row, row: Row) -> None:
    if opens_a_topic(row):
        raise bad_request("message can't be deleted")
    own = row["user_id"] == call.bot_id
    if chat["type"] != "private" and not own and not has_right(call, chat, "can_delete_messages"):
        raise bad_request("message can't be deleted for everyone")
    if call.city.now() - row["date"] >= DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")


async def delete_message(call: Call) -> Any:
    chat = place(call)
    if not call.params.has("message_id"):
        raise bad_request("message identifier is not specified")
    row = call.city.message(chat["id"], call.params.integer("message_id"))
    if row is None or hidden_from(call, row):
        raise bad_request("message to delete not found")
    check_deletable(call, chat, row)
    call.city.delete_message(chat["id"], row["message_id"], by=call.bot_id)
    return True


async def delete_messages(call: Call) -> Any:
    """Missing ids are skipped, so `true` proves nothing; one undeletable id fails all."""
    chat = place(call)
    ids = call.params.structure("message_ids", "can't parse message identifiers JSON array")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    numbers = [whole(number) for number in ids]
    if not all(number > 0 for number in numbers):
        raise bad_request("invalid message identifier specified")
    rows = [call.city.message(chat["id"], number) for number in numbers]
    found = [row for row in rows if row is not None and not hidden_from(call, row)]
    for row in found:
        check_deletable(call, chat, row)
    for row in found:
        call.city.delete_message(chat["id"], row["message_id"], by=call.bot_id)
    return True


def opens_a_topic(row: Row) -> bool:
    return "forum_topic_created" in json.loads(row["body"])


async def delete_forum_topic(call: Call) -> Any:
    """With all that stands in it; the message that opened it cannot be deleted otherwise."""
    chat, topic = place(call), call.params.integer("message_thread_id")
    row = call.city.message(chat["id"], topic)
    if row is None or not opens_a_topic(row):
        raise bad_request("TOPIC_ID_INVALID")
    if not has_right(call, chat, "can_delete_messages"):
        raise bad_request("not enough rights to delete the topic")
    for one in call.city.rows("SELECT * FROM messages WHERE chat_id=?", chat["id"]):
        if topic in {one["message_id"], json.loads(one["body"]).get("message_thread_id")}:
            call.city.delete_message(chat["id"], one["message_id"], by=call.bot_id)
    return True


# Callbacks and files


async def answer_callback_query(call: Call) -> Any:
    found = call.city.one(
        "SELECT * FROM callbacks WHERE id=? AND bot_id=? AND created>?",
        call.params.text("callback_query_id"), call.bot_id, call.city.now() - CALLBACK_SECONDS,
    )  # fmt: skip
    if found is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    answer = {"text": call.params.text("text")[:200], "alert": call.params.flag("show_alert")}
    call.city.run("UPDATE callbacks SET answer=? WHERE id=?", encode(answer), found["id"])
    return True


async def get_file(call: Call) -> Any:
    row = call.city.one("SELECT * FROM files WHERE id=?", call.params.text("file_id"))
    if row is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(row["content"]) > LARGEST_FILE:
        raise bad_request("file is too big")
    unique = str(row["path"]).rpartition("_")[2].partition(".")[0]
    return {
        "file_id": row["id"],
        "file_unique_id": unique,
        "file_size": len(row["content"]),
        "file_path": row["path"],
    }


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "deleteforumtopic": delete_forum_topic,
    "answercallbackquery": answer_callback_query,
    "getfile": get_file,
}
