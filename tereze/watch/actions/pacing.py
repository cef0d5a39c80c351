"""Whose turn it is to post in a chat: explanations and reposted texts together, from any process.

A turn is taken before the call and stays taken whatever becomes of it: a call nobody answered may
have posted. Telegram takes twenty messages a minute in a group and one a second.
"""

from django.db import transaction

from tereze.core.clock import now
from tereze.watch.models import Pace, Source


MOST, WITHIN = 20, 60.0
APART = 1.0  # seconds


@transaction.atomic
def turn(source_id: int) -> float:
    """Nothing: it is ours. Otherwise seconds to wait."""
    pace, at = locked(source_id), now().timestamp()
    lately = sorted(moment for moment in pace.posted if at - WITHIN < moment <= at)
    free_at = max(
        pace.not_before,
        lately[-1] + APART if lately else 0,
        lately[-MOST] + WITHIN if len(lately) >= MOST else 0,
    )
    if free_at > at:
        return free_at - at
    pace.posted = [*lately, at]
    pace.save(update_fields=["posted"])
    return 0


@transaction.atomic
def told_to_wait(source_id: int, seconds: float) -> None:
    """By the service, for this chat: what another process would post waits, too."""
    pace = locked(source_id)
    pace.not_before = max(pace.not_before, now().timestamp() + seconds)
    pace.save(update_fields=["not_before"])


def locked(source_id: int) -> Pace:
    kind, chat = Source.objects.values_list("kind", "chat_id").get(pk=source_id)
    name = f"{kind}:{chat}"
    Pace.objects.bulk_create([Pace(chat=name)], ignore_conflicts=True)
    return Pace.objects.select_for_update().get(chat=name)
