from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "tereze.audit"

    def ready(self) -> None:
        from tereze.audit import readiness  # noqa: F401 - registers it, and the sealer with it
        from tereze.core import navigation

        navigation.register(_("Журнал"), "audit:journal", permission="audit.read", order=95)
