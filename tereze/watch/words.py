"""Codes of health and trouble in words for the dispatcher: what happened, and what to do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.watch.actions.trial import Trial
from tereze.watch.models import Message, Source
from tereze.watch.models.decisions import ActKind
from tereze.watch.undoing import Undo


BLIND: dict[str, Any] = {
    "network": gettext_lazy("нет связи с сервисом"),
    "conflict": gettext_lazy("этого бота читает другая программа (409)"),
    "token": gettext_lazy("сервис не принимает ключ бота: его отозвали или заменили"),
    "kicked": gettext_lazy("бота исключили из чата"),
    "no_rights": gettext_lazy("бот больше не администратор и не видит сообщений"),
    "no_delete_right": gettext_lazy("бот видит чат, но лишён права удалять"),
    "no_restrict_right": gettext_lazy("бот удаляет, но лишён права ограничивать авторов"),
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
    "unknown": gettext_lazy("сервис не ответил, снято ли ограничение"),
    "by_itself": gettext_lazy("сервис снял сам, когда вышел срок"),
    "network": gettext_lazy("нет связи с сервисом"),
    **{code: BLIND[code] for code in ("token", "kicked", "no_rights")},
    "no_delete_right": gettext_lazy("бот лишён права удалять"),
    "no_restrict_right": gettext_lazy("бот лишён права ограничивать авторов"),
}
EXEMPT: dict[str, Any] = {
    "administrator": gettext_lazy("автор – администратор чата: решает человек"),
    "akimat": gettext_lazy("автор пишет от акимата: решает человек"),
    "police": gettext_lazy("автор пишет от полиции: решает человек"),
    "verified": gettext_lazy("автор в списке проверенных: решает человек"),
}


def blind_words(source: Source) -> str:
    if source.health_reason.startswith("error:"):
        return _("чтение прервалось из-за ошибки программы и начинается снова")
    return str(BLIND.get(source.health_reason, source.health_reason))


def blind_title(source: Source) -> str:
    if source.is_hampered:
        return _("СТЕНА ВИДИТ этот чат, но НЕ МОЖЕТ ДЕЙСТВОВАТЬ")
    return _("СТЕНА НЕ ВИДИТ этот чат")


def sight_words(source: Source) -> str:
    return _("не может действовать") if source.is_hampered else source.get_health_display()


def result_words(code: str) -> str:
    return str(RESULTS.get(code, code))


def exempt_words(message: Message) -> str:
    return str(EXEMPT[message.exempt]) if message.is_flagged and message.exempt else ""


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


UNDOS: dict[Undo, Any] = {
    Undo.LIFTING: gettext_lazy("Отменяется: снимаем ограничения и проверяем."),
    Undo.LIFTED: gettext_lazy("Отменено: сервис подтвердил, что ограничений больше нет."),
    Undo.NOTHING: gettext_lazy("Отменено. Ограничений с автора снимать не нужно: их нет."),
    Undo.HELD: gettext_lazy(
        "Отменено. Автор остаётся ограничен: действует решение о другой его публикации."
    ),
    Undo.TASK: gettext_lazy("Снять ограничение не удалось или проверить нельзя: нужен человек."),
}


def undo_words(undo: Undo) -> str:
    return str(UNDOS.get(undo, ""))


LACKS: dict[str, Any] = {
    "shadow": gettext_lazy("в тени %(days)s из 7 дней"),
    "verdicts": gettext_lazy("решений людей %(verdicts)s из 50"),
    "precision": gettext_lazy("машина права в %(percent)s %%, нужно 98 %%"),
}


def not_proven_words(trial: Trial) -> str:
    """What is missing before the machine may act; empty when nothing is."""
    facts = {"days": trial.days, "verdicts": trial.verdicts, "percent": trial.percent}
    lacking = ", ".join(str(LACKS[name]) % facts for name in trial.lacks)
    return _("Автомат пока закрыт: %(lacking)s.") % {"lacking": lacking} if lacking else ""


def kind_words(kind: str) -> str:
    names = dict(ActKind.choices)
    return str(names.get(kind, kind)).capitalize()
