"""What a partner can be asked. Kinds differ in ground and form, never in their life."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class About(StrEnum):
    """What a request is about, and so how its proof is made."""

    PAGE = "page"  # an address: captured in a browser, and looked at afterwards
    FORM = "form"  # money, a number, a person's data: the filled form itself is sealed


@dataclass(frozen=True)
class Kind:
    slug: str
    name: Any
    ask: Any  # the sentence's end: «просим …»
    done: Any  # what the partner answers when it did it
    grounds: tuple[str, ...]  # kinds of legal ground that carry it
    clock: str  # the typology's clock when the partner agreed on none
    about: About = About.PAGE
    looked_at: bool = False  # its outcome can be seen from outside


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "remove_listing",
            _("удалить объявление"),
            pgettext_lazy("request", "удалить объявление и сохранить его данные"),
            pgettext_lazy("answer", "удалено"),
            ("remove_listing", "remove_content"),
            clock="platform_act",
            looked_at=True,
        ),
        Kind(
            "close_account",
            _("закрыть аккаунт"),
            pgettext_lazy("request", "закрыть аккаунт и сохранить его данные"),
            pgettext_lazy("answer", "закрыт"),
            ("close_account", "remove_content"),
            clock="platform_act",
            looked_at=True,
        ),
        Kind(
            "preserve_data",
            _("сохранить данные"),
            pgettext_lazy("request", "сохранить данные до официального запроса"),
            pgettext_lazy("answer", "данные сохранены"),
            ("preserve_data",),
            clock="platform_act",
        ),
        Kind(
            "provide_data",
            _("предоставить данные о продавце"),
            pgettext_lazy("request", "предоставить данные об аккаунте и входах"),
            pgettext_lazy("answer", "данные предоставлены"),
            ("provide_data",),
            clock="data_answer",
            about=About.FORM,
        ),
        Kind(
            "hold_money",
            _("удержать деньги"),
            pgettext_lazy("request", "приостановить операцию и сообщить, что удержано"),
            pgettext_lazy("answer", "деньги удержаны"),
            ("hold_money",),
            clock="antifraud_incident",
            about=About.FORM,
        ),
        Kind(
            "check_number",
            _("проверить номер"),
            pgettext_lazy("request", "проверить номер и приостановить его, если подтвердится"),
            pgettext_lazy("answer", "проверено, приостановлен"),
            ("check_number",),
            clock="operator_check",
            about=About.FORM,
        ),
        Kind(
            "restrict_site",
            _("ограничить сайт или канал"),
            pgettext_lazy("request", "решить об ограничении доступа"),
            pgettext_lazy("answer", "доступ ограничен"),
            ("restrict_site",),
            clock="site_blocking",
        ),
        Kind(
            "delete_message",
            _("удалить публикацию или комментарий"),
            pgettext_lazy("request", "удалить публикацию и сохранить её данные"),
            pgettext_lazy("answer", "удалена"),
            ("remove_content",),
            clock="platform_act",
            looked_at=True,
        ),
        Kind(
            "correct_removal",
            _("вернуть удалённое по ошибке"),
            pgettext_lazy("request", "вернуть удалённое: оснований для удаления нет"),
            pgettext_lazy("answer", "возвращено"),
            ("correct_removal",),
            clock="platform_act",
            about=About.FORM,
        ),
    )
}
CHOICES = [(kind.slug, kind.name) for kind in KINDS.values()]
PAGES = [kind.slug for kind in KINDS.values() if kind.about is About.PAGE]
LOOKED_AT = [kind.slug for kind in KINDS.values() if kind.looked_at]
