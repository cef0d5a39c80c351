from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tereze.core import navigation


class CoreConfig(AppConfig):
    name = "tereze.core"

    def ready(self) -> None:
        navigation.register(
            _("Образцы экранов"), "core:gallery", permission="gallery.view", order=99
        )
