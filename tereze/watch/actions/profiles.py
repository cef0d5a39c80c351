"""What an author's profile says, learned after the message was taken in: no deletion waits for it."""

from django.db import transaction

from tereze.detection import Outcome
from tereze.live import publish
from tereze.watch.actions.incoming import keep_for_people, put_hint
from tereze.watch.actions.judging import Judged
from tereze.watch.beside import Beside, accused
from tereze.watch.models import CALM, Message, Source
from tereze.watch.models.messages import Hint, Standing
from tereze.watch.received import Incoming, author_key
from tereze.watch.workshop import rulebook


def note_profile(*, source: Source, item: Incoming) -> bool:
    """Bring the message to people if its author's profile offers what it leaves out.

    Says whether the profile is worth remembering: a plain advert, under whatever is written next.
    """
    rules = rulebook.rules_of([source.unit_id])[source.unit_id]
    found = accused(item.profile, rules)
    if found is None:
        return False
    raise_message(source, item, Beside(Hint.PROFILE, item.profile, found))
    return found.outcome == Outcome.ILLEGAL


def is_fresh(*, source: Source, item: Incoming) -> bool:
    """Whoever has written here is no fresh account: they are judged by what they wrote."""
    key = author_key(source, item.author) if item.author else ""
    return not Message.objects.filter(source=source, author_key=key).exists()


@transaction.atomic
def raise_message(source: Source, item: Incoming, beside: Beside) -> None:
    rows = Message.objects.select_for_update(of=("self",)).filter(
        source=source, external_id=item.external_id, is_latest=True
    )
    row = rows.select_related("source").first()
    if row is None or row.exempt or row.standing != Standing.QUIET or row.outcome not in CALM:
        return
    put_hint(
        row,
        Judged(source, item, None, hint=Hint.PROFILE, beside=beside, named_by=beside.assessment),
    )
    row.standing = Standing.WAITING
    keep_for_people(row, item)
    row.save()
    publish("wall")
