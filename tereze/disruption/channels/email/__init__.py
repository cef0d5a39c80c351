"""A letter over SMTP with a link under which the partner answers without a log-in."""

from tereze.core.actor import Actor
from tereze.disruption.channels.contract import Channel
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.models import Letter, Request


def dispatch(request: Request, by: Actor) -> None:
    write_letter(request, Letter.Purpose.REQUEST)


def bring_back(request: Request, by: Actor) -> None:
    write_letter(request, Letter.Purpose.AGAIN)


CHANNEL = Channel("email", dispatch, bring_back)
