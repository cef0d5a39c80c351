from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreventionConfig(AppConfig):
    name = "tereze.prevention"

    def ready(self) -> None:
        from tereze.core import due, navigation
        from tereze.prevention import quota

        navigation.register_public(_("Проверить номер или сообщение"), "prevention:check", order=20)
        due.every(3600, name="prevention.forget_counts")(quota.forget_old_counts)
