"""Methods about chats and their members: ban, restrict, look."""

import json
from typing import Any

from . import residents, shapes, updates
from .access import Call, has_right, place, require_restrict, target_user
from .errors import bad_request
from .methods import Method
from .state import Row


SHORTEST = 30
LONGEST = 366 * 24 * 3600
INSIDE = ("creator", "administrator", "member")
MEDIA = ("audios", "documents", "photos", "videos", "video_notes", "voice_notes")


def until_date(call: Call) -> int:
    """Less than 30 seconds or more than 366 days from now means forever."""
    given = call.params.integer("until_date")
    ahead = given - call.city.seconds()
    return given if SHORTEST <= ahead <= LONGEST else 0


def check_target(call: Call, chat: Row, user_id: int) -> dict[str, Any]:
    if user_id == call.bot_id:
        raise bad_request("can't restrict self")
    found = call.city.member(chat["id"], user_id)
    if found["status"] == "creator":
        raise bad_request("can't remove chat owner")
    if found["status"] == "administrator":
        raise bad_request("user is an administrator of the chat")
    return found


def told(call: Call, chat: Row, user_id: int, old: dict[str, Any]) -> bool:
    updates.tell_member(call.city, call.polls, chat["id"], user_id, by=call.bot_id, old=old)
    return True


async def ban_chat_member(call: Call) -> Any:
    """In a supergroup the ban erases everything the user wrote, whatever was asked."""
    chat = place(call)
    if chat["type"] == "private":
        raise bad_request("can't ban members in private chats")
    require_restrict(call, chat)
    user_id = target_user(call)
    old = check_target(call, chat, user_id)
    call.city.set_member(chat["id"], user_id, "kicked", until_date=until_date(call))
    if chat["type"] == "supergroup" or call.params.flag("revoke_messages"):
        call.city.erase_author(chat["id"], user_id, by=call.bot_id)
    return told(call, chat, user_id, old)


async def unban_chat_member(call: Call) -> Any:
    """Without only_if_banned a member is removed from the chat too (and may join again)."""
    chat = place(call)
    if chat["type"] not in {"supergroup", "channel"}:
        raise bad_request("method is available for supergroup and channel chats only")
    require_restrict(call, chat)
    user_id = target_user(call)
    old = call.city.member(chat["id"], user_id)
    if call.params.flag("only_if_banned") and old["status"] != "kicked":
        return True
    check_target(call, chat, user_id)
    if old["status"] != "left":
        call.city.set_member(chat["id"], user_id, "left")
    return told(call, chat, user_id, old)


def wanted_permissions(call: Call) -> dict[str, bool]:
    """As the server reads them: one kind of sending implies those it depends on."""
    given = call.params.structure("permissions", "can't parse chat permissions JSON object")
    if not isinstance(given, dict):
        raise bad_request("object expected as permissions")
    found = {name: bool(given.get(name)) for name in shapes.PERMISSIONS}
    if call.params.flag("use_independent_chat_permissions"):
        return found
    others = any(found[name] for name in ("can_send_other_messages", "can_add_web_page_previews"))
    if others:
        found.update({f"can_send_{kind}": True for kind in MEDIA})
    if others or found["can_send_polls"] or any(found[f"can_send_{kind}"] for kind in MEDIA):
        found["can_send_messages"] = True
    return found


async def restrict_chat_member(call: Call) -> Any:
    chat = place(call)
    if chat["type"] != "supergroup":
        raise bad_request("method is available only for supergroups")
    permissions = wanted_permissions(call)
    require_restrict(call, chat)
    user_id = target_user(call)
    old = check_target(call, chat, user_id)
    inside = old["is_member"] or old["status"] in INSIDE
    everyone = json.loads(chat["permissions"])
    lifted = all(permissions[name] or not everyone.get(name) for name in shapes.PERMISSIONS)
    if lifted and inside:
        call.city.set_member(chat["id"], user_id, "member")
    elif lifted:
        call.city.set_member(chat["id"], user_id, "left")
    else:
        call.city.set_member(
            chat["id"], user_id, "restricted",
            until_date=until_date(call), rights=permissions, is_member=inside,
        )  # fmt: skip
    return told(call, chat, user_id, old)


async def get_chat_member(call: Call) -> Any:
    chat = place(call)
    return shapes.member(call.city, chat["id"], target_user(call))


async def get_chat_administrators(call: Call) -> Any:
    chat = place(call)
    if chat["type"] == "private":
        raise bad_request("there are no administrators in the private chat")
    members = [
        shapes.member(call.city, chat["id"], user_id)
        for user_id in call.city.member_ids(chat["id"])
    ]
    return [
        member
        for member in members
        if member["status"] in {"creator", "administrator"}
        and (not member["user"]["is_bot"] or member["user"]["id"] == call.bot_id)
    ]


async def get_chat_member_count(call: Call) -> Any:
    chat = place(call)
    found = (call.city.member(chat["id"], uid) for uid in call.city.member_ids(chat["id"]))
    return sum(member["status"] in INSIDE or member["is_member"] for member in found)


async def get_chat(call: Call) -> Any:
    """A chat, or a person whom the bot has met in one."""
    given = call.params.integer("chat_id")
    if given > 0 and has_met(call, given):
        return shapes.account(call.city, given)
    return shapes.full_chat(call.city, place(call))


def has_met(call: Call, user_id: int) -> bool:
    return bool(
        call.city.number(
            "SELECT count(*) FROM members a JOIN members b ON a.chat_id=b.chat_id "
            "WHERE a.user_id=? AND b.user_id=?",
            user_id,
            call.bot_id,
        )
    )


async def decline_chat_join_request(call: Call) -> Any:
    return answer_request(call, let_in=False)


async def approve_chat_join_request(call: Call) -> Any:
    return answer_request(call, let_in=True)


def answer_request(call: Call, *, let_in: bool) -> bool:
    chat = place(call)
    if not has_right(call, chat, "can_invite_users"):
        raise bad_request("not enough rights")
    user_id = target_user(call)
    found = call.city.run(
        "DELETE FROM join_requests WHERE chat_id=? AND user_id=?", chat["id"], user_id
    )
    if not found.rowcount:
        raise bad_request("HIDE_REQUESTER_MISSING")
    if let_in:
        residents.join(call.city, call.polls, chat["id"], user_id)
    return True


async def delete_message_reaction(call: Call) -> Any:
    """Of one person under one message. Nothing tells whether there was one."""
    chat = place(call)
    if not has_right(call, chat, "can_delete_messages"):
        raise bad_request("not enough rights")
    row = call.city.message(chat["id"], call.params.integer("message_id"))
    if row is None:
        raise bad_request("message not found")
    residents.take_reaction_away(call.city, row, target_user(call))
    return True


async def leave_chat(call: Call) -> Any:
    chat = place(call)
    if chat["type"] == "private":
        raise bad_request("chat member status can't be changed in private chats")
    old = call.city.member(chat["id"], call.bot_id)
    call.city.set_member(chat["id"], call.bot_id, "left")
    return told(call, chat, call.bot_id, old)


METHODS: dict[str, Method] = {
    "banchatmember": ban_chat_member,
    "kickchatmember": ban_chat_member,
    "unbanchatmember": unban_chat_member,
    "restrictchatmember": restrict_chat_member,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "getchatmemberscount": get_chat_member_count,
    "getchat": get_chat,
    "declinechatjoinrequest": decline_chat_join_request,
    "approvechatjoinrequest": approve_chat_join_request,
    "deletemessagereaction": delete_message_reaction,
    "leavechat": leave_chat,
}
