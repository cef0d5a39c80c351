"""Codes of health and trouble in words for the dispatcher: what happened, and what to do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.watch.models import Message, Source
from tereze.watch.models.decisions import ActKind


BLIND: dict[str, Any] = {
    "network": gettext_lazy("нет связи с сервисом"),
    "conflict": gettext_lazy("этого бота читает другая программа (409)"),
    "token": gettext_lazy("сервис не принимает ключ бота: его отозвали или заменили"),
    "kicked": gettext_lazy("бота исключили из чата"),
    "no_rights": gettext_lazy("бот больше не администратор и не видит сообщений"),
    "no_delete_right": gettext_lazy("бот видит чат, но лишён права удалять"),
    "silence": gettext_lazy("процесс наблюдения не отвечает больше минуты"),
}
RESULTS: dict[str, Any] = {
    "too_late": gettext_lazy("сервис удаляет только публикации моложе 48 часов"),
    "author_is_administrator": gettext_lazy("автор – администратор чата"),
    "author_is_a_channel": gettext_lazy(
        "автор пишет от имени канала: его можно только заблокировать"
    ),
    "only_supergroups": gettext_lazy("сервис умеет это только в супергруппах"),
    "own_messages_are_not_shown": gettext_lazy("сервис не показывает боту его сообщений"),
    "not_found": gettext_lazy("уже не было"),
    "source_off": gettext_lazy("наблюдение за чатом выключено"),
    "look": gettext_lazy("сервис показывает другое"),
    "network": gettext_lazy("нет связи с сервисом"),
    **{code: BLIND[code] for code in ("token", "kicked", "no_rights", "no_delete_right")},
}
RULINGS: dict[str, Any] = {
    "above_threshold": gettext_lazy("вероятность выше порога чата"),
    "below_threshold": gettext_lazy("вероятность ниже порога чата"),
    "no_article": gettext_lazy("схема без статьи закона: машина не действует"),
    "exempt:administrator": gettext_lazy("автор – администратор чата: решает человек"),
    "exempt:verified": gettext_lazy("автор в списке проверенных: решает человек"),
}


def blind_words(source: Source) -> str:
    return str(BLIND.get(source.health_reason, source.health_reason))


def result_words(code: str) -> str:
    return str(RESULTS.get(code, code))


def trouble_words(message: Message) -> str:
    """Why a message is stuck: `not_sealed:…`, `not_assessed`, `delete:too_late`, `retrying:ban`."""
    head, _colon, tail = message.trouble.partition(":")
    if head == "not_sealed":
        return _("Копию снять не удалось, поэтому ничего не сделано. Попытка повторится.")
    if head == "not_assessed":
        return _("Текст не удалось оценить: решите сами.")
    if head == "retrying":
        return _("%(act)s: пока не получилось, попытка повторится.") % {"act": kind_words(tail)}
    return _("%(act)s: не получилось – %(why)s.") % {
        "act": kind_words(head),
        "why": result_words(tail),
    }


def kind_words(kind: str) -> str:
    names = dict(ActKind.choices)
    return str(names.get(kind, kind)).capitalize()
