"""Sealing evidence, and every later hand it passes through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tereze import live
from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.casework.custody import digest, seal_of
from tereze.casework.instructions import StampFiles
from tereze.casework.models import CustodyEntry, Evidence, EvidenceFile, Stamp
from tereze.casework.package import Package, build
from tereze.casework.timestamps import Token
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now


@dataclass(frozen=True)
class Part:
    name: str
    media_type: str
    content: bytes
    outgoing: bool = False


@dataclass(frozen=True)
class StoredPart:
    name: str
    media_type: str
    sha256: str
    size: int
    outgoing: bool


def store_parts(parts: Iterable[Part]) -> list[StoredPart]:
    """Put the files into the vault. Comes before the action: no file work in a transaction."""
    stored = []
    for part in parts:
        file = vault.store(part.content)
        stored.append(StoredPart(part.name, part.media_type, file.sha256, file.size, part.outgoing))
    return stored


@transaction.atomic
def seal_evidence(
    *,
    unit: Unit,
    files: Iterable[StoredPart],
    kind: str,
    origin: str,
    by: Actor,
    seen_at: datetime | None = None,
    subject: tuple[str, str] = ("", ""),
    facts: dict[str, Any] | None = None,
) -> Evidence:
    """Fix what was seen: a manifest of all files by SHA-256, and the first custody entry.

    `facts` stand in the manifest (status, redirects, time); nothing in it is personal data.
    """
    files = list(files)
    evidence = Evidence(
        unit=unit,
        kind=kind,
        origin=origin,
        subject_kind=subject[0],
        subject_key=subject[1],
        seen_at=seen_at or now(),
    )
    evidence.manifest = {
        "evidence": evidence.public_id,
        "kind": kind,
        "origin": origin,
        "seen_at": evidence.seen_at.isoformat(),
        "sealed_at": evidence.sealed_at.isoformat(),
        "unit": unit.slug,
        "facts": facts or {},
        "files": [
            {"name": f.name, "media_type": f.media_type, "sha256": f.sha256, "size": f.size}
            for f in sorted(files, key=lambda file: file.name)
        ],
    }
    evidence.manifest_sha256 = digest(evidence.manifest)
    evidence.save()
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            evidence=evidence,
            name=f.name,
            media_type=f.media_type,
            sha256=f.sha256,
            size=f.size,
            outgoing=f.outgoing,
        )
        for f in files
    )
    add_entry(evidence, CustodyEntry.Act.SEALED, by=by)
    # the authority is asked afterwards, by the worker: it may be slow, or not there at all
    Stamp.objects.create(evidence=evidence, next_action_at=now() if settings.TSA_URL else None)
    record(
        "evidence.sealed",
        target=evidence,
        by=by,
        detail={"manifest_sha256": evidence.manifest_sha256},
    )
    return evidence


@transaction.atomic
def add_stamp(*, stamp: Stamp, token: Token, answer: bytes, local: bool, by: Actor) -> None:
    """The authority's word has come. A second one, after a crash, changes nothing."""
    fresh = Stamp.objects.filter(pk=stamp.pk, stamped_at=None).update(
        stamped_at=token.at,
        authority=token.authority,
        local=local,
        serial=token.serial,
        answer=answer,
        root=token.root,
        chain=token.chain,
        next_action_at=None,
    )
    if not fresh:
        return
    evidence = stamp.evidence
    add_entry(evidence, CustodyEntry.Act.STAMPED, by=by, to=token.authority)
    record(
        "evidence.stamped",
        target=evidence,
        by=by,
        detail={"authority": token.authority, "at": token.at.isoformat(), "local": local},
    )
    live.publish(f"{evidence.subject_kind}:{evidence.subject_key}")


@transaction.atomic
def note_reading(*, evidence: Evidence, by: Actor) -> None:
    add_entry(evidence, CustodyEntry.Act.READ, by=by)
    record("evidence.read", target=evidence, by=by)


@transaction.atomic
def hand_over(*, evidence: Evidence, to: str, by: Actor) -> None:
    """It left the house, or changed hands inside it."""
    add_entry(evidence, CustodyEntry.Act.HANDED_OVER, by=by, to=to)
    record("evidence.handed_over", target=evidence, by=by, detail={"to": to})


def export(*, evidence: Evidence, by: Actor, to: str = "") -> Package:
    """A package that anybody can verify with standard tools. The export itself is in its log."""
    with transaction.atomic():
        add_entry(evidence, CustodyEntry.Act.EXPORTED, by=by, to=to)
        record("evidence.exported", target=evidence, by=by, detail={"to": to})
        log = custody_log(evidence)
        stamp = Stamp.objects.filter(evidence=evidence).exclude(stamped_at=None).first()
    contents = {file.name: file.content() for file in evidence.files.all()}
    files = files_of(stamp) if stamp else None
    return build(evidence.public_id, evidence.manifest, log, contents, files)


def files_of(stamp: Stamp) -> StampFiles:
    return StampFiles(
        answer=bytes(stamp.answer or b""),
        root=stamp.root.encode(),
        chain=stamp.chain.encode(),
        authority=stamp.authority,
        local=stamp.local,
    )


def as_entry(row: CustodyEntry) -> dict[str, Any]:
    return {
        "position": row.position,
        "at": row.at.isoformat(),
        "act": row.act,
        "actor_kind": row.actor_kind,
        "actor_key": row.actor_key,
        "actor_name": row.actor_name,
        "to": row.to,
        "previous": row.previous,
        "seal": row.seal,
    }


def custody_log(evidence: Evidence) -> list[dict[str, Any]]:
    return [as_entry(row) for row in evidence.custody.order_by("position")]


def add_entry(evidence: Evidence, act: str, *, by: Actor, to: str = "") -> CustodyEntry:
    # the evidence's row is the lock: two hands at once are noted one after the other
    Evidence.objects.select_for_update().get(pk=evidence.pk)
    last = evidence.custody.order_by("-position").first()
    row = CustodyEntry(
        evidence=evidence,
        position=last.position + 1 if last else 1,
        act=act,
        actor_kind=by.kind,
        actor_key=by.key,
        actor_name=by.name,
        to=to,
        previous=last.seal if last else evidence.manifest_sha256,
    )
    row.seal = seal_of(as_entry(row))
    row.save()
    return row
