from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "tereze.demo"

    def ready(self) -> None:
        from tereze.audit import labels
        from tereze.demo import moderators

        labels.register({"example.year_written": _("в пример города записан год")})
        moderators.install()
