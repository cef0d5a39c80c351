"""Whether a source may be watched. The one place that says so; the database repeats the fields."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tereze.core import vault
from tereze.watch.models.sources import LONGEST, Mode, Source


REQUIRED: dict[str, Any] = {
    "legal_basis": _("правовое основание"),
    "consent_by": _("кто из владельцев чата дал согласие"),
    "consent_at": _("когда дано согласие"),
    "consent_file": _("файл согласия"),
    "notice_text": _("текст объявления в чате"),
    "notice_at": _("когда объявление размещено"),
    "until": _("дата окончания"),
}


ON_A_SITE: dict[str, Any] = {
    "consent_by": _("кто из владельцев сайта дал согласие"),
    "notice_text": _("текст объявления на сайте"),
}
# a public page of a state body needs nobody's consent and no notice: only why, and until when
OF_ORGANS = ("legal_basis", "until")
STATE = ("gov.kz",)  # names that only state bodies get


class UnlawfulError(Exception):
    """The source lacks something without which it can only be off."""

    def __init__(self, missing: list[Any]) -> None:
        self.missing = missing
        super().__init__(", ".join(str(name) for name in missing))


def missing(source: Source, *, at: datetime) -> list[Any]:
    """What is not recorded, in words; empty when the source may be on."""
    organ = source.is_organ and source.is_web and is_organ(source.chat_id)
    names = OF_ORGANS if organ else tuple(REQUIRED)
    words_for = {**REQUIRED, **ON_A_SITE} if source.is_web else REQUIRED
    found = [words_for[name] for name in names if is_empty(getattr(source, name))]
    if source.consent_file.strip() and not vault.holds(source.consent_file):
        found.append(_("файла согласия нет в хранилище"))
    if source.until and source.until <= at:
        found.append(_("срок наблюдения истёк"))
    if source.until and source.until > at + LONGEST:
        found.append(_("срок наблюдения длиннее двух лет"))
    for name, words in (
        ("consent_at", _("согласие датировано будущим")),
        ("notice_at", _("объявление датировано будущим")),
    ):
        value = getattr(source, name)
        if value and value > at:
            found.append(words)
    return found


def is_organ(address: str) -> bool:
    """By its address alone, each time anew: no box and no row makes a forum a state body."""
    host = (urlsplit(address).hostname or "").lower().rstrip(".")
    return any(host == own or host.endswith(f".{own}") for own in STATE)


def is_empty(value: Any) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def may_be_on(source: Source, *, at: datetime) -> bool:
    return not missing(source, at=at)


def insist(source: Source, *, at: datetime) -> None:
    if source.mode != Mode.OFF and (lacking := missing(source, at=at)):
        raise UnlawfulError(lacking)
