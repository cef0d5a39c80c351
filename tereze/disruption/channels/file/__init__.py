"""A table out, the same table filled back in: for partners that want only that."""

from tereze.core.actor import Actor
from tereze.disruption.channels.contract import Channel
from tereze.disruption.models import Request


def dispatch(request: Request, by: Actor) -> None:
    """It waits, approved, for the next file; delivered once somebody has handed that over."""


def bring_back(request: Request, by: Actor) -> None:
    """It stands in the next file again."""


CHANNEL = Channel("file", dispatch, bring_back)
