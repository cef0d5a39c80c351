"""The history of a report: its facts in the journal, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.audit.models import AuditEvent, name_of
from tereze.intake.models import Report


WORDS = {
    "api_key.issued": gettext_lazy("Выдан ключ API"),
    "api_key.closed": gettext_lazy("Ключ API закрыт"),
    "report.submitted": gettext_lazy("Сообщение принято"),
    "report.supplemented": gettext_lazy("Дополнено"),
    "report.files_added": gettext_lazy("Добавлены файлы"),
    "report.identity_read": gettext_lazy("Открыты данные заявителя"),
    "report.picture_words": gettext_lazy("Прочитан снимок"),
    "report.picture_checked": gettext_lazy("Текст снимка сверен"),
    "report.file_read": gettext_lazy("Открыт файл"),
    "report.sheet_read": gettext_lazy("Открыт лист для КУИ"),
    "report.scheme_set": gettext_lazy("Указана схема"),
    "report.kui_entered": gettext_lazy("Внесено в КУИ"),
    "report.kui_corrected": gettext_lazy("Исправлен номер КУИ"),
    "report.closed_as_repeat": gettext_lazy("Закрыто как повтор"),
    "report.transferred": gettext_lazy("Передано"),
    "report.no_offence_proposed": gettext_lazy("Предложено закрыть: не правонарушение"),
    "report.no_offence_refused": gettext_lazy("Начальник не согласился закрыть"),
    "report.no_offence_approved": gettext_lazy("Закрыто: не правонарушение, утверждено"),
    "report.reopened": gettext_lazy("Открыто снова"),
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
    return [
        {
            "at": event.at,
            "text": WORDS.get(event.kind, event.kind),
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
