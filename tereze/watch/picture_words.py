"""Pictures as the wall shows them: the words read in them, highlighted, and why some were not read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.core.marks import Mark
from tereze.watch.models import Message, MessagePicture, Source
from tereze.watch.models.pictures import PictureState
from tereze.watch.models.sources import Mode, Pictures
from tereze.watch.pictures import lacking
from tereze.watch.reasons import OUTCOMES, marks_in


WHY: dict[str, Any] = {
    "no_tool": gettext_lazy("на этой машине нет программы, которая читает текст"),
    "not_picture": gettext_lazy("файл не картинка или повреждён"),
    "too_large": gettext_lazy("файл больше 20 МБ"),
    "too_many_pixels": gettext_lazy("картинка больше 40 мегапикселей"),
    "timeout": gettext_lazy("чтение заняло слишком много времени и было прервано"),
    "crashed": gettext_lazy("чтение прервалось: файл повреждён или требует слишком много памяти"),
    "tool_failed": gettext_lazy("программа, которая читает текст, не справилась с картинкой"),
    "not_found": gettext_lazy("сервис больше не хранит этот файл"),
    "network": gettext_lazy("сервис долго не отдавал файл"),
    "slow": gettext_lazy("сервис не отдал файл за полсекунды, ждать с удалением дольше нельзя"),
    "robots": gettext_lazy("файл robots.txt того сайта не разрешает её читать"),
    "private": gettext_lazy("её адрес ведёт внутрь чьей-то сети"),
    "forbidden": gettext_lazy("сайт показывает её не всем"),
    "status": gettext_lazy("сайт её не отдаёт"),
    "server_error": gettext_lazy("на сайте ошибка: картинку он не отдаёт"),
    "redirects": gettext_lazy("её адрес водит по кругу"),
    "address": gettext_lazy("её адрес не открывается"),
    "damaged": gettext_lazy("наша копия файла повреждена"),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture in a card."""

    picture: MessagePicture
    marks: list[Mark]
    url: str  # of the copy drawn anew; empty while there is none
    why: str

    @property
    def outcome(self) -> str:
        """What its words are by themselves."""
        told = (self.picture.assessment or {}).get("outcome", "harmless")
        return str(OUTCOMES.get(told, told))

    @property
    def is_flagged(self) -> bool:
        return self.picture.message.is_flagged

    @property
    def first(self) -> Message | None:
        return self.picture.first.message if self.picture.first else None

    @property
    def is_waiting(self) -> bool:
        return self.picture.state in {PictureState.WAITING, PictureState.KEPT}


def shown_of(messages: Sequence[Message], language: str) -> dict[int, list[Shown]]:
    """The pictures of each message, with one question for all of them."""
    found: dict[int, list[Shown]] = defaultdict(list)
    flagged = {message.pk for message in messages if message.is_flagged}
    rows = MessagePicture.objects.filter(message__in=messages).order_by("pk")
    for picture in rows.select_related("first__message__source"):
        marks = marks_in(picture.assessment, language) if picture.message_id in flagged else []
        found[picture.message_id].append(
            Shown(
                picture=picture,
                marks=marks,
                url=reverse("watch:picture", args=[picture.public_id]) if picture.shown else "",
                why=why_words(picture.why),
            )
        )
    return found


def why_words(why: str) -> str:
    return str(WHY.get(why, why))


def not_read_here(source: Source) -> str:
    """What the chat's page and the wall say where words in pictures cannot be read."""
    if source.mode == Mode.OFF or source.pictures == Pictures.LEAVE or source.kind == "replay":
        return ""
    if not (packages := lacking()):
        return ""
    return _("Текст на картинках здесь не читается. Установите: %(packages)s.") % {
        "packages": ", ".join(packages)
    }
