from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    name = "tereze.statistics"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission, Role
        from tereze.audit import labels
        from tereze.core import navigation, panels
        from tereze.live import register_topic

        register_topic("figures", lambda user, key: user.can(Permission.FIGURES_VIEW))
        labels.register(
            {
                "meeting_sheet.made": _("лист к встрече сделан"),
                "interventions.exported": _("реестр вмешательств выгружен"),
            }
        )
        panels.register("partner", "statistics:meeting_panel", permission=Permission.FIGURES_LISTS)
        navigation.register(
            _("Показатели"),
            "statistics:figures",
            permission=Permission.FIGURES_VIEW,
            key="f",
            order=70,
            first_for=(Role.CHIEF, Role.OBSERVER),
        )
        navigation.register(
            _("Реестр вмешательств"),
            "statistics:interventions",
            permission=Permission.INTERVENTIONS_READ,
            key="v",
            order=72,
            first_for=(Role.PROSECUTOR,),
        )
        navigation.register_public(
            _("Как быстро удаляют объявления мошенников"), "statistics:public_line", order=48
        )
        navigation.register_public(
            _("Что мы удаляем и блокируем"), "statistics:transparency", order=50
        )
