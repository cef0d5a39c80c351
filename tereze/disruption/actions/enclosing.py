"""Files that go with a request, and whether a signature among them holds."""

from django.conf import settings
from django.db import transaction

from tereze.casework.actions import Part, StoredPart, seal_evidence, store_parts
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.document import NAME, document_of
from tereze.disruption.models import Enclosure, Request
from tereze.disruption.transitions import move


def store_enclosure(request: Request, kind: str, name: str, content: bytes) -> list[StoredPart]:
    """Into the vault, before the action. A signature lies beside the very document it signs."""
    parts = [Part(name, "application/octet-stream", content, outgoing=True)]
    if kind == Enclosure.Kind.SIGNATURE:
        parts.append(Part(NAME, "text/plain; charset=utf-8", document_of(request), outgoing=True))
    return store_parts(parts)


@transaction.atomic
def enclose(
    *, request: Request, kind: str, name: str, files: list[StoredPart], by: Actor
) -> Enclosure:
    """Seal it and put it with the request. A signature is checked by the worker, if there is a tool."""
    evidence = seal_evidence(
        unit=request.unit,
        files=files,
        kind=Evidence.Kind.UPLOAD,
        origin=str(Enclosure.Kind(kind).label),
        by=by,
        subject=("request", request.public_id),
    )
    state, due_at = Enclosure.State.KEPT, None
    if kind == Enclosure.Kind.SIGNATURE:
        has_tool = bool(settings.SIGNATURE_VERIFIER)
        state = Enclosure.State.WAITING if has_tool else Enclosure.State.NO_TOOL
        due_at = now() if has_tool else None
    row = Enclosure.objects.create(
        request=request,
        kind=kind,
        evidence=evidence,
        name=name,
        state=state,
        next_action_at=due_at,
        by=by.name,
    )
    move(request, "enclosed", by=by, note=str(Enclosure.Kind(kind).label), evidence=evidence)
    return row


@transaction.atomic
def record_check(*, enclosure: Enclosure, holds: bool, note: str, by: Actor) -> None:
    state = Enclosure.State.HOLDS if holds else Enclosure.State.BROKEN
    Enclosure.objects.filter(pk=enclosure.pk).update(
        state=state, note=note[:1000], next_action_at=None
    )
    move(
        enclosure.request,
        "signature_checked",
        by=by,
        note=str(state.label),
        evidence=enclosure.evidence,
    )
