"""Batches as files: made, handed over, received, applied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze import live
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.casework.actions import Part, StoredPart, hand_over, seal_evidence, store_parts
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.answering import acknowledge, answer
from tereze.disruption.actions.delivery import sent_by_hand
from tereze.disruption.channels.file.judging import Judged, judge
from tereze.disruption.channels.file.reading import Row
from tereze.disruption.channels.file.writing import as_csv, as_xlsx
from tereze.disruption.models import FileIn, FileOut, FileOutRow, Partner, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.vocabulary import ACKNOWLEDGED


LARGEST = 1000  # rows of one file
OUR_TURNS = ("supplied", "still_there", "came_back")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NothingToSendError(ValueError):
    """No request of this partner waits for a file."""


def waiting_for_file(partner: Partner) -> list[Request]:
    """Signed and not handed over yet; back again; or answered by us since the last file."""
    rows = Request.objects.filter(partner=partner, channel=Partner.Channel.FILE)
    rows = rows.filter(state__in=[State.APPROVED, *WITH_PARTNER]).select_related("unit", "evidence")
    return [row for row in rows.order_by("approved_at", "pk") if waits(row)][:LARGEST]


def waits(request: Request) -> bool:
    if request.state in {State.APPROVED, State.REOPENED} or request.undelivered_at is not None:
        return True
    turn = request.steps.filter(event__in=OUR_TURNS).last()
    if turn is None:
        return False
    return not request.file_rows.filter(file__handed_at__gte=turn.at).exists()


def make_file(*, partner: Partner, user: Any) -> FileOut:
    """The table in both forms, sealed. Not in a transaction: files are written first."""
    if not user.can(Permission.REQUEST_DRAFT):
        raise PermissionDenied(Permission.REQUEST_DRAFT)
    requests = waiting_for_file(partner)
    if not requests:
        raise NothingToSendError(partner.slug)
    csv, xlsx = as_csv(requests, partner.language), as_xlsx(requests, partner.language)
    files = store_parts(
        [
            Part("requests.csv", "text/csv", csv, outgoing=True),
            Part("requests.xlsx", XLSX, xlsx, outgoing=True),
        ]
    )
    return keep_file(partner=partner, requests=requests, files=files, user=user)


@transaction.atomic
def keep_file(
    *, partner: Partner, requests: Sequence[Request], files: Sequence[StoredPart], user: Any
) -> FileOut:
    evidence = seal_evidence(
        unit=partner.unit,
        files=files,
        kind=Evidence.Kind.UPLOAD,
        origin=f"file for {partner.slug}",
        by=user.actor,
        subject=("partner", partner.public_id),
        facts={"rows": len(requests)},
    )
    file = FileOut.objects.create(
        unit=partner.unit, partner=partner, evidence=evidence, created_by=user
    )
    FileOutRow.objects.bulk_create(
        FileOutRow(file=file, request=request, position=position)
        for position, request in enumerate(requests, 1)
    )
    record("file.made", target=file, by=user.actor, detail={"rows": len(requests)})
    live.publish("requests")
    return file


def hand_file(*, file: FileOut, how: str, at: datetime, user: Any) -> int:
    """The partner has it: their clocks run. Row by row, so that pressing again finishes it."""
    if not user.can(Permission.REQUEST_DRAFT):
        raise PermissionDenied(Permission.REQUEST_DRAFT)
    delivered = 0
    for row in file.rows.select_related("request__partner__unit", "request__evidence"):
        try:
            delivered += deliver(row.request, how, at, user.actor)
        except UnlawfulStepError:
            continue  # withdrawn, or with the partner already
    with transaction.atomic():
        if FileOut.objects.filter(pk=file.pk, handed_at=None).update(handed_at=at, how=how[:300]):
            hand_over(evidence=file.evidence, to=file.partner.name, by=user.actor)
            record("file.handed", target=file, by=user.actor, detail={"delivered": delivered})
    return delivered


def deliver(request: Request, how: str, at: datetime, by: Actor) -> bool:
    returned = request.undelivered_at is not None
    if request.state not in {State.APPROVED, State.REOPENED} and not returned:
        return False  # it has the clock it had
    sent_by_hand(request=request, how=how, at=at, by=by)
    return True


def receive_file(
    *, partner: Partner, name: str, content: bytes, rows: Sequence[Row], user: Any
) -> tuple[FileIn, bool]:
    """Sealed as it came. The same file again is the same row: (file, whether it is new)."""
    if not user.can(Permission.REQUEST_DRAFT):
        raise PermissionDenied(Permission.REQUEST_DRAFT)
    (stored,) = store_parts([Part("answers", "application/octet-stream", content)])
    with transaction.atomic():
        known = FileIn.objects.filter(partner=partner, sha256=stored.sha256).first()
        if known is not None:
            return known, False
        evidence = seal_evidence(
            unit=partner.unit,
            files=[stored],
            kind=Evidence.Kind.UPLOAD,
            origin=f"file from {partner.slug}",
            by=user.actor,
            subject=("partner", partner.public_id),
            facts={"rows": len(rows)},
        )
        file = FileIn.objects.create(
            unit=partner.unit,
            partner=partner,
            evidence=evidence,
            sha256=stored.sha256,
            name=name[:200],
            rows=[row.as_dict() for row in rows],
            created_by=user,
        )
        record("file.received", target=file, by=user.actor, detail={"rows": len(rows)})
    return file, True


def apply_file(*, file: FileIn, lines: set[int], user: Any) -> int:
    """Record the chosen answers, each for itself. Twice changes nothing: what was answered is."""
    if not user.can(Permission.REQUEST_DRAFT):
        raise PermissionDenied(Permission.REQUEST_DRAFT)
    done = 0
    for row in judge(file):
        if row.is_good and row.line in lines:
            try:
                apply_row(file, row, user)
            except UnlawfulStepError:
                continue
            done += 1
    return done


@transaction.atomic
def apply_row(file: FileIn, row: Judged, user: Any) -> None:
    request = row.request
    assert request is not None  # noqa: S101 - a good row has one
    author = Actor("partner", file.partner.slug, file.partner.name)
    if row.answer == ACKNOWLEDGED:
        acknowledge(request=request, by=author, evidence=file.evidence)
    else:
        answer(
            request=request,
            answer=row.answer,
            text=row.words,
            refusal=row.refusal,
            who=file.partner.name,
            by=author,
            evidence=file.evidence,
        )
    locked = FileIn.objects.select_for_update().get(pk=file.pk)
    locked.applied = [*locked.applied, row.line]
    locked.applied_at = now()
    locked.save(update_fields=["applied", "applied_at"])
    file.applied = locked.applied
    detail = {"line": row.line, "request": request.public_id}
    record("file.applied", target=file, by=user.actor, detail=detail)
