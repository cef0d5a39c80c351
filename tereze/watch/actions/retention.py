"""Forgetting at the end of the term: harmless messages wholly, the rest down to the figures."""

from django.db import transaction

from tereze.core.clock import now
from tereze.watch.actions import pictures
from tereze.watch.models import Message, MessagePicture


BATCH = 500


def forget_all() -> int:
    """Everything whose term is over, in short transactions."""
    total = 0
    while keys := over():
        pictures.forget_files(keys)
        forget_some(keys)
        total += len(keys)
    return total


def over() -> list[int]:
    found = Message.objects.filter(kept_until__lte=now()).order_by("kept_until")
    return list(found.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def forget_some(keys: list[int]) -> None:
    """What was decided about keeps its figures, without a word of text and without an author."""
    MessagePicture.objects.filter(message__in=keys, seal=None).delete()
    MessagePicture.objects.filter(message__in=keys).update(
        words=None, masked="", assessment=None, author=None, photo_hash="", first=None
    )
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
