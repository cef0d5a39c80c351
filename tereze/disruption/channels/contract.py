"""What a channel does. Nothing here goes out: a channel only writes down what is to be sent."""

from collections.abc import Callable
from dataclasses import dataclass

from tereze.core.actor import Actor
from tereze.disruption.models import Request


Dispatch = Callable[[Request, Actor], None]


@dataclass(frozen=True)
class Channel:
    """Both are called in the transaction that approves a request, or brings it back."""

    slug: str
    dispatch: Dispatch
    bring_back: Dispatch
