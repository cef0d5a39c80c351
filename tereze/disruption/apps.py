from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisruptionConfig(AppConfig):
    name = "tereze.disruption"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission
        from tereze.audit import labels
        from tereze.core import navigation, panels
        from tereze.disruption import (  # noqa: F401 - registers what the worker does
            report_photos,
            signatures,
            tasks,
            urgent,
        )
        from tereze.disruption.history import WORDS
        from tereze.disruption.portal_events import PORTAL_EVENTS
        from tereze.live import register_topic

        labels.register(WORDS)
        register_topic("requests", lambda user, _key: user.can(Permission.REQUEST_READ))
        register_topic("request", lambda user, _key: user.can(Permission.REQUEST_READ))
        register_topic("portal", works_for)
        navigation.register(
            _("Площадки"),
            "disruption:queue",
            permission=Permission.REQUEST_READ,
            key="r",
            order=35,
            badge=waiting,
        )
        navigation.register(
            _("Партнёры"),
            "disruption:partners",
            permission=Permission.PARTNER_MANAGE,
            key="e",
            order=70,
        )
        navigation.register(
            _("Уведомления"),
            "disruption:portal",
            permission=Permission.PORTAL_USE,
            key="p",
            order=10,
            badge=waiting_for_partner,
        )
        navigation.register(
            _("Показатели"),
            "disruption:portal_figures",
            permission=Permission.PORTAL_USE,
            key="t",
            order=20,
        )
        navigation.register(
            _("Сотрудники"),
            "disruption:portal_staff",
            permission=Permission.PORTAL_USE,
            key="c",
            order=30,
        )
        panels.register(
            "request",
            "disruption:thread",
            permission=Permission.REQUEST_READ,
            order=10,
            topics=["requests"],
        )
        labels.register(PORTAL_EVENTS)
        register_topic("alerts", lambda user, _key: user.can(Permission.REQUEST_READ))
        panels.register(
            "desk",
            "disruption:alerts",
            permission=Permission.REQUEST_READ,
            order=1,
            topics=["alerts"],
        )
        navigation.register(
            _("Письма"),
            "disruption:letters",
            permission=Permission.REQUEST_READ,
            key="l",
            order=36,
            badge=letters_waiting,
        )
        panels.register(
            "request",
            "disruption:letters_panel",
            permission=Permission.REQUEST_READ,
            order=10,
            topics=["requests"],
        )
        labels.register(
            {
                "mail.arrived": _("пришло письмо"),
                "mail.sorted": _("письмо разобрано"),
                "mail.read": _("прочитан оригинал письма"),
                "file.made": _("сделан файл для партнёра"),
                "file.handed": _("файл передан партнёру"),
                "file.received": _("получен файл партнёра"),
                "file.applied": _("ответы из файла записаны"),
            }
        )
        panels.register(
            "request",
            "disruption:alike_panel",
            permission=Permission.REQUEST_READ,
            order=20,
            topics=["requests"],
        )
        for place in ("report", "case"):
            panels.register(
                place,
                f"disruption:{place}_panel",
                permission=Permission.REQUEST_READ,
                order=40,
                topics=["requests"],
            )


def works_for(user: Any, key: str) -> bool:
    member = getattr(user, "partner_member", None)
    if member is None or not member.partner.is_active:
        return False
    return bool(member.partner.public_id == key)


def letters_waiting(user: Any) -> int:
    from tereze.disruption.models import Incoming

    return Incoming.objects.visible_to(user).waiting().count()


def waiting(user: Any) -> int:
    from tereze.disruption.models import Request
    from tereze.disruption.views.queue import waiting_for_us

    return waiting_for_us(Request.objects.visible_to(user)).count()


def waiting_for_partner(user: Any) -> int:
    from tereze.disruption.models import Request

    return Request.objects.visible_to(user).with_partner().count()
