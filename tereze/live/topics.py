"""Who may listen to what. A topic is a noun (`reports`) or a noun and a key (`case:Xy…`)."""

from collections.abc import Callable
from typing import Any


Allow = Callable[[Any, str], bool]  # (user, key) -> may listen
TOPICS: dict[str, Allow] = {}


def register_topic(noun: str, allow: Allow) -> None:
    TOPICS[noun] = allow


def allowed(user: Any, topic: str) -> bool:
    noun, _, key = topic.partition(":")
    allow = TOPICS.get(noun)
    return allow is not None and user.is_authenticated and allow(user, key)
