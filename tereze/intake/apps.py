from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "tereze.intake"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission
        from tereze.audit import labels
        from tereze.core import due, navigation
        from tereze.intake.actions import forget_answers
        from tereze.intake.history import WORDS
        from tereze.live import register_topic

        def may_listen(user: Any, key: str) -> bool:
            return bool(user.can(Permission.REPORT_READ) or user.can(Permission.REPORT_REGISTER))

        labels.register(WORDS)
        register_topic("reports", may_listen)
        register_topic("report", may_listen)
        navigation.register(
            _("Сообщения"),
            "intake:reports",
            permission=Permission.REPORT_READ,
            key="i",
            order=10,
            badge=waiting,
        )
        navigation.register(
            _("Принять звонок"),
            "intake:call",
            permission=Permission.REPORT_REGISTER,
            key="n",
            order=11,
        )
        navigation.register(
            _("Не в КУИ"),
            "intake:unregistered",
            permission=Permission.REPORT_UNREGISTERED,
            key="u",
            order=12,
        )
        navigation.register(
            _("Ключи API"),
            "intake:api_keys",
            permission=Permission.API_KEYS,
            key="k",
            order=90,
        )
        navigation.register_public(_("Сообщить"), "intake:report", order=10)
        navigation.register_public(_("Что с моим сообщением"), "intake:follow", order=20)
        due.every(600, name="intake.forget_answers")(forget_answers)


def waiting(user: Any) -> int:
    from tereze.intake.models import Report, State

    return Report.objects.visible_to(user).filter(state=State.OPEN).count()
