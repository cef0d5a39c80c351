"""What was found in a submission, and which reports name the same numbers."""

from collections.abc import Iterable
from datetime import timedelta

from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.linking import actions as linking
from tereze.live import publish
from tereze.watch.indicators import found_in
from tereze.watch.models import (
    FLAGGED,
    Finding,
    Message,
    MessagePicture,
    Source,
    Submission,
    SubmissionFile,
)


MACHINE = Actor.machine("watch")
LINKED_DAYS = timedelta(days=365)


def note(submissions: Iterable[Submission], messages: Iterable[Message]) -> None:
    flagged = list(messages)
    Finding.objects.bulk_create(
        [Finding(submission=one, message=message) for one in submissions for message in flagged],
        ignore_conflicts=True,
    )


def of_pictures(source: Source | None, files: Iterable[SubmissionFile]) -> Iterable[Message]:
    names = {file.sha256 for file in files}
    found: Iterable[Message] = Message.objects.filter(
        source=source, pictures__name__in=names, outcome__in=FLAGGED
    ).distinct()
    return found


def note_picture(picture: MessagePicture) -> None:
    """Called with the message locked, when it is known what its picture says: every submission that
    holds the picture shows what came of it."""
    message = picture.message
    found = Submission.objects.filter(source=message.source_id, files__sha256=picture.name)
    holding = list(found.select_related("unit").distinct())
    if message.outcome in FLAGGED:
        note(holding, [message])
    else:
        Finding.objects.filter(message=message).delete()
    for submission in holding:
        Submission.objects.filter(pk=submission.pk).update(joined=link(submission))
    publish("submissions")


def link(submission: Submission) -> int:
    """Numbers and links of what is illegal become indicators; how many reports name the same."""
    reports: set[str] = set()
    for finding in submission.findings.filter(message__outcome="illegal").select_related("message"):
        message = finding.message
        if message.assessment is None:
            continue  # its term is over; it was linked when it came first
        linked = linking.record_sightings(
            unit=submission.unit,
            subject=linking.Subject("message", message.public_id, message.sent_at),
            found=found_in(message),
            by=MACHINE,
        )
        reports |= {key for kind, key in linked.joined if kind == "report"}
        if message.kept_until is not None:
            message.kept_until = max(message.kept_until, now() + LINKED_DAYS)
            message.save(update_fields=["kept_until"])
    return len(reports)
