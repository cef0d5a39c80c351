from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkingConfig(AppConfig):
    name = "tereze.linking"

    def ready(self) -> None:
        from tereze.audit import labels

        labels.register(
            {
                "indicator.confirmed": _("индикатор подтверждён"),
                "indicator.confirmation_withdrawn": _("подтверждение индикатора снято"),
                "indicator.marked_hub": _("индикатор признан общим: ничего не связывает"),
            }
        )
