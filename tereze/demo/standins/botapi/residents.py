"""What people do in the chat: join, post, edit, react, press a button, change the bot's rights."""

import json
import secrets
from typing import Any

from . import shapes, updates
from .errors import RefusedError
from .markup import LONGEST_CAPTION, LONGEST_TEXT, discover, units
from .state import City, Row
from .updates import Polls


def join(city: City, polls: Polls, chat_id: int, user_id: int) -> None:
    old = city.member(chat_id, user_id)
    if old["status"] == "kicked":
        raise RefusedError("banned")
    if old["status"] in {"member", "administrator", "creator"} or old["is_member"]:
        return
    if old["status"] == "restricted":
        city.set_member(
            chat_id, user_id, "restricted",
            until_date=old["until_date"], rights=old["rights"], is_member=True,
        )  # fmt: skip
    else:
        city.set_member(chat_id, user_id, "member")
    updates.tell_member(city, polls, chat_id, user_id, by=user_id, old=old)
    message_id = city.add_message(chat_id, user_id, {"joined": [user_id]}, date=city.seconds())
    tell(city, polls, chat_id, message_id)


def leave(city: City, polls: Polls, chat_id: int, user_id: int) -> None:
    old = city.member(chat_id, user_id)
    city.set_member(chat_id, user_id, "left")
    updates.tell_member(city, polls, chat_id, user_id, by=user_id, old=old)


def tell(city: City, polls: Polls, chat_id: int, message_id: int, kind: str = "message") -> None:
    row = city.message(chat_id, message_id)
    if row is not None:
        updates.tell_message(city, polls, row, kind=kind)


def check_may_post(city: City, chat_id: int, user_id: int, permission: str) -> None:
    found = city.member(chat_id, user_id)
    place = city.chat(chat_id)
    if place is None:
        raise RefusedError("no such chat")
    if found["status"] == "kicked":
        raise RefusedError("banned")
    if found["status"] == "left" or not found["is_member"]:
        raise RefusedError("not a member")
    if found["status"] == "restricted" and not found["rights"].get(permission):
        raise RefusedError("restricted")
    everyone = json.loads(place["permissions"])
    if found["status"] == "member" and not everyone.get(permission, True):
        raise RefusedError("restricted")


def post(
    city: City,
    polls: Polls,
    chat_id: int,
    user_id: int,
    *,
    text: str = "",
    caption: str = "",
    photo: bytes | None = None,
    reply_to: int | None = None,
    extra: dict[str, Any] | None = None,
    ago: int = 0,
) -> int:
    """Posts as a person; `ago` dates the message back, `extra` adds fields such as entities."""
    body: dict[str, Any] = {}
    if photo is None:
        check_may_post(city, chat_id, user_id, "can_send_messages")
        body["text"] = cut(text, LONGEST_TEXT)
        body["entities"] = discover(body["text"])
    else:
        check_may_post(city, chat_id, user_id, "can_send_photos")
        body["photo"] = keep_photo(city, photo)
        body["caption"] = cut(caption or text, LONGEST_CAPTION)
        body["caption_entities"] = discover(body["caption"])
    if reply_to:
        body["reply_to"] = reply_to
    body = {key: value for key, value in {**body, **(extra or {})}.items() if value}
    if not body.get("text") and not body.get("photo") and not extra:
        raise RefusedError("empty")
    message_id = city.add_message(chat_id, user_id, body, date=city.seconds() - ago)
    tell(city, polls, chat_id, message_id)
    return message_id


def cut(text: str, longest: int) -> str:
    text = text.strip()
    while units(text) > longest:
        text = text[:-1]
    return text


def keep_photo(city: City, content: bytes) -> list[dict[str, Any]]:
    unique = secrets.token_hex(8)
    file_id = f"AgACAgIAAxk{secrets.token_urlsafe(32)}"
    city.add_file(file_id, f"photos/file_{unique}.jpg", content)
    return [
        {
            "file_id": file_id,
            "file_unique_id": unique,
            "file_size": len(content),
            "width": 800,
            "height": 600,
        }
    ]


def edit(city: City, polls: Polls, chat_id: int, message_id: int, user_id: int, text: str) -> None:
    row = city.message(chat_id, message_id)
    if row is None or row["user_id"] != user_id:
        raise RefusedError("not your message")
    body = json.loads(row["body"])
    field, found, longest = (
        ("caption", "caption_entities", LONGEST_CAPTION)
        if body.get("photo")
        else ("text", "entities", LONGEST_TEXT)
    )
    body[field] = cut(text, longest)
    body[found] = discover(body[field])
    city.change_message(chat_id, message_id, body)
    tell(city, polls, chat_id, message_id, "edited_message")


def delete_own(city: City, chat_id: int, message_id: int, user_id: int) -> None:
    """Bots are told nothing about deletions: the protocol has no such update."""
    row = city.message(chat_id, message_id)
    if row is None or row["user_id"] != user_id:
        raise RefusedError("not your message")
    city.delete_message(chat_id, message_id, by=user_id)


def react(city: City, polls: Polls, row: Row, user_id: int, emoji: str) -> None:
    reactions = dict(json.loads(row["reactions"]))
    old = reactions.get(str(user_id), [])
    new = [emoji] if emoji else []
    reactions[str(user_id)] = new
    city.run(
        "UPDATE messages SET reactions=?, rev=? WHERE chat_id=? AND message_id=?",
        json.dumps(reactions), city.next_rev(), row["chat_id"], row["message_id"],
    )  # fmt: skip
    updates.tell_reaction(city, polls, row, user_id, old, new)


def take_reaction_away(city: City, row: Row, user_id: int) -> None:
    reactions = dict(json.loads(row["reactions"]))
    reactions.pop(str(user_id), None)
    city.run(
        "UPDATE messages SET reactions=?, rev=? WHERE chat_id=? AND message_id=?",
        json.dumps(reactions), city.next_rev(), row["chat_id"], row["message_id"],
    )  # fmt: skip


def ask_to_join(city: City, polls: Polls, chat_id: int, user_id: int) -> None:
    if city.member(chat_id, user_id)["status"] == "kicked":
        raise RefusedError("banned")
    city.run(
        "INSERT OR REPLACE INTO join_requests VALUES (?,?,?)", chat_id, user_id, city.seconds()
    )
    updates.tell_join_request(city, polls, chat_id, user_id)


def upgrade(city: City, polls: Polls, chat_id: int) -> int:
    """A group becomes a supergroup: a new chat with the same people, counting from the beginning.
    The old one is told of it in its last message."""
    old = city.chat(chat_id)
    if old is None or old["type"] != "group":
        raise RefusedError("not a group")
    new_id = city.add_chat(
        old["title"], description=old["description"], permissions=json.loads(old["permissions"])
    )
    city.run(
        "INSERT INTO members SELECT ?, user_id, status, until_date, rights, is_member "
        "FROM members WHERE chat_id=?",
        new_id, chat_id,
    )  # fmt: skip
    owner = city.number("SELECT min(user_id) FROM members WHERE chat_id=?", chat_id)
    for place, body in (
        (chat_id, {"migrate_to_chat_id": new_id}),
        (new_id, {"migrate_from_chat_id": chat_id}),
    ):
        message_id = city.add_message(place, owner, body, date=city.seconds())
        tell(city, polls, place, message_id)
    return new_id


def press(city: City, polls: Polls, row: Row, user_id: int, data: str) -> str:
    """Presses an inline button under a bot's message; returns the id of the callback query."""
    keyboard = json.loads(row["body"]).get("reply_markup", {}).get("inline_keyboard", [])
    if data not in {button.get("callback_data") for line in keyboard for button in line}:
        raise RefusedError("no such button")
    bot = city.one("SELECT * FROM bots WHERE user_id=?", row["user_id"])
    if bot is None:
        raise RefusedError("no such button")
    query_id = str(secrets.randbits(62))
    city.run(
        "INSERT INTO callbacks VALUES (?,?,?,?,NULL)",
        query_id, bot["user_id"], user_id, city.now(),
    )  # fmt: skip
    body = {
        "id": query_id,
        "from": shapes.user(city, user_id),
        "message": shapes.message(city, row),
        "chat_instance": str(abs(row["chat_id"])),
        "data": data,
    }
    updates.push(city, polls, bot, "callback_query", body)
    return query_id


def set_rights(
    city: City,
    polls: Polls,
    chat_id: int,
    user_id: int,
    status: str,
    rights: dict[str, bool] | None = None,
) -> None:
    """The owner promotes, demotes or removes somebody, usually a bot."""
    old = city.member(chat_id, user_id)
    owner = city.one("SELECT user_id FROM members WHERE chat_id=? AND status='creator'", chat_id)
    given = shapes.MODERATOR if rights is None and status == "administrator" else rights
    city.set_member(chat_id, user_id, status, rights=given)
    updates.tell_member(city, polls, chat_id, user_id, by=owner[0] if owner else user_id, old=old)


def start_private(city: City, polls: Polls, user_id: int, bot_id: int, text: str) -> int:
    """A person writes to a bot: only from then on may the bot write to them."""
    if city.chat(user_id) is None:
        city.add_chat("", kind="private", permissions={}, chat_id=user_id)
    city.set_member(user_id, user_id, "member")
    old = city.member(user_id, bot_id)
    city.set_member(user_id, bot_id, "member")
    updates.tell_member(city, polls, user_id, bot_id, by=user_id, old=old)
    return post(city, polls, user_id, user_id, text=text)
