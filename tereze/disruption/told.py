"""Why we ask, in words for a partner: the scheme and how many others name the same, in nobody's own
words."""

from django.utils import translation
from django.utils.translation import gettext as _

from tereze.accounts.models import Unit
from tereze.detection.typology import SCHEMES
from tereze.disruption.models import Partner
from tereze.disruption.recognition import Target
from tereze.intake.models import Report
from tereze.linking.reads import shared_with


def reason_for(unit: Unit, reports: list[Report], pages: list[Target]) -> str:
    """In the language of the partner whose pages they are."""
    asked = Partner.objects.of(unit).filter(platform__in=[page.platform for page in pages])
    return reason_in(asked.values_list("language", flat=True).first() or "ru", reports)


def reason_in(language: str, reports: list[Report]) -> str:
    with translation.override(language):
        return told_in_words(reports)


def told_in_words(reports: list[Report]) -> str:
    language = "kk" if translation.get_language() == "kk" else "ru"
    schemes = [SCHEMES[r.scheme] for r in reports if r.scheme in SCHEMES]
    own = {report.public_id for report in reports}
    others = {
        other.key for key in own for other in shared_with("report", key) if other.kind == "report"
    }
    first = (
        _("Признаки схемы: %(scheme)s.") % {"scheme": schemes[0].name[language]}
        if schemes
        else _("Признаки интернет-мошенничества.")
    )
    count = _("Сообщений жителей с теми же признаками: %(n)d.") % {"n": max(1, len(others | own))}
    return f"{first} {count}"
