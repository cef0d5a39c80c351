"""Forgetting at the end of the term: harmless messages wholly, the rest down to the figures."""

from django.db import transaction

from tereze.audit.models import record
from tereze.casework.models import EvidenceFile
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.intake.models import Attachment
from tereze.watch.actions import pictures
from tereze.watch.models import Message, MessagePicture, Source, Submission, SubmissionFile


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
    """What was decided about keeps its figures, without a word of text and without an author; by the
    keyed hash of the words its copies go on counting as one verdict."""
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
        kept_until=None,
    )
    Message.objects.filter(pk__in=set(keys) - set(decided)).delete()


def forget_submissions() -> int:
    """What was handed over goes at the end of its term, with everything harmless people wrote in it;
    hashes, figures and the copies of what was acted upon stay."""
    over = Submission.objects.filter(kept_until__lte=now()).exclude(
        state__in=[Submission.State.FORGOTTEN, Submission.State.RECEIVED]
    )
    found = list(over.select_related("unit")[:BATCH])
    for submission in found:
        # the file first: killed in between, the next round finds the row and does it again
        for file in submission.files.filter(is_gone=False):
            remove_file(file)
        forget_submission(submission)
    return len(found)


def remove_file(file: SubmissionFile) -> None:
    same = SubmissionFile.objects.filter(sha256=file.sha256, is_gone=False).exclude(
        submission=file.submission_id
    )
    needed = (
        same.exists()
        or EvidenceFile.objects.filter(sha256=file.sha256).exists()
        or Attachment.objects.filter(sha256=file.sha256).exists()
        or Source.objects.filter(consent_file=file.sha256).exists()
    )
    if not needed:
        vault.remove(file.sha256)


@transaction.atomic
def forget_submission(submission: Submission) -> None:
    submission.files.update(is_gone=True, words="")
    Submission.objects.filter(pk=submission.pk).update(
        state=Submission.State.FORGOTTEN, text="", contact={}, kept_until=None
    )
    record(
        "submission.forgotten",
        target=submission,
        by=Actor.machine("watch"),
        unit=submission.unit.slug,
    )
