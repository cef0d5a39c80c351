"""A chat is handed over: files into the vault first, then one short transaction, once a sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import public_id, token_hash
from tereze.core.numbering import next_number
from tereze.intake import receipts
from tereze.intake.actions.files import Incoming, Stored, store_files
from tereze.intake.media import PICTURES
from tereze.live import publish
from tereze.watch.models import Submission, SubmissionFile
from tereze.watch.models.submissions import UNREAD_DAYS


LONGEST_TEXT = 100_000
LONGEST_TITLE = 100
LONGEST_CONTACT = 200


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What came, before anything of it is believed."""

    text: str = ""
    title: str = ""
    files: tuple[Incoming, ...] = ()
    sender: str = Submission.Sender.MEMBER
    language: str = "kk"
    contact: Mapping[str, str] | None = None
    letter: tuple[str, int] | None = None  # hash and size of the letter in the vault

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not any(file.content for file in self.files)


def receipt_of(submission: Submission) -> str:
    """The sender's code: digits that only this installation can compute from the row."""
    return receipts.with_check_digit(
        int(keyed_hash(submission.public_id, purpose="watch.submission"), 16)
    )


def sending_hash(scope: str, key: str) -> str:
    return token_hash(f"submission\n{scope}\n{key}")


def sent_before(scope: str, key: str) -> Submission | None:
    found: Submission | None = Submission.objects.filter(sending=sending_hash(scope, key)).first()
    return found


def hand_over(
    *, unit: Unit, handed: Handed, channel: str, scope: str, key: str, by: Actor
) -> Submission:
    """Take it in, once per sending; a twin gets the answer of the first."""
    if earlier := sent_before(scope, key):
        return earlier
    stored = store_files(handed.files)
    try:
        made = register(
            unit=unit,
            handed=handed,
            stored=stored,
            channel=channel,
            sending=sending_hash(scope, key),
            by=by,
        )
    except IntegrityError:
        if earlier := sent_before(scope, key):
            return earlier
        raise
    # the end of an earlier submission's term may have taken the same file away meanwhile
    store_files(handed.files)
    return made


@transaction.atomic
def register(
    *, unit: Unit, handed: Handed, stored: Stored, channel: str, sending: str, by: Actor
) -> Submission:
    text = handed.text.replace("\0", "")
    problems = [list(one) for one in stored.refused]
    if len(text) > LONGEST_TEXT:
        problems.append(["", "long"])
    made = Submission(
        public_id=public_id(),
        number=next_number(unit.slug, "submission", zone=unit.zone),
        unit=unit,
        channel=channel,
        sender=handed.sender,
        language=handed.language,
        sending=sending,
        title=" ".join(handed.title.replace("\0", "").split())[:LONGEST_TITLE],
        text=text[:LONGEST_TEXT],
        contact={k: v[:LONGEST_CONTACT] for k, v in (handed.contact or {}).items() if v},
        problems=problems,
        next_action_at=now(),
        kept_until=now() + UNREAD_DAYS,
    )
    made.receipt_hash = token_hash(receipt_of(made))
    made.save(force_insert=True)
    SubmissionFile.objects.bulk_create(files_of(made, handed, stored))
    # the journal's chain is stamped: from here on it can be shown that nothing was added
    record(
        "submission.received",
        target=made,
        by=by,
        unit=unit.slug,
        detail={
            "number": made.number,
            "channel": channel,
            "files": [{"sha256": file.sha256, "size": file.size} for file in stored.files],
        },
    )
    publish("submissions")
    return made


def files_of(made: Submission, handed: Handed, stored: Stored) -> list[SubmissionFile]:
    roles = SubmissionFile.Role
    rows = [
        SubmissionFile(
            submission=made,
            role=roles.PICTURE if file.media_type in PICTURES else roles.ORIGINAL,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
        )
        for file in stored.files
    ]
    if handed.letter:
        sha256, size = handed.letter
        rows.append(
            SubmissionFile(
                submission=made,
                role=roles.LETTER,
                name="letter.eml",
                media_type="message/rfc822",
                sha256=sha256,
                size=size,
            )
        )
    return rows


def term_of(submission: Submission) -> timedelta:
    return submission.source.retention if submission.source else UNREAD_DAYS
