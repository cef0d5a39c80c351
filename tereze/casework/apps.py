from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "tereze.casework"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission, Role
        from tereze.audit import labels
        from tereze.casework import stamping  # noqa: F401 - registers what worker and clock do
        from tereze.casework.models import Case
        from tereze.core import navigation, panels
        from tereze.live import register_topic

        navigation.register(
            _("Дела"),
            "casework:cases",
            permission=Permission.CASE_READ,
            key="d",
            order=30,
            badge=waiting_tasks,
            first_for=(Role.INVESTIGATOR,),
        )
        panels.register(
            "report",
            "casework:report_panel",
            permission=Permission.CASE_READ,
            order=20,
            topics=["cases"],
        )
        register_topic("cases", lambda user, key: user.can(Permission.CASE_READ))
        register_topic(
            "case",
            lambda user, key: Case.objects.visible_to(user).filter(public_id=key).exists(),
        )
        labels.register(
            {
                "case.opened": _("карточка открыта"),
                "case.report_added": _("присоединено сообщение"),
                "case.report_removed": _("сообщение отсоединено"),
                "case.admitted": _("допущен сотрудник"),
                "case.assigned": _("назначен ответственный"),
                "case.state_changed": _("изменено состояние"),
                "case.kui_entered": _("внесён номер КУИ"),
                "offence.registered": _("внесён номер ЕРДР"),
                "task.added": _("поставлена задача"),
                "task.done": _("задача выполнена"),
                "task.reopened": _("задача возвращена"),
                "note.added": _("добавлена заметка"),
                "person.added": _("добавлено лицо"),
                "person.removed": _("лицо убрано"),
                "case.evidence_added": _("приложено доказательство"),
                "evidence.sealed": _("доказательство опечатано"),
                "evidence.stamped": _("время доказательства заверено"),
                "evidence.read": _("доказательство просмотрено"),
                "evidence.handed_over": _("доказательство передано"),
                "evidence.exported": _("доказательство выгружено"),
            }
        )


def waiting_tasks(user: Any) -> int:
    from tereze.casework.models import Task

    return Task.objects.waiting_for(user).count()
