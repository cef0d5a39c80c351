"""Updates that a service brings to our address: stored until the watch process has taken them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.watch.connectors.telegram.officers import code_of, private_words
from tereze.watch.models import Delivery, Source


KEPT = timedelta(days=1)  # as long as the service itself keeps what nobody takes


def door_of(bot_key: str) -> str:
    """The part of our address by which we know the bot."""
    return keyed_hash(bot_key, purpose="watch.delivery.door")[:32]


def secret(bot_key: str) -> str:
    """What the service sends along with each update, so that nobody else brings any."""
    return keyed_hash(bot_key, purpose="watch.delivery.secret")


def chats_by_bot() -> dict[str, set[str]]:
    """Which bots may bring what, as it stands at this moment: only chats that may be watched."""
    sources = Source.objects.watchable(now()).filter(kind="telegram")
    found: dict[str, set[str]] = {
        key: set() for key in sources.filter(by_webhook=True).values_list("bot_key", flat=True)
    }
    for bot_key, chat in sources.filter(bot_key__in=found).values_list("bot_key", "chat_id"):
        found[bot_key].add(chat)
    return found


@transaction.atomic
def take(*, bot_key: str, chats: set[str], update: dict[str, Any]) -> bool:
    """Whether it is kept. What comes from a chat that nobody gave us a basis for is not."""
    number = update.get("update_id")
    if not isinstance(number, int):
        return False
    if chats.isdisjoint(chats_in(update)) and not links_an_officer(update):
        return False
    Delivery.objects.get_or_create(bot_key=bot_key, number=number, defaults={"body": update})
    return True


def chats_in(update: dict[str, Any]) -> Iterator[str]:
    for body in update.values():
        chat = body.get("chat") if isinstance(body, dict) else None
        if isinstance(chat, dict):
            yield str(chat.get("id"))


def links_an_officer(update: dict[str, Any]) -> bool:
    """A code written to the bot itself; nothing else of private chats is kept."""
    said = private_words(update)
    return said is not None and bool(code_of(said[1]))


def waiting(*, key: str, limit: int) -> list[Delivery]:
    return list(Delivery.objects.filter(bot_key=key).order_by("number")[:limit])


def taken(*, keys: Sequence[int]) -> None:
    Delivery.objects.filter(pk__in=keys).delete()


def forget() -> None:
    Delivery.objects.filter(at__lt=now() - KEPT).delete()
