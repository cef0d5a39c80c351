"""Keeping a submission whole: evidence like any other, with a ground that somebody names."""

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.casework.actions import StoredPart, seal_evidence
from tereze.casework.models import Evidence
from tereze.live import publish
from tereze.watch.models import Submission


class NothingToKeepError(Exception):
    """The term is over, or it is kept already."""


@transaction.atomic
def keep(*, submission: Submission, number: str, by: User) -> Evidence:
    """Manifest, custody log and time stamp; from here on no term of ours ends it."""
    row = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    files = list(row.files.filter(is_gone=False).order_by("pk"))
    if row.kept_until is None or not files:
        raise NothingToKeepError
    evidence = seal_evidence(
        unit=row.unit,
        files=[
            StoredPart(f"{place:03d}-{file.name}", file.media_type, file.sha256, file.size, False)
            for place, file in enumerate(files, 1)
        ],
        kind=Evidence.Kind.UPLOAD,
        origin=f"WhatsApp {row.number}",
        by=by.actor,
        seen_at=row.at,
        subject=("submission", row.public_id),
        facts={"received_at": row.at.isoformat(), "channel": row.channel, "number": number},
    )
    row.kept_until, row.kept_for = None, number
    row.save(update_fields=["kept_until", "kept_for"])
    record(
        "submission.kept",
        target=row,
        by=by.actor,
        unit=row.unit.slug,
        detail={"number": number, "evidence": evidence.public_id},
    )
    publish("submissions")
    return evidence
