"""The partner's people log in and find the request in their queue: delivered once approved."""

from tereze.core.actor import Actor
from tereze.disruption.actions.delivery import mark_delivered
from tereze.disruption.channels.contract import Channel
from tereze.disruption.models import Request


def dispatch(request: Request, by: Actor) -> None:
    mark_delivered(request=request, by=by)


def bring_back(request: Request, by: Actor) -> None:
    """Nothing to send: the request stands in their queue again."""


CHANNEL = Channel("portal", dispatch, bring_back)
