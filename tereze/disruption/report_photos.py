"""Pictures that residents attach are often the advert's own photos: by them a captured advert finds
the reports about it, also where nobody wrote a number down."""

from django.db.models import Exists, OuterRef, QuerySet

from tereze.core import due, vault
from tereze.disruption.likeness import SAME_PICTURE, bits
from tereze.disruption.models import Photo, ReportPhoto, Request
from tereze.disruption.photos import examine
from tereze.intake.models import Attachment


EVERY = 5.0  # seconds
AT_ONCE = 5
LARGEST = 25 * 1024 * 1024


@due.every(EVERY, name="photos in reports")
def hash_new_ones() -> None:
    for attachment in not_hashed():
        picture = examine(vault.read(attachment.sha256)) if attachment.size <= LARGEST else None
        ReportPhoto.objects.get_or_create(
            attachment=attachment.public_id,
            defaults={
                "unit": attachment.report.unit,
                "report": attachment.report.public_id,
                "pdq": picture.pdq if picture else "",
            },
        )


def not_hashed() -> QuerySet[Attachment]:
    done = ReportPhoto.objects.filter(attachment=OuterRef("public_id"))
    pictures = Attachment.objects.filter(media_type__startswith="image/", is_dangerous=False)
    waiting = pictures.filter(~Exists(done)).select_related("report__unit")
    return waiting.order_by("-pk")[:AT_ONCE]


def reports_showing(request: Request) -> set[str]:
    """Reports of the city with a picture that the advert shows too."""
    shown = Photo.objects.filter(snapshot__request=request).values_list("pdq", flat=True)
    own = [value for pdq in shown if (value := bits(pdq)) is not None]
    if not own:
        return set()
    rows = ReportPhoto.objects.filter(unit=request.unit).exclude(pdq="")
    return {
        report
        for pdq, report in rows.values_list("pdq", "report").iterator(chunk_size=5000)
        if (other := bits(pdq)) is not None
        and any((value ^ other).bit_count() <= SAME_PICTURE for value in own)
    }
