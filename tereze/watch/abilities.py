"""What Tereze can and cannot do in a chat, in words: by its rights there, and by the service itself."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tereze.watch.models import Source


@dataclass(frozen=True)
class Ability:
    words: Any
    may: bool | None  # None: not known before the service was asked
    ever: bool = True  # no right would help: the service cannot


IN_PICTURES = _("читать слова и QR-коды на картинках, если это выбрано")
# by right: name in `Source.rights`, and whether having it is good news
RIGHTS: dict[str, list[tuple[str, bool, Any]]] = {
    "telegram": [
        ("can_delete", True, _("удалять публикации моложе 48 часов и чужие реакции")),
        ("can_restrict", True, _("ограничивать и блокировать авторов")),
        ("can_decline", True, _("отклонять заявки на вступление с объявлением в профиле")),
    ],
    "matrix": [
        ("encrypted", False, _("читать сообщения (зашифрованный чат прочесть нельзя)")),
        ("can_delete", True, _("удалять публикации вместе со всеми их правками")),
        ("can_restrict", True, _("лишать авторов слова на время")),
        ("can_ban", True, _("блокировать авторов и снимать блокировку")),
        ("can_speak", True, _("объяснять в чате, что и почему удалено")),
    ],
    "feed": [("", True, _("видеть новые записи и правки прежних")), ("", True, IN_PICTURES)],
    "page": [("", True, _("видеть новые комментарии и правки прежних")), ("", True, IN_PICTURES)],
}
WEB_NEVER = [
    _("удалить: только попросить владельца сайта; срок идёт, исчезло ли – смотрим сами"),
    _("ограничить или заблокировать автора"),
    _("объяснить автору на сайте, почему удалено: это решает владелец"),
    _("видеть то, что закрыто паролем, дорисовано скриптом или запрещено robots.txt"),
    _("узнать автора на другом сайте: имя может взять любой"),
]
NEVER: dict[str, list[Any]] = {
    "telegram": [
        _("вернуть удалённое: только повторить его текст от имени бота"),
        _("видеть сообщения других ботов"),
        _("увидеть, что публикации больше нет: сервис отвечает только «не найдено»"),
        _("прочесть профиль, который его владелец скрыл, и узнать, давно ли он заведён"),
    ],
    "feed": WEB_NEVER,
    "page": WEB_NEVER,
    "matrix": [
        _("вернуть удалённое: только повторить его текст от имени бота"),
        _("читать зашифрованное, даже если шифрование включат потом: об этом скажет стена"),
        _("убрать копии у участников и на других серверах, которые не слушаются удаления"),
        _("за мостом (WhatsApp, Signal и др.): ручаться, что удаление дошло до того сервиса"),
    ],
}


def abilities(source: Source) -> list[Ability]:
    if source.is_web:
        return new_abilities(source.kind)
    rows = [
        Ability(words, bool(source.rights[name]) == good if name in source.rights else None)
        for name, good, words in RIGHTS.get(source.kind, [])
    ]
    return rows + never(source.kind)


def never(kind: str) -> list[Ability]:
    return [Ability(words, False, ever=False) for words in NEVER.get(kind, [])]


def new_abilities(kind: str) -> list[Ability]:
    """Of a kind that grants no rights: what everybody may see, and what nobody but its owner can do."""
    return [Ability(words, True) for _name, _good, words in RIGHTS.get(kind, [])] + never(kind)
