"""The queue of updates of each bot: who sees what, long polls, 24 hours of keeping."""

import asyncio
import json
from typing import Any

from . import shapes
from .errors import ApiError
from .state import City, Row, encode


KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
)
ONLY_WHEN_LISTED = {"chat_member", "message_reaction", "message_reaction_count"}
DEFAULT = [kind for kind in KINDS if kind not in ONLY_WHEN_LISTED]
KEPT_SECONDS = 24 * 3600
LONGEST_POLL = 50
AHEAD = 10  # an offset further in the future is not believed
INSIDE = {"creator", "administrator", "member", "restricted"}

OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
SET_WEBHOOK = "Conflict: terminated by setWebhook request"


class Polls:
    """At most one waiting getUpdates per bot; the later one ends the earlier one."""

    def __init__(self) -> None:
        self.waiting: dict[int, asyncio.Future[None]] = {}
        self.webhooks = asyncio.Event()

    def abort(self, bot_id: int, reason: str) -> None:
        earlier = self.waiting.pop(bot_id, None)
        if earlier is not None and not earlier.done():
            earlier.set_exception(ApiError(409, reason))

    def wake(self, bot_id: int) -> None:
        poll = self.waiting.get(bot_id)
        if poll is not None and not poll.done():
            poll.set_result(None)
        self.webhooks.set()

    def wake_all(self) -> None:
        for bot_id in list(self.waiting):
            self.wake(bot_id)

    async def wait(self, bot_id: int, seconds: float) -> None:
        self.abort(bot_id, OTHER_POLL)
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[bot_id] = poll
        try:
            await asyncio.wait({poll}, timeout=seconds)
            if poll.done():
                poll.result()
        finally:
            if self.waiting.get(bot_id) is poll:
                del self.waiting[bot_id]


def allowed_kinds(bot: Row) -> list[str]:
    return list(json.loads(bot["allowed"])) if bot["allowed"] else DEFAULT


def allow(city: City, bot_id: int, kinds: object) -> None:
    """Remembers the list, as the real server does; an empty list means the default one."""
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        return
    known = [kind for kind in KINDS if kind in {name.lower() for name in kinds}]
    city.run("UPDATE bots SET allowed=? WHERE user_id=?", encode(known) if known else None, bot_id)


def push(city: City, polls: Polls, bot: Row, kind: str, body: dict[str, Any]) -> None:
    if kind not in allowed_kinds(bot):
        return
    update_id = city.number("SELECT next_update FROM bots WHERE user_id=?", bot["user_id"])
    city.run("UPDATE bots SET next_update=next_update+1 WHERE user_id=?", bot["user_id"])
    city.run(
        "INSERT INTO updates VALUES (?,?,?,?,?)",
        bot["user_id"], update_id, kind, encode(body), city.now(),
    )  # fmt: skip
    polls.wake(bot["user_id"])


def forget_old(city: City, bot_id: int) -> None:
    city.run("DELETE FROM updates WHERE bot_id=? AND created<?", bot_id, city.now() - KEPT_SECONDS)


def pending_count(city: City, bot_id: int) -> int:
    forget_old(city, bot_id)
    return city.number("SELECT count(*) FROM updates WHERE bot_id=?", bot_id)


def pending(city: City, bot_id: int, offset: int, limit: int) -> list[dict[str, Any]]:
    """Everything below a positive offset is confirmed; a negative one keeps only the last ones.

    One far beyond the newest update confirms nothing, and the queue is given from its beginning.
    """
    forget_old(city, bot_id)
    newest = city.number("SELECT next_update FROM bots WHERE user_id=?", bot_id)
    offset = 0 if offset > newest + AHEAD else offset
    if offset > 0:
        city.run("DELETE FROM updates WHERE bot_id=? AND update_id<?", bot_id, offset)
    elif offset < 0:
        city.run(
            "DELETE FROM updates WHERE bot_id=? AND update_id NOT IN "
            "(SELECT update_id FROM updates WHERE bot_id=? ORDER BY update_id DESC LIMIT ?)",
            bot_id, bot_id, -offset,
        )  # fmt: skip
    rows = city.rows(
        "SELECT * FROM updates WHERE bot_id=? ORDER BY update_id LIMIT ?", bot_id, limit
    )
    return [{"update_id": row["update_id"], row["kind"]: json.loads(row["body"])} for row in rows]


async def get_updates(
    city: City, polls: Polls, bot: Row, *, offset: int, limit: int, timeout: int
) -> list[dict[str, Any]]:
    if bot["webhook"]:
        raise ApiError(409, WEBHOOK_ACTIVE)
    bot_id = bot["user_id"]
    found = pending(city, bot_id, offset, limit)
    if found or timeout == 0:
        return found
    await polls.wait(bot_id, min(timeout, LONGEST_POLL))
    return pending(city, bot_id, max(offset, 0), limit)


# Who is told what


def listeners(city: City, chat_id: int) -> list[Row]:
    return [bot for bot in city.bots() if city.member(chat_id, bot["user_id"])["status"] in INSIDE]


def hears(city: City, bot: Row, row: Row) -> bool:
    """Bots never see other bots; in privacy mode they see commands, mentions and replies."""
    author = city.user(row["user_id"])
    if author is None or author["is_bot"]:
        return False
    place = city.chat(row["chat_id"])
    if place is None or place["type"] == "private" or bot["reads_all"]:
        return True
    if city.member(row["chat_id"], bot["user_id"])["status"] == "administrator":
        return True
    return addressed_to(city, bot, row)


def addressed_to(city: City, bot: Row, row: Row) -> bool:
    body = json.loads(row["body"])
    text = str(body.get("text") or body.get("caption") or "")
    account = city.user(bot["user_id"])
    if text.startswith("/") or (account and f"@{account['username']}".lower() in text.lower()):
        return True
    original = city.message(row["chat_id"], body.get("reply_to") or 0)
    return bool(body.get("joined") or body.get("left")) or (
        original is not None and original["user_id"] == bot["user_id"]
    )


def tell_message(city: City, polls: Polls, row: Row, *, kind: str = "message") -> None:
    place = city.chat(row["chat_id"])
    if place is not None and place["type"] == "channel":
        kind = {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]
    for bot in listeners(city, row["chat_id"]):
        if hears(city, bot, row):
            push(city, polls, bot, kind, shapes.message(city, row))


def tell_member(
    city: City, polls: Polls, chat_id: int, user_id: int, *, by: int, old: dict[str, Any]
) -> None:
    """`my_chat_member` to the bot itself, `chat_member` to the bots that administer the chat."""
    place = city.chat(chat_id)
    new = city.member(chat_id, user_id)
    if place is None or new == old:
        return
    body = {
        "chat": shapes.chat(city, place),
        "from": shapes.user(city, by),
        "date": city.seconds(),
        "old_chat_member": shapes.describe_member(city, user_id, old),
        "new_chat_member": shapes.describe_member(city, user_id, new),
    }
    for bot in city.bots():
        if bot["user_id"] == user_id:
            push(city, polls, bot, "my_chat_member", body)
        elif city.member(chat_id, bot["user_id"])["status"] == "administrator":
            push(city, polls, bot, "chat_member", body)


def tell_join_request(city: City, polls: Polls, chat_id: int, user_id: int) -> None:
    """To bots that may invite. They learn the description from it, and may write to nobody else."""
    place = city.chat(chat_id)
    if place is None:
        return
    body = {
        "chat": shapes.chat(city, place),
        "from": shapes.user(city, user_id),
        "user_chat_id": user_id,
        "date": city.seconds(),
        **shapes.bio(city, user_id),
    }
    for bot in listeners(city, chat_id):
        found = city.member(chat_id, bot["user_id"])
        if found["status"] == "administrator" and found["rights"].get("can_invite_users"):
            push(city, polls, bot, "chat_join_request", body)


def tell_reaction(
    city: City, polls: Polls, row: Row, user_id: int, old: list[str], new: list[str]
) -> None:
    place = city.chat(row["chat_id"])
    if place is None:
        return
    body = {
        "chat": shapes.chat(city, place),
        "message_id": row["message_id"],
        "user": shapes.user(city, user_id),
        "date": city.seconds(),
        "old_reaction": [{"type": "emoji", "emoji": emoji} for emoji in old],
        "new_reaction": [{"type": "emoji", "emoji": emoji} for emoji in new],
    }
    for bot in listeners(city, row["chat_id"]):
        if city.member(row["chat_id"], bot["user_id"])["status"] == "administrator":
            push(city, polls, bot, "message_reaction", body)
