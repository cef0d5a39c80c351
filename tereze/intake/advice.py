"""What the resident is told now, for this report: from the typology, in their language."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tereze.detection.typology import advice_for, scheme
from tereze.detection.typology_types import Advice
from tereze.intake.models import Report


def advice_of(report: Report, lang: str | None = None) -> Advice:
    return advice_for(
        report.scheme or None,
        money_left_hours=report.money_left_hours,
        lang=lang or report.language,
    )


def scheme_name(slug: str, lang: str) -> str:
    return scheme(slug).name[lang] if slug else ""


def advice_context(report: Report, lang: str | None = None) -> dict[str, Any]:
    """What the advice templates need; all in one language, also where the page speaks another."""
    lang = lang or report.language
    with translation.override(lang):
        words = {
            "calls": _("Кому позвонить"),
            "scheme": _("Похоже на известную схему"),
            "also": _("Ещё важно"),
            "rules": _("Четыре правила"),
        }
    return {
        "advice": advice_of(report, lang),
        "advice_language": lang,
        "scheme_name": scheme_name(report.scheme, lang),
        "words": words,
    }
