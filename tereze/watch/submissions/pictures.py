"""Pictures that were handed over: screenshots, and those of an exported chat. Each belongs to a
message, as in a chat that is watched, so it is read, judged, sealed and forgotten in the same way."""

from collections.abc import Iterable, Iterator, Sequence

from tereze.core import vault
from tereze.core.encryption import keyed_hash
from tereze.intake.media import sniff
from tereze.watch.connectors.base import NotThereError, RefusedError
from tereze.watch.models import MessagePicture, Submission, SubmissionFile
from tereze.watch.pictures import MOST_BYTES
from tereze.watch.received import File, Incoming
from tereze.watch.submissions.unpacking import Unpacked


def message_key(*parts: str) -> str:
    """Finds the message again in another export; tells nobody its words."""
    return keyed_hash("\0".join(parts), purpose="watch.submitted")[:40]


def keep_pictures(submission: Submission, unpacked: Unpacked) -> None:
    """Pictures of an archive, each a file of its own: whoever reads them need not open the archive."""
    rows = []
    for picture in unpacked.pictures:
        stored = vault.store(picture.content)
        rows.append(
            SubmissionFile(
                submission=submission,
                role=SubmissionFile.Role.PICTURE,
                name=picture.name,
                media_type=sniff(picture.content),
                sha256=stored.sha256,
                size=stored.size,
            )
        )
    SubmissionFile.objects.bulk_create(rows, ignore_conflicts=True)


def files_of(submission: Submission) -> Sequence[SubmissionFile]:
    return list(submission.files.filter(role=SubmissionFile.Role.PICTURE).order_by("pk"))


def file_of(file: SubmissionFile) -> File:
    """Under its content's name: the same picture in another submission is the same."""
    return File(name=file.sha256, file=file.public_id)


def alone(submission: Submission, files: Iterable[SubmissionFile]) -> Iterator[Incoming]:
    """Pictures that no line of a chat names: nobody knows who wrote what they show, nor when."""
    once = {file.sha256: file for file in files}
    for file in once.values():
        yield Incoming(
            external_id=message_key("picture", file.sha256),
            version_id="1",
            sent_at=submission.at,
            media=file.name,
            pictures=(file_of(file),),
        )


def content_of(picture: MessagePicture) -> bytes:
    """The file from our own vault. Fails as a service would."""
    file = SubmissionFile.objects.filter(public_id=picture.file).first()
    if file is None or file.is_gone:
        raise NotThereError("not_found")
    if file.size > MOST_BYTES:
        raise RefusedError("too_large")
    try:
        return vault.read(file.sha256)
    except vault.DamagedFileError as error:
        raise RefusedError("damaged") from error


def picture_of(file: SubmissionFile) -> MessagePicture | None:
    """What was read in it; the newest, where a message of the chat shows it more than once."""
    source = file.submission.source_id
    found = MessagePicture.objects.filter(message__source=source, name=file.sha256)
    picture: MessagePicture | None = (
        found.select_related("message__source__unit").order_by("-pk").first() if source else None
    )
    return picture
