"""May this bot do this here? Errors as the real server words them."""

import json
from dataclasses import dataclass

from .errors import bad_request, forbidden, moved
from .limits import SendLimits
from .params import Params, whole
from .state import City, Row
from .updates import Polls


@dataclass
class Call:
    """One call of a method by one bot."""

    city: City
    polls: Polls
    limits: SendLimits
    bot: Row
    params: Params

    @property
    def bot_id(self) -> int:
        return int(self.bot["user_id"])


def find_chat(call: Call) -> Row:
    given = call.params.text("chat_id").strip().strip('"')
    if not given:
        raise bad_request("chat_id is empty")
    if given.startswith("@"):
        row = call.city.one(
            "SELECT * FROM chats WHERE username!='' AND lower(username)=lower(?)", given[1:]
        )
    else:
        row = call.city.chat(whole(given))
    if row is None and call.city.user(whole(given)):
        raise forbidden("bot can't initiate conversation with a user")
    if row is None:
        raise bad_request("chat not found")
    return row


def place(call: Call) -> Row:
    """The chat of the call, with the bot inside it."""
    row = find_chat(call)
    known = call.city.one(
        "SELECT 1 FROM members WHERE chat_id=? AND user_id=?", row["id"], call.bot_id
    )
    status = call.city.member(row["id"], call.bot_id)["status"]
    if row["type"] == "group" and (new := call.city.moved_to(row["id"])):
        raise moved(new)
    if row["type"] == "private":
        if status == "kicked":
            raise forbidden("bot was blocked by the user")
        if status == "left":
            raise forbidden("bot can't initiate conversation with a user")
    elif known is None and not row["username"]:
        raise bad_request("chat not found")
    elif status == "kicked":
        raise forbidden(f"bot was kicked from the {row['type']} chat")
    elif status == "left":
        raise forbidden(f"bot is not a member of the {row['type']} chat")
    return row


def has_right(call: Call, chat: Row, right: str) -> bool:
    found = call.city.member(chat["id"], call.bot_id)
    return found["status"] == "creator" or (
        found["status"] == "administrator" and bool(found["rights"].get(right))
    )


def require_restrict(call: Call, chat: Row) -> None:
    if chat["type"] == "channel" and not has_right(call, chat, "can_restrict_members"):
        raise bad_request("need administrator rights in the channel chat")
    if not has_right(call, chat, "can_restrict_members"):
        raise bad_request("not enough rights to restrict/unrestrict chat member")


def require_sending(call: Call, chat: Row) -> None:
    found = call.city.member(chat["id"], call.bot_id)
    everyone = json.loads(chat["permissions"])
    closed = found["status"] == "member" and not everyone.get("can_send_messages", True)
    silenced = found["status"] == "restricted" and not found["rights"].get("can_send_messages")
    if chat["type"] == "channel" and not has_right(call, chat, "can_post_messages"):
        raise bad_request("need administrator rights in the channel chat")
    if closed or silenced:
        raise bad_request("not enough rights to send text messages to the chat")


def target_user(call: Call) -> int:
    user_id = call.params.integer("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if call.city.user(user_id) is None:
        raise bad_request("user not found")
    return user_id
