from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class PreventionConfig(AppConfig):
    name = "tereze.prevention"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission, Role
        from tereze.audit import labels
        from tereze.core import due, navigation, panels
        from tereze.live import register_topic
        from tereze.prevention import quota
        from tereze.prevention.actions import radar
        from tereze.prevention.models import RadarSweep
        from tereze.watch import pursuits

        write, answer, manage = (
            Permission.WARNING_WRITE,
            Permission.CORRECTION_ANSWER,
            Permission.EVENT_MANAGE,
        )
        register_topic("warnings", lambda user, key: user.can(write))
        register_topic("corrections", lambda user, key: user.can(answer))
        register_topic("events", lambda user, key: user.can(manage))
        navigation.register(
            _("Предупреждения"),
            "prevention:desk_warnings",
            permission=write,
            key="a",
            order=60,
            badge=drafts,
        )
        pursuits.on_pursuit(warn_residents)
        panels.register(
            "message",
            "prevention:message_panel",
            permission=write,
            order=20,
            topics=["warnings"],
        )
        register_topic("radar", lambda user, key: user.can(Permission.RADAR_USE))
        labels.register(
            {
                "warning.written": _("написано предупреждение жителям"),
                "warning.changed": _("предупреждение жителям изменено"),
                "warning.published": _("предупреждение жителям опубликовано"),
                "warning.withdrawn": _("предупреждение жителям снято"),
                "correction.asked": _("владелец номера просит исправить"),
                "correction.read": _("просьба владельца номера прочитана"),
                "correction.accepted": _("владелец номера прав: исправлено"),
                "correction.refused": _("владельцу номера отказано"),
                "event.planned": _("мероприятие назначено"),
                "event.held": _("мероприятие проведено"),
                "event.cancelled": _("мероприятие отменено"),
                "radar.named": _("тема радара названа и скрыта"),
                "radar.shown_again": _("тема радара возвращена"),
            }
        )
        navigation.register(
            _("Радар новых схем"),
            "prevention:radar",
            permission=Permission.RADAR_USE,
            key="z",
            order=59,
        )
        navigation.register(
            _("Мероприятия"),
            "prevention:events",
            permission=manage,
            key="m",
            order=62,
            badge=overdue_events,
            first_for=(Role.PRECINCT,),
        )
        navigation.register(
            _("Исправления"),
            "prevention:corrections",
            permission=answer,
            order=64,
            badge=open_corrections,
        )
        navigation.register_public(_("Проверить номер или сообщение"), "prevention:check", order=15)
        navigation.register_public(_("Предупреждения"), "prevention:warnings", order=30)
        navigation.register_public(_("Памятка"), "prevention:leaflet", order=40)
        due.every(3600, name="prevention.forget_counts")(quota.forget_old_counts)
        due.every(60, name="prevention.radar")(radar.ask_for_sweeps)
        due.handler(RadarSweep, lane="radar", lease=timedelta(minutes=15))(radar.sweep)


def warn_residents(message: Any, by: Any) -> str:
    """A step of the wall's key: the draft waits here for whoever may publish it."""
    from tereze.prevention.actions.warnings import propose_warning
    from tereze.prevention.models.warning import WarningState

    warning = propose_warning(scheme=message.scheme, by=by)
    if warning is None:
        return ""
    if warning.state == WarningState.PUBLISHED:
        return gettext("Жителей уже предупредили.")
    return gettext("Черновик предупреждения жителям готов.")


def drafts(user: Any) -> int:
    from tereze.prevention.models import PublicWarning
    from tereze.prevention.models.warning import WarningState

    return int(PublicWarning.objects.visible_to(user).filter(state=WarningState.DRAFT).count())


def overdue_events(user: Any) -> int:
    from tereze.prevention.models import Event

    return int(Event.objects.visible_to(user).filter(responsible=user).overdue().count())


def open_corrections(user: Any) -> int:
    from tereze.prevention.models import Correction

    return int(Correction.objects.visible_to(user).open().count())
