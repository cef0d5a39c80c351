"""An officer carries it: copies the text into the partner's form or messenger and says when."""

from tereze.core.actor import Actor
from tereze.disruption.channels.contract import Channel
from tereze.disruption.models import Request


def dispatch(request: Request, by: Actor) -> None:
    """It waits, approved, until an officer has sent it (`actions.sent_by_hand`)."""


def bring_back(request: Request, by: Actor) -> None:
    """The officer sees it in the queue and writes to the partner again."""


CHANNEL = Channel("by_hand", dispatch, bring_back)
