"""What the request's page shows of its capture."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from tereze.casework.models import EvidenceFile, Stamp
from tereze.disruption import wording
from tereze.disruption.models import Photo, Request, Snapshot


FIELDS = {
    "outcome": _("Ответ"),
    "title": _("Заголовок"),
    "price": _("Цена"),
    "seller": _("Продавец"),
    "phone": _("Номер телефона"),
    "text": _("Описание"),
    "photos": _("Фотографии"),
}


@dataclass(frozen=True)
class Shown:
    stamp: Stamp | None
    archive: EvidenceFile | None
    snapshot: Snapshot | None = None
    photos: list[Photo] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)


def seen_at_capture(request: Request) -> Shown | None:
    evidence = request.evidence
    if evidence is None:
        return None
    files = list(evidence.files.filter(media_type="application/wacz")[:1])
    snapshot = Snapshot.objects.filter(request=request, evidence=evidence).first()
    return Shown(
        stamp=Stamp.objects.filter(evidence=evidence).first(),
        archive=files[0] if files else None,
        snapshot=snapshot,
        photos=list(snapshot.photos.all()) if snapshot else [],
        differences=[in_words(row) for row in snapshot.differences] if snapshot else [],
    )


def in_words(difference: dict[str, str]) -> dict[str, Any]:
    """A row of the table: the field's name, and a cell for each vantage."""
    name = difference["field"]
    cells = {key: value for key, value in difference.items() if key != "field"}
    if name == "outcome":
        cells = {key: wording.explain(value) for key, value in cells.items()}
    elif name == "photos":
        cells = {key: str(len(value.split())) for key, value in cells.items()}
    return {"name": FIELDS.get(name, name), **cells}
