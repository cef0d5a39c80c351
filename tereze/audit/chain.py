"""Sealing: committed rows get their place in a chain, within a second, by one sealer.

A head locked inside every action would cost two thirds of the throughput, so rows are chained after
their commit. Each seal is an HMAC-SHA-256 over the row and the seal before it, under a key that is
not in the database: whoever can write to the database still cannot make a chain that fits.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from tereze.audit.models import AuditEvent, ChainHead
from tereze.core import due
from tereze.core.clock import now


BATCH = 500


def seal_of(event: AuditEvent, position: int, previous: str) -> str:
    content = [
        position,
        previous,
        event.at.isoformat(),
        event.kind,
        event.target,
        event.actor_kind,
        event.actor_key,
        event.actor_name,
        event.unit,
        event.detail,
    ]
    key = hmac.digest(settings.DATA_KEYS[-1], b"audit", "sha256")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@due.every(1, name="audit.seal")
def seal_committed() -> None:
    while seal_batch() == BATCH:
        pass


@transaction.atomic
def seal_batch() -> int:
    head, _ = ChainHead.objects.select_for_update().get_or_create(pk=1)
    waiting = list(AuditEvent.objects.filter(position=None).order_by("pk")[:BATCH])
    for event in waiting:
        event.position, event.previous = head.position + 1, head.seal
        event.seal = seal_of(event, event.position, event.previous)
        head.position, head.seal = event.position, event.seal
    if waiting:
        AuditEvent.objects.bulk_update(waiting, ["position", "previous", "seal"])
        head.at = now()
        head.save()
    return len(waiting)


@dataclass(frozen=True)
class Verdict:
    sealed: int
    unsealed: int
    broken_at: int | None = None
    why: str = ""


def verify() -> Verdict:
    """Walk the whole chain. Says where it first breaks, and how many rows still wait for a seal."""
    unsealed = AuditEvent.objects.filter(position=None).count()
    position, previous = 0, ""
    for event in AuditEvent.objects.exclude(position=None).order_by("position").iterator():
        position += 1
        if event.position != position:
            return Verdict(position - 1, unsealed, position, "a row is missing")
        if event.previous != previous or event.seal != seal_of(event, position, previous):
            return Verdict(
                position - 1, unsealed, position, f"altered: {event.kind} {event.target}"
            )
        previous = event.seal
    head = ChainHead.objects.filter(pk=1).first()
    if head is not None and (head.position, head.seal) != (position, previous):
        return Verdict(position, unsealed, position + 1, "rows are missing at the end")
    return Verdict(position, unsealed)
