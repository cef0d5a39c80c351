"""What a partner can be asked. Kinds differ in ground and form, never in their life."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Kind:
    slug: str
    name: Any
    ask: Any  # the sentence's end: «просим …»
    grounds: tuple[str, ...]  # kinds of legal ground that carry it
    looked_at: bool  # its outcome can be seen from outside
    clock: str  # the typology's clock when the partner agreed on none


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "remove_listing",
            _("удалить объявление"),
            pgettext_lazy("request", "удалить объявление и сохранить его данные"),
            ("remove_listing", "remove_content", "restrict_site"),
            looked_at=True,
            clock="platform_act",
        ),
        Kind(
            "close_account",
            _("закрыть аккаунт"),
            pgettext_lazy("request", "закрыть аккаунт и сохранить его данные"),
            ("close_account", "remove_content"),
            looked_at=True,
            clock="platform_act",
        ),
        Kind(
            "preserve_data",
            _("сохранить данные"),
            pgettext_lazy("request", "сохранить данные до официального запроса"),
            ("preserve_data",),
            looked_at=False,
            clock="platform_act",
        ),
    )
}
CHOICES = [(kind.slug, kind.name) for kind in KINDS.values()]
