"""Their system is told, or comes by itself: whichever is first has it delivered.

With a webhook the news `request.created` is due at once, and its acceptance (2xx) delivers; without
one the request stands in their list and the first fetch delivers (`partner_api/reading.py`).
"""

from tereze.core.actor import Actor
from tereze.disruption.channels.contract import Channel
from tereze.disruption.documents import summary
from tereze.disruption.models import Request
from tereze.disruption.webhooks import outbox


def dispatch(request: Request, by: Actor) -> None:
    outbox.tell(request.partner, outbox.CREATED, request, {"request": summary(request)})


def bring_back(request: Request, by: Actor) -> None:
    """The step itself has told them."""


CHANNEL = Channel("api", dispatch, bring_back)
