"""Files: into the vault first, then the rows that name them. A crash between leaves no row."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from tereze.audit.models import record
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.intake.media import DANGEROUS, MAX_FILE, MAX_FILES, PICTURES, sniff
from tereze.intake.models import Attachment, AttachmentPicture, Report
from tereze.intake.statement import storable
from tereze.live import publish


LONGEST_NAME = 200


@dataclass(frozen=True)
class Incoming:
    name: str
    content: bytes
    problem: str = ""  # why the door already refused it: `big`, `many`


@dataclass(frozen=True)
class StoredFile:
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Stored:
    files: tuple[StoredFile, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  # (name, why)


def store_files(files: Iterable[Incoming], *, overflow: str = "") -> Stored:
    """Put the files into the vault. What cannot be taken is named, never a reason to refuse all."""
    kept: dict[str, StoredFile] = {}
    refused: list[tuple[str, str]] = []
    incoming = [*files]
    if overflow:
        incoming.insert(0, Incoming("text.txt", overflow.encode()))
    for file in incoming:
        name = storable(file.name)[:LONGEST_NAME]
        problem = file.problem or problem_with(file.content, len(kept))
        if problem:
            refused.append((name, problem))
            continue
        stored = vault.store(file.content)
        kept.setdefault(
            stored.sha256, StoredFile(name, sniff(file.content), stored.size, stored.sha256)
        )
    return Stored(tuple(kept.values()), tuple(refused))


def problem_with(content: bytes, taken: int) -> str:
    if not content:
        return "empty"
    if len(content) > MAX_FILE:
        return "big"
    return "many" if taken >= MAX_FILES else ""


def add_rows(report: Report, stored: Stored, by: Actor) -> list[Attachment]:
    rows = Attachment.objects.bulk_create(
        Attachment(
            report=report,
            by=str(by),
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            is_dangerous=file.media_type in DANGEROUS,
        )
        for file in stored.files
    )
    at = now()
    AttachmentPicture.objects.bulk_create(
        AttachmentPicture(attachment=row, next_action_at=at)
        for row in rows
        if row.media_type in PICTURES
    )
    return rows


def add_attachments(*, report: Report, files: Iterable[Incoming], by: Actor) -> Stored:
    """Files that come later, from the resident or from an officer."""
    stored = store_files(files)
    if stored.files:
        attach(report=report, stored=stored, by=by)
    return stored


@transaction.atomic
def attach(*, report: Report, stored: Stored, by: Actor) -> None:
    known = set(report.attachments.values_list("sha256", flat=True))
    fresh = Stored(tuple(file for file in stored.files if file.sha256 not in known))
    if not fresh.files:
        return
    add_rows(report, fresh, by)
    record("report.files_added", target=report, by=by, detail={"files": len(fresh.files)})
    publish("reports")
    publish(f"report:{report.public_id}")
