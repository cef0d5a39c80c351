"""The thread between the two sides of a request."""

from django.db import transaction

from tereze import live
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.disruption.models import Request, Word
from tereze.disruption.webhooks import outbox


LONGEST = 2000


@transaction.atomic
def say(
    *, request: Request, kind: str, text: str, by: Actor, from_partner: bool, who: str = ""
) -> Word:
    """A question, a reply, an appeal or the decision on one. Changes no state and stops no clock."""
    word = Word.objects.create(
        request=request,
        kind=kind,
        text=text.strip()[:LONGEST],
        author=(who or by.name)[:200],
        from_partner=from_partner,
    )
    record(f"word.{kind}", target=request, by=by, detail={"word": word.public_id})
    outbox.tell_word(word)
    live.publish("requests")
    live.publish(f"request:{request.public_id}")
    live.publish(f"portal:{request.partner.public_id}")
    return word
