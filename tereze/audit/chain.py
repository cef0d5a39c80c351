"""Sealing: committed rows get their place in a chain, within a second, by one sealer.

A head locked inside every action would cost two thirds of the throughput, so rows are chained after
their commit. Each seal is an HMAC-SHA-256 over the row and the seal before it, under a key that is
not in the database: whoever can write to the database still cannot make a chain that fits. Where it
ended is kept outside as well (`witness`), so that nobody can cut it or let the sealer begin anew.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from tereze.audit import witness
from tereze.audit.models import AuditEvent, ChainHead
from tereze.audit.witness import Mark
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
    remember_head()


def remember_head() -> None:
    """A chain that lost the link we remember moves no mark: `audit verify` says where it broke."""
    head, known = chain_head(), witness.recall()
    if head is not None and head != known and not (known and is_lost(known)):
        witness.remember(head)


def chain_head() -> Mark | None:
    head = ChainHead.objects.filter(pk=1, position__gt=0).first()
    return Mark(head.position, head.seal) if head else None


def is_lost(known: Mark) -> bool:
    return not AuditEvent.objects.filter(position=known.position, seal=known.seal).exists()


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
    last: str = ""  # the seal of the last link
    broken_at: int | None = None
    why: str = ""


def verify(*remembered: Mark) -> Verdict:
    """Walk the whole chain. Says where it first breaks, and how many rows still wait for a seal.

    `remembered` are links that somebody wrote down elsewhere; our own file and the head add theirs.
    They are read before the walk: a chain that grows meanwhile is no broken one.
    """
    unsealed = AuditEvent.objects.filter(position=None).count()
    marks = [mark for mark in (*remembered, witness.recall(), chain_head()) if mark]
    position, previous = 0, ""
    try:
        for event in AuditEvent.objects.exclude(position=None).order_by("position").iterator():
            why = fault(event, position + 1, previous, marks)
            if why:
                return Verdict(position, unsealed, previous, position + 1, why)
            position, previous = position + 1, event.seal
    except (ValueError, TypeError):  # what stands in a column is no longer of its kind
        return Verdict(position, unsealed, previous, position + 1, "altered: cannot be read")
    head = chain_head()
    if (head.position if head else 0) < position or any(m.position > position for m in marks):
        return Verdict(position, unsealed, previous, position + 1, "rows are missing at the end")
    return Verdict(position, unsealed, previous)


def fault(event: AuditEvent, position: int, previous: str, marks: list[Mark]) -> str:
    """What is wrong with this link, or nothing."""
    if event.position != position:
        return "a row is missing"
    if event.previous != previous or event.seal != seal_of(event, position, previous):
        return f"altered: {event.kind} {event.target}"
    if any(mark.position == position and mark.seal != event.seal for mark in marks):
        return "rewritten: this is not the link that was remembered"
    return ""
