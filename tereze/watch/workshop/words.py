"""Codes of the workshop in words: what is wrong, why it is red, what may not be done."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tereze.watch.workshop.entries import Wrong


FAULTS: dict[str, Any] = {
    # of a pattern
    "no_beginning": _("образец должен начинаться со слова, а не с необязательного или пропуска"),
    "too_many_ways": _(
        "слишком много пропусков, вариантов и необязательных слов вместе: искать было бы долго"
    ),
    "unexpected": _("лишний знак «%(part)s»"),
    "empty": _("пустой вариант: между скобками и | должно стоять слово"),
    "no_word_set": _("набора слов {%(part)s} нет"),
    "circular": _("наборы слов ссылаются друг на друга"),
    "missing": _("не хватает знака «%(part)s»"),
    "unreadable": _("не читается с этого места: «%(part)s»"),
    "gap_first": _("пропуск (..) не может стоять первым"),
    "short_stem": _("начало слова «%(part)s» слишком короткое: подошло бы к чему угодно"),
    # of a field
    "empty_field": _("нужен хотя бы один образец"),
    "too_few": _("нужно не меньше %(part)s разных"),
    "too_many": _("не больше %(part)s"),
    "too_long": _("длиннее %(part)s знаков"),
    "no_article": _("правило может служить только схеме, у которой названа статья закона"),
    "unknown": _("выберите из списка"),
    "reason": _("нужно объяснение для жителя, не длиннее %(part)s знаков"),
    "weight": _("вес от 0,1 до 7"),
    "within": _("от 0 до %(part)s знаков"),
}
RED: dict[str, Any] = {
    "examples": _("примеры не сходятся: исправьте правило или примеры"),
    "forbidden": _(
        "правило срабатывает на обычном разговоре о власти, вере, работе или новостях: так нельзя"
    ),
    "no_corpus": _("нет корпуса текстов: проверить на честных текстах не на чем"),
    "harmless_blocked": _("заблокировало бы честные тексты корпуса или предупреждения"),
    "harmless_flagged": _("показало бы людям слишком много честных текстов корпуса"),
    "acquitted_blocked": _("заблокировало бы то, что сотрудники уже признали безобидным"),
    "too_many_blocked": _("впервые заблокировало бы слишком много разных публикаций"),
    "lost": _("больше не находило бы слишком много мошеннических текстов корпуса"),
    "too_slow": _("правило ищет слишком долго"),
    "unreadable": _("правило не читается"),
    "error": _("проверка прервалась из-за ошибки программы: начните её снова"),
}
REFUSED: dict[str, Any] = {
    "no_permission": _("У вас нет права на это действие."),
    "draft_is_open": _("Это правило уже меняют: откройте начатый черновик."),
    "draft_is_closed": _("Этот черновик уже закрыт."),
    "backtest_is_running": _("Проверка уже идёт."),
    "examples": _("Сначала должны сойтись все примеры."),
    "own_rule": _("Правило выпускает и оценивает в тени другой сотрудник: не тот, кто его писал."),
    "not_green": _(
        "Нужна зелёная проверка именно этой редакции, на нынешних правилах и нынешней программе."
    ),
    "shadow_wrong": _("В тени сотрудник отметил ошибку: сначала исправьте правило."),
    "said_wrong": _(
        "Коллега отметил здесь ошибку. Снять отметку может только он сам, или исправьте правило."
    ),
    "edited_meanwhile": _("Правило тем временем изменили: посмотрите новую редакцию."),
    "written_meanwhile": _(
        "Пока вы писали, коллега записал другую редакцию: она в списке ниже. Записать ещё раз – значит заменить её вашей."
    ),
    "no_reason": _("Напишите, почему выпускаете."),
    "not_the_newest": _("Вернуть можно только последний выпуск."),
}
FIELDS: dict[str, Any] = {
    "scheme": _("Схема"),
    "language": _("Язык"),
    "outcome": _("О чём говорит"),
    "weight": _("Вес"),
    "within": _("Расстояние"),
    "any": _("Образцы"),
    "with": _("Вместе с"),
    "unless": _("Кроме"),
    "reason_ru": _("Объяснение по-русски"),
    "reason_kk": _("Объяснение по-казахски"),
    "examples": _("Примеры"),
    "counter_examples": _("Контрпримеры"),
}
OUTCOMES: dict[str, Any] = {
    "illegal": _("противоправное"),
    "suspicious": _("подозрительное"),
    "incident_report": _("рассказ о случившемся"),
    "warning_or_quotation": _("предупреждение или цитата"),
    "job_or_promo": _("вакансия или реклама"),
    "harmless": _("обычное"),
}
LANGUAGES: dict[str, Any] = {"ru": _("русский"), "kk": _("казахский"), "both": _("оба языка")}
CORPUS = _("корпус Tereze")


def fault_words(fault: Wrong) -> str:
    words = str(FAULTS[fault.code]) % {"part": fault.part}
    return f"{fault.where}: {words}" if fault.where else words


def red_words(codes: list[str]) -> list[str]:
    return [str(RED[code]) for code in codes]


def refused_words(code: str) -> str:
    return str(REFUSED[code])


def outcome_words(outcome: str) -> str:
    return str(OUTCOMES.get(outcome, outcome))


def place_words(place: str) -> str:
    return str(CORPUS) if place == "corpus" else place
