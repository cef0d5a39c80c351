"""Pictures of a report, read off the request by an app above that owns the reader: what they say is
found, masked and linked like the words, but marked as read by a machine until an officer has looked."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.indicators import Indicator, extract
from tereze.intake.masking import contact_values, own_in
from tereze.intake.models import AttachmentPicture, Report
from tereze.intake.preparing import Told, likely_scheme, tell
from tereze.linking.actions import Subject, record_sightings, take_back
from tereze.linking.models import Sighting
from tereze.live import publish


MACHINE = Actor.machine("pictures")


def note_read(
    *,
    picture: AttachmentPicture,
    text: str,
    codes: Sequence[str] = (),
    photo_hash: str = "",
    why: str = "",
    alike: Sequence[tuple[str, str]] = (),
) -> None:
    """Once a picture, whatever is killed: what was written to the row before stands."""
    report = picture.attachment.report
    told, scheme = told_in(report, text, codes)
    with transaction.atomic():
        kept = AttachmentPicture.objects.select_for_update().get(pk=picture.pk)
        if kept.state != AttachmentPicture.State.WAITING:
            return
        kept.state = AttachmentPicture.State.UNREAD if why else AttachmentPicture.State.READ
        kept.why, kept.photo_hash, kept.alike = why, photo_hash, [list(one) for one in alike]
        kept.read_at = now()
        kept.next_action_at = kept.lease_until = None
        put(kept, told, text, codes)
        record_sightings(
            unit=report.unit,
            subject=subject_of(report),
            found=told.found,
            by=MACHINE,
            own_values=told.own,
            role=Sighting.Role.PICTURE,
        )
        guess_scheme(report, scheme)
        record("report.picture_words", target=report, by=MACHINE)
        announce(report)


def correct(*, picture: AttachmentPicture, text: str, by: User) -> None:
    """An officer compared the words with the picture: from here on they are a person's."""
    report = picture.attachment.report
    if not by.can(Permission.REPORT_KUI) or by.unit_id != report.unit_id:
        raise PermissionDenied(Permission.REPORT_KUI)
    text = unmasked(picture, text.replace("\0", "").replace("\r\n", "\n").strip())
    codes = (picture.words or {}).get("codes", [])
    told, scheme = told_in(report, text, codes)
    with transaction.atomic():
        kept = AttachmentPicture.objects.select_for_update().get(pk=picture.pk)
        take_back(subject=subject_of(report), found=only_in(kept), role=Sighting.Role.PICTURE)
        kept.state, kept.why = AttachmentPicture.State.READ, ""
        kept.read_at = kept.read_at or now()
        kept.next_action_at = kept.lease_until = None
        kept.checked_by, kept.checked_at = by, now()
        put(kept, told, text, codes)
        record_sightings(
            unit=report.unit,
            subject=subject_of(report),
            found=told.found,
            by=by.actor,
            own_values=told.own,
            shown=told.shown,
        )
        guess_scheme(report, scheme)
        record("report.picture_checked", target=report, by=by.actor)
        announce(report)


def unmasked(picture: AttachmentPicture, words: str) -> str:
    """The page shows the masked copy; a line that comes back as it was shown is the line as read."""
    shown = picture.masked_text.split("\n")
    known = dict(zip(shown, picture.text.split("\n"), strict=False))
    return "\n".join(known.get(line, line) for line in words.split("\n"))


def told_in(report: Report, text: str, codes: Sequence[str]) -> tuple[Told, str]:
    """The reporter's own numbers are theirs in a picture too."""
    own = contact_values(report.reporter.get("contact", "")) | own_in(
        report.text, extract(report.text)
    )
    told, assessment = tell(
        "\n".join((text, *codes)).strip(),
        unit=report.unit,
        own=own,
        name=report.reporter.get("name", ""),
        in_picture=True,
    )
    return told, likely_scheme(assessment)


def put(kept: AttachmentPicture, told: Told, text: str, codes: Sequence[str]) -> None:
    kept.words = {"text": text, "codes": list(codes)}
    kept.masked, kept.assessment = told.masked, told.assessment
    kept.save()


def only_in(kept: AttachmentPicture) -> list[Indicator]:
    """What no other picture of the report holds."""
    others = AttachmentPicture.objects.filter(attachment__report=kept.attachment.report_id)
    elsewhere = {
        (item.type, item.value)
        for other in others.exclude(pk=kept.pk)
        for item in extract(other.whole)
    }
    return [item for item in extract(kept.whole) if (item.type, item.value) not in elsewhere]


def subject_of(report: Report) -> Subject:
    return Subject("report", report.public_id, report.received_at, report.reporter_key)


def guess_scheme(report: Report, scheme: str) -> None:
    """A screenshot is often all that was sent; what the words or an officer said stands."""
    if scheme:
        Report.objects.filter(pk=report.pk, scheme="", scheme_by=None).update(scheme=scheme)


def announce(report: Report) -> None:
    publish("reports")
    publish(f"report:{report.public_id}")
