"""Rows of the city in the shapes of the protocol."""

import json
from typing import Any

from .state import City, Row


PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_manage_tags",
    "can_send_welcome_messages",
)
EVERYDAY = {name: name not in {"can_change_info", "can_pin_messages"} for name in PERMISSIONS}
MODERATOR = {
    name: name in {"can_manage_chat", "can_delete_messages", "can_restrict_members"}
    for name in RIGHTS
}


def user(city: City, user_id: int) -> dict[str, Any]:
    row = city.user(user_id)
    if row is None:
        return {"id": user_id, "is_bot": False, "first_name": ""}
    shape: dict[str, Any] = {
        "id": row["id"],
        "is_bot": bool(row["is_bot"]),
        "first_name": row["first_name"],
    }
    for key in ("last_name", "username", "language_code"):
        if row[key]:
            shape[key] = row[key]
    return shape


def chat(city: City, row: Row) -> dict[str, Any]:
    if row["type"] == "private":
        person = user(city, row["id"])
        person.pop("is_bot")
        person.pop("language_code", None)
        return {**person, "type": "private"}
    shape: dict[str, Any] = {"id": row["id"], "title": row["title"], "type": row["type"]}
    if row["username"]:
        shape["username"] = row["username"]
    return shape


def bio(city: City, user_id: int) -> dict[str, str]:
    row = city.one("SELECT bio FROM bios WHERE user_id=?", user_id)
    return {"bio": row["bio"]} if row else {}


def account(city: City, user_id: int) -> dict[str, Any]:
    """A person whom the bot met in a chat, as `getChat` shows them."""
    person = {**user(city, user_id), "type": "private", **bio(city, user_id)}
    hidden = {"is_bot", "language_code"}
    return {**{key: value for key, value in person.items() if key not in hidden}, **EVERY_CHAT}


EVERY_CHAT: dict[str, Any] = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    ),
}


def full_chat(city: City, row: Row) -> dict[str, Any]:
    shape = {**chat(city, row), **EVERY_CHAT}
    if row["type"] != "private":
        shape["permissions"] = json.loads(row["permissions"])
        if row["description"]:
            shape["description"] = row["description"]
    return shape


def message(city: City, row: Row, *, with_reply: bool = True) -> dict[str, Any]:
    body = json.loads(row["body"])
    place = city.chat(row["chat_id"])
    if place is None:
        raise LookupError(row["chat_id"])
    shape: dict[str, Any] = {
        "message_id": row["message_id"],
        "from": user(city, row["user_id"]),
        "chat": chat(city, place),
        "date": row["date"],
    }
    if row["edit_date"]:
        shape["edit_date"] = row["edit_date"]
    reply_to = body.pop("reply_to", None)
    if with_reply and reply_to:
        original = city.message(row["chat_id"], reply_to)
        if original is not None:
            shape["reply_to_message"] = message(city, original, with_reply=False)
    joined = body.pop("joined", None)
    if joined:
        shape["new_chat_members"] = [user(city, member_id) for member_id in joined]
    left = body.pop("left", None)
    if left:
        shape["left_chat_member"] = user(city, left)
    shape.update(body)
    return shape


def member(city: City, chat_id: int, user_id: int) -> dict[str, Any]:
    return describe_member(city, user_id, city.member(chat_id, user_id))


def describe_member(city: City, user_id: int, found: dict[str, Any]) -> dict[str, Any]:
    status = found["status"]
    shape: dict[str, Any] = {"user": user(city, user_id), "status": status}
    if status == "creator":
        shape["is_anonymous"] = False
    elif status == "administrator":
        shape.update({name: bool(found["rights"].get(name)) for name in RIGHTS})
        shape.update(can_be_edited=False, is_anonymous=False)
    elif status == "restricted":
        shape.update({name: bool(found["rights"].get(name)) for name in PERMISSIONS})
        shape.update(is_member=found["is_member"], until_date=found["until_date"])
    elif status == "kicked":
        shape["until_date"] = found["until_date"]
    return shape
