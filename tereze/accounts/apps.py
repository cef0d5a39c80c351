from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "tereze.accounts"

    def ready(self) -> None:
        from tereze.accounts.permissions import Permission
        from tereze.audit import labels
        from tereze.core import navigation

        navigation.register(
            _("Учётные записи"), "accounts:users", permission=Permission.USERS_MANAGE, order=90
        )
        labels.register(
            {
                "unit.founded": _("подразделение создано"),
                "user.created": _("учётная запись открыта"),
                "user.opened": _("учётная запись снова открыта"),
                "user.closed": _("учётная запись закрыта"),
                "user.password_set": _("пароль изменён"),
                "user.logged_in": _("вход"),
                "user.logged_out": _("выход"),
                "user.second_step_on": _("второй шаг входа включён"),
                "user.second_step_off": _("второй шаг входа отключён"),
                "user.second_step_required": _("второй шаг входа стал обязательным"),
                "user.second_step_free": _("второй шаг входа больше не обязателен"),
            }
        )
