"""What the report's page shows of its pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tereze.accounts.models import User
from tereze.intake.appearances import reports_by_key
from tereze.intake.models import Attachment, AttachmentPicture, Report
from tereze.intake.spans import marks, reasons_without_place


PLACES: dict[str, Callable[[str], str]] = {}
DRAWERS: list[Callable[[bytes], bytes]] = []


def shown_at(kind: str, address: Callable[[str], str]) -> None:
    """`address(key)` is the page of something of this kind, which an app above shows."""
    PLACES[kind] = address


def drawn_by(draw: Callable[[bytes], bytes]) -> None:
    """`draw(content)` is a JPEG of it, or nothing where it is no picture: what no browser shows."""
    DRAWERS.append(draw)


def drawn(content: bytes) -> bytes:
    return next(filter(None, (draw(content) for draw in DRAWERS)), b"")


@dataclass(frozen=True)
class Shown:
    file: Attachment
    picture: AttachmentPicture | None
    marks: list[Any]
    placeless: list[str]
    reports: list[Report]  # with the same picture, as far as the reader may open them
    places: list[str]  # addresses of other things with it


def files_of(report: Report, reader: User, language: str) -> Iterator[Shown]:
    for file in report.attachments.select_related("picture__checked_by"):
        picture = getattr(file, "picture", None)
        assessment = picture.assessment if picture else {}
        alike = picture.alike if picture else []
        keys = [key for kind, key in alike if kind == "report"]
        yield Shown(
            file=file,
            picture=picture,
            marks=marks(assessment, language),
            placeless=reasons_without_place(assessment, language),
            reports=list(reports_by_key(keys, reader).values()) if keys else [],
            places=[PLACES[kind](key) for kind, key in alike if kind in PLACES],
        )
