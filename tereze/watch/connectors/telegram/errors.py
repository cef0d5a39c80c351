"""What Telegram answers, in the five ways that matter to us. It is recognised by its words."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from tereze.core.clock import now
from tereze.watch.connectors.base import (
    BusyError,
    NoRightsError,
    NotThereError,
    RefusedError,
    ServiceError,
    Target,
    UnreachableError,
)


class MovedError(BusyError):
    """The group has become a supergroup and goes on under this number."""

    def __init__(self, chat: str) -> None:
        super().__init__(5)
        self.chat = chat


Answer = TypeVar("Answer")
SHORTEST, LONGEST = 0.5, 600.0  # seconds we let the service send us away for, whatever it says
DELETABLE = timedelta(hours=48)
TOO_LARGE = "file is too big"
NO_FILE = ("wrong file_id", "file is temporarily unavailable", "invalid file_id")
GONE = (
    *NO_FILE,
    "message to delete not found",
    "user not found",
    "participant_id_invalid",
    "hide_requester_missing",
    "user_already_participant",
    "message not found",
    "topic_id_invalid",
    "topic_deleted",
    "message thread not found",
)
NO_RIGHTS = ("not enough rights", "administrator rights", "chat_admin_required", "chat not found")
NO_RESTRICT_RIGHT = "not enough rights to restrict"
UNTOUCHABLE = ("is an administrator", "chat owner", "can't restrict self")


async def answered(call: Awaitable[Answer], target: Target | None = None) -> Answer:
    try:
        return await call
    except AiogramError as error:
        raise translated(error, target) from error


def translated(error: AiogramError, target: Target | None) -> ServiceError:
    if isinstance(error, TelegramRetryAfter):
        return BusyError(wait_of(error))
    if isinstance(error, TelegramMigrateToChat):
        return MovedError(str(error.migrate_to_chat_id))
    if isinstance(error, TelegramNetworkError | TelegramServerError | ClientDecodeError):
        return UnreachableError("network")
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):  # of a bot, there is none
        return NoRightsError("token")
    if isinstance(error, TelegramForbiddenError):
        return NoRightsError("kicked")
    if isinstance(error, TelegramBadRequest):
        return refused(error.message, target)
    return RefusedError(str(getattr(error, "message", ""))[:200] or type(error).__name__)


def wait_of(error: TelegramRetryAfter) -> float:
    return min(max(error.retry_after, SHORTEST), LONGEST)


def refused(words: str, target: Target | None) -> ServiceError:
    text = words.lower()
    if TOO_LARGE in text:
        return RefusedError("too_large")
    if any(part in text for part in GONE):
        return NotThereError("not_found")
    if "message can't be deleted" in text:
        # the same words for "too old" and for "no right": the age tells them apart
        sent = target.sent_at if target else None
        too_old = sent is not None and now() - sent >= DELETABLE - timedelta(seconds=5)
        return RefusedError("too_late") if too_old else NoRightsError("no_delete_right")
    if any(part in text for part in UNTOUCHABLE):
        return RefusedError("author_is_administrator")
    if NO_RESTRICT_RIGHT in text:
        return NoRightsError("no_restrict_right")
    if any(part in text for part in NO_RIGHTS):
        return NoRightsError("no_rights")
    if "supergroup" in text:
        return RefusedError("only_supergroups")
    return RefusedError(words[:200])
