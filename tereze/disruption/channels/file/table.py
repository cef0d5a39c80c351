"""The table's columns: what they are called, and how a filled file's columns are recognised."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tereze.core.clock import now
from tereze.detection.typology import GROUNDS
from tereze.disruption.agreed import clocks_from
from tereze.disruption.models import Request, State
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.vocabulary import names_of, normal


COLUMNS: dict[str, Any] = {
    "number": _("Исходящий номер"),
    "kind": _("О чём просим"),
    "address": _("Адрес"),
    "listing": _("Номер объявления"),
    "reason": _("Причина"),
    "ground": _("Основание"),
    "sha256": _("SHA-256 снимка"),
    "deadline": _("Ответить до"),
    "answer": pgettext_lazy("column", "Ответ"),
    "code": _("Код причины отказа"),
    "comment": _("Комментарий"),
}
FILLED = ("answer", "code", "comment")  # by the partner
WIDTHS = {"number": 16, "kind": 24, "address": 44, "listing": 20, "reason": 48, "ground": 40}
WIDTHS |= {"sha256": 30, "deadline": 18, "answer": 20, "code": 28, "comment": 40}
ALSO = {
    "number": {
        "номер",
        "исх номер",
        "исходящий",
        "number",
        "outgoing number",
        "reference",
        "нөмір",
    },
    "answer": {"ответ", "результат", "answer", "result", "status", "жауап"},
    "code": {"код причины", "код", "reason code", "code", "себеп коды"},
    "comment": {"комментарий", "примечание", "comment", "note", "пікір", "ескерту"},
}
GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def answers() -> list[str]:
    """What may stand in the answer column, in the active language."""
    return [*(str(label) for _value, label in Answer.choices), str(_("принято в работу"))]


def codes() -> list[str]:
    return [str(label) for _value, label in Refusal.choices]


def cells(requests: list[Request], language: str) -> Iterator[dict[str, Any]]:
    with translation.override(language):
        for request in requests:
            yield cells_of(request, language)


def cells_of(request: Request, language: str) -> dict[str, Any]:
    ground = GROUNDS.get(request.ground)
    fresh = request.state in {State.APPROVED, State.REOPENED} or request.act_by is None
    act_by = clocks_from(request, now())["act_by"] if fresh else request.act_by
    zone = ZoneInfo(request.unit.zone)
    return {
        "number": request.number,
        "kind": str(request.kind_of.name),
        "address": request.address,
        "listing": request.listing,
        "reason": request.reason,
        "ground": (ground.text.get(language) or ground.text["ru"]) if ground else request.ground,
        "sha256": sha256_of(request),
        # a spreadsheet knows no zones: the city's time, as everywhere on paper
        "deadline": act_by.astimezone(zone).replace(tzinfo=None) if act_by else None,
    }


def sha256_of(request: Request) -> str:
    """Of the picture a partner can ask for; of the whole capture where there is none."""
    if request.evidence is None:
        return ""
    files = request.evidence.outgoing_files()
    pictures = [file for file in files if file.media_type.startswith("image/")]
    chosen = sorted(pictures, key=lambda file: (not file.name.startswith("page"), file.name))
    return chosen[0].sha256 if chosen else request.evidence.manifest_sha256


def column_of(header: str) -> str:
    """Which column a header names, in any of the three languages."""
    wanted = normal(header)
    for name, label in COLUMNS.items():
        if wanted and (wanted in ALSO.get(name, ()) or wanted in names_of(label)):
            return name
    return ""


def guarded(text: str) -> str:
    """No spreadsheet takes it for a formula, whatever a page called itself."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(GUARDED) else text


def unguarded(text: str) -> str:
    bare = text.removeprefix("'")
    return bare if bare != text and bare.lstrip(" \u00a0").startswith(GUARDED) else text
