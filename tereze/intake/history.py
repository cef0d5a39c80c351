"""The history of a report: its facts in the journal, in words."""

from typing import Any

from django.utils.translation import gettext as _

from tereze.audit.models import AuditEvent, name_of
from tereze.intake.models import Report


def words() -> dict[str, str]:
    return {
        "report.submitted": _("Сообщение принято"),
        "report.supplemented": _("Дополнено"),
        "report.files_added": _("Добавлены файлы"),
        "report.identity_read": _("Открыты данные заявителя"),
        "report.file_read": _("Открыт файл"),
        "report.sheet_read": _("Открыт лист для КУИ"),
        "report.scheme_set": _("Указана схема"),
        "report.kui_entered": _("Внесено в КУИ"),
        "report.kui_corrected": _("Исправлен номер КУИ"),
        "report.closed_as_repeat": _("Закрыто как повтор"),
        "report.transferred": _("Передано"),
        "report.no_offence_proposed": _("Предложено закрыть: не правонарушение"),
        "report.no_offence_refused": _("Начальник не согласился закрыть"),
        "report.no_offence_approved": _("Закрыто: не правонарушение, утверждено"),
        "report.reopened": _("Открыто снова"),
    }


TONES = {
    "report.submitted": "active",
    "report.kui_entered": "good",
    "report.reopened": "attention",
}
TOLD = ("kui", "was", "of", "to", "outgoing", "is", "reason")


def version(report: Report) -> int:
    """Grows with everything that changes the report's page; looking at it changes nothing."""
    events = AuditEvent.objects.filter(target=name_of(report)).exclude(kind__endswith="_read")
    return events.order_by("-pk").values_list("pk", flat=True).first() or 0


def history(report: Report) -> list[dict[str, Any]]:
    events = AuditEvent.objects.filter(target=name_of(report)).order_by("-at", "-pk")[:200]
    known = words()
    return [
        {
            "at": event.at,
            "text": known.get(event.kind, event.kind),
            "who": who(event),
            "detail": " · ".join(
                str(event.detail[name]) for name in TOLD if event.detail.get(name)
            ),
            "tone": TONES.get(event.kind, "plain"),
        }
        for event in events
    ]


def who(event: AuditEvent) -> str:
    if event.actor_kind == "resident":
        return _("заявитель")
    return event.actor_name or event.actor_key
