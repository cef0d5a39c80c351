"""Forgetting at the end of the term: harmless messages wholly, the rest down to the figures."""

from django.db import transaction

from tereze.core.clock import now
from tereze.watch.models import Message


BATCH = 500


def forget_all() -> int:
    """Everything whose term is over, in short transactions."""
    total = 0
    while (gone := forget_some()) > 0:
        total += gone
    return total


@transaction.atomic
def forget_some() -> int:
    """What was decided about keeps its figures, without a word of text and without an author."""
    over = Message.objects.filter(kept_until__lte=now()).order_by("kept_until")
    keys = list(over.values_list("pk", flat=True)[:BATCH])
    chosen = Message.objects.filter(pk__in=keys)
    decided = list(chosen.filter(decisions__isnull=False).values_list("pk", flat=True))
    Message.objects.filter(pk__in=decided).update(
        text=None,
        masked="",
        assessment=None,
        author=None,
        author_key="",
        author_trail="",
        text_key="",
        kept_until=None,
    )
    Message.objects.filter(pk__in=set(keys) - set(decided)).delete()
    return len(keys)
