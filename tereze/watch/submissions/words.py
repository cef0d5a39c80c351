"""What could not be taken or read, in words for whoever sent it: what happened, and what to do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.intake.uploads import refusal


PROBLEMS: dict[str, Any] = {
    "broken": gettext_lazy("архив повреждён: сделайте экспорт чата ещё раз"),
    "locked": gettext_lazy("архив под паролем: пришлите без пароля"),
    "bomb": gettext_lazy("архив слишком велик внутри: сделайте экспорт «Без медиафайлов»"),
    "no_chat": gettext_lazy("переписки WhatsApp внутри нет: нужен файл из «Экспорт чата»"),
    "binary": gettext_lazy("это не текст: нужен файл из «Экспорт чата» или снимок экрана"),
    "kind": gettext_lazy("такой файл мы не читаем: нужен .txt, .zip или снимок экрана"),
    "big_letter": gettext_lazy("письмо больше 15 МБ: пришлите чат через страницу"),
    "cut": gettext_lazy("чат очень длинный: прочитаны последние 50 000 сообщений"),
    "pictures": gettext_lazy("не все снимки взяты: их слишком много или они слишком велики"),
    "chats": gettext_lazy("в архиве несколько чатов: прочитан один, остальные пришлите отдельно"),
    "long": gettext_lazy("текст слишком длинный: взято начало, пришлите остальное файлом"),
}


def problem_words(why: str) -> str:
    return str(PROBLEMS[why]) if why in PROBLEMS else refusal(why)


def problems_of(problems: list[list[str]]) -> list[tuple[str, str]]:
    return [(name or _("Ваш текст"), problem_words(why)) for name, why in problems]
