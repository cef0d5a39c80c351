"""What happened and why, in words. The database keeps slugs; screens and letters show these."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tereze.casework.models import Evidence
from tereze.disruption.models import Incoming, Partner, Request, RequestStep, State
from tereze.disruption.models.request import Answer


EVENTS = {
    "drafted": gettext_lazy("Подготовлено"),
    "needs_capture": gettext_lazy("Нужен снимок сотрудника"),
    "numbers_set": gettext_lazy("Внесены номера и санкция"),
    "enclosed": gettext_lazy("Приложен файл"),
    "signature_checked": gettext_lazy("Подпись проверена"),
    "capture_asked": gettext_lazy("Снимок поставлен в очередь ещё раз"),
    "captured": gettext_lazy("Страница снята и опечатана"),
    "recaptured": gettext_lazy("Снято ещё раз"),
    "merged": gettext_lazy("О том же адресе сообщили ещё раз"),
    "held": gettext_lazy("Придержано: удаление пока помешало бы делу"),
    "released": gettext_lazy("Больше не придерживается"),
    "approved": gettext_lazy("Утверждено и подписано"),
    "delivered": gettext_lazy("Доставлено партнёру"),
    "sent_again": gettext_lazy("Отправлено ещё раз"),
    "acknowledged": gettext_lazy("Партнёр принял в работу"),
    "answered": gettext_lazy("Ответ партнёра"),
    "supplied": gettext_lazy("Мы дополнили сведения"),
    "overdue": gettext_lazy("Срок вышел: ответственным сообщено"),
    "escalated": gettext_lazy("Срок вышел: сообщено руководителям"),
    "seen_gone": gettext_lazy("Проверено нами: удалено"),
    "still_there": gettext_lazy("Проверено нами: всё ещё на месте"),
    "could_not_look": gettext_lazy("Проверить не удалось: нужен сотрудник"),
    "look_asked": gettext_lazy("Назначена проверка"),
    "came_back": gettext_lazy("Страница появилась снова"),
    "letter_came": gettext_lazy("Пришло письмо"),
    "undelivered": gettext_lazy("Письмо вернулось: не доставлено"),
    "returned": gettext_lazy("Письмо вернулось: не доставлено"),
    "resent": gettext_lazy("Отправляется другим путём"),
    "recognised": gettext_lazy("Узнано: похожее объявление уже было"),
    "closed": gettext_lazy("Закрыто"),
    "withdrawn": gettext_lazy("Отозвано"),
    "overturned": gettext_lazy("Обжалование удовлетворено: мы ошиблись"),
}
WHY = {
    "not_found": gettext_lazy("страница не найдена"),
    "gone_for_good": gettext_lazy("страница удалена навсегда"),
    "soft_404": gettext_lazy("страница говорит, что объявления нет"),
    "archived": gettext_lazy("объявление в архиве"),
    "redirect": gettext_lazy("переадресация вместо объявления"),
    "page": gettext_lazy("страница открывается"),
    "comment": gettext_lazy("комментарий стоит на странице"),
    "comment_gone": gettext_lazy("комментария на странице больше нет"),
    "robots": gettext_lazy("сайт не разрешает программам эту страницу (robots.txt)"),
    "unreadable": gettext_lazy("страницу не удалось прочитать"),
    "by_officer": gettext_lazy("посмотрел сотрудник"),
    "challenge": gettext_lazy("сайт проверяет, не робот ли мы"),
    "login": gettext_lazy("сайт требует войти"),
    "forbidden": gettext_lazy("доступ запрещён"),
    "limited": gettext_lazy("сайт ограничил частоту запросов"),
    "legal_block": gettext_lazy("страница закрыта по решению органа"),
    "server_error": gettext_lazy("ошибка на стороне сайта"),
    "odd_status": gettext_lazy("непонятный ответ сайта"),
    "empty": gettext_lazy("пустая страница"),
    "elsewhere": gettext_lazy("переадресация на другой сайт"),
    "address": gettext_lazy("адрес не открывается"),
    "dns": gettext_lazy("сайт не найден по имени"),
    "timeout": gettext_lazy("сайт не ответил вовремя"),
    "network": gettext_lazy("нет связи с сайтом"),
    "memory": gettext_lazy("страница заняла слишком много памяти"),
    "hung": gettext_lazy("страница ответила, но не даёт себя прочитать"),
    "redirects": gettext_lazy("слишком много переадресаций"),
    "refused": gettext_lazy("внутренний адрес: мы туда не ходим"),
    "certificate": gettext_lazy("неверный сертификат сайта"),
    "download": gettext_lazy("вместо страницы – файл"),
    "browser": gettext_lazy("браузер не справился со страницей"),
    "no_browser": gettext_lazy("на этом компьютере нет браузера"),
    "acknowledge": gettext_lazy("не приняли в работу вовремя"),
    "act": gettext_lazy("не ответили вовремя"),
    "decision_undone": gettext_lazy("решение отменено"),
    "term_over": gettext_lazy("30 дней наблюдения прошли"),
}
VANTAGES = {
    "browser": gettext_lazy("браузер, компьютер"),
    "browser_mobile": gettext_lazy("браузер, телефон"),
    "http": gettext_lazy("запрос, компьютер"),
    "http_mobile": gettext_lazy("запрос, телефон"),
}
PHOTOS = {
    "kept": gettext_lazy("открываются"),
    "deleted": gettext_lazy("удалены"),
    "unknown": gettext_lazy("не удалось узнать"),
}
ALIKE = {
    "address": gettext_lazy("тот же адрес"),
    "account": gettext_lazy("тот же аккаунт"),
    "phone": gettext_lazy("тот же номер телефона"),
    "photo": gettext_lazy("те же фотографии"),
    "text": gettext_lazy("почти тот же текст"),
    "price": gettext_lazy("то же название и та же цена"),
}
TONES = {
    "captured": "active",
    "approved": "active",
    "delivered": "active",
    "answered": "active",
    "seen_gone": "good",
    "overdue": "attention",
    "escalated": "attention",
    "came_back": "attention",
    "recognised": "attention",
    "still_there": "attention",
    "could_not_look": "attention",
    "needs_capture": "attention",
    "overturned": "attention",
    "undelivered": "attention",
    "returned": "attention",
}
STATE_TONES = {
    State.DRAFTED: "plain",
    State.CAPTURED: "attention",
    State.HELD: "attention",
    State.APPROVED: "active",
    State.DELIVERED: "active",
    State.ACKNOWLEDGED: "active",
    State.ANSWERED: "strong",
    State.COULD_NOT_LOOK: "attention",
    State.VERIFIED: "good",
    State.REOPENED: "attention",
    State.CLOSED: "plain",
}


# notes that begin with a word and say more after it
HEADS: dict[str, Callable[[str], str]] = {
    "returned": lambda why: returned_text(why),
    "letter": lambda kind: str(Incoming.Kind(kind).label) if kind in Incoming.Kind.values else kind,
    "channel": lambda slug: str(Partner.Channel(slug).label),
}


def returned_text(why: str) -> str:
    """Why a letter is not with the partner, in words; the server's own words after them."""
    if why == "unknown":
        return _("связь с почтовым сервером дважды оборвалась: дошло ли письмо, неизвестно")
    code = why[:1]
    if code == "5":
        return _("почтовый сервер партнёра не принимает письма на этот адрес (%(why)s)") % {
            "why": why
        }
    return _("почтовый сервер не смог доставить письмо (%(why)s)") % {"why": why}


LETTER_WHY = {
    "sender": gettext_lazy(
        "В письме наша метка, но написал не тот, кому мы писали. Подтвердите, что ответ их."
    ),
    "unclear": gettext_lazy("Ответ не понят: прочитайте и выберите."),
    "not_their_turn": gettext_lazy("По этому уведомлению ответ сейчас не ждали."),
    "acknowledged_before": gettext_lazy("Партнёр уже принял уведомление раньше."),
    "earlier": gettext_lazy("Письмо отправлено раньше, чем мы обратились в последний раз."),
    "placed": gettext_lazy("К уведомлению письмо отнёс сотрудник."),
    "handed_over": gettext_lazy("Житель прислал чат: он на странице «Чаты WhatsApp»."),
    "unreadable": gettext_lazy("Письмо устроено так, что прочитать его нельзя. Есть оригинал."),
}
MAILBOX_TROUBLE = {
    "dns": gettext_lazy("Почтовый сервер не найден по имени: проверьте TEREZE_IMAP_HOST."),
    "connection": gettext_lazy(
        "Почтовый сервер не отвечает: проверьте TEREZE_IMAP_HOST и TEREZE_IMAP_PORT, сеть."
    ),
    "timeout": gettext_lazy("Почтовый сервер не ответил за 30 секунд."),
    "tls": gettext_lazy(
        "Защищённое соединение не удалось: сертификат сервера неверен, или TEREZE_IMAP_TLS не тот "
        "(tls – порт 993, starttls – порт 143)."
    ),
    "login": gettext_lazy(
        "Сервер не принял имя или пароль: проверьте TEREZE_IMAP_USER и TEREZE_IMAP_PASSWORD. "
        "Часто нужен отдельный пароль для программ."
    ),
    "folder": gettext_lazy("Такой папки в ящике нет: проверьте TEREZE_IMAP_FOLDER."),
    "protocol": gettext_lazy("Сервер ответил не по протоколу IMAP."),
}


FILE_TROUBLE = {
    "too_large": gettext_lazy("Файл слишком велик: до 5 МБ, в распакованном виде до 24 МБ."),
    "empty": gettext_lazy("Файл пуст или не выбран."),
    "old_excel": gettext_lazy(
        "Это старый формат .xls или файл с паролем. Сохраните как XLSX без пароля или как CSV."
    ),
    "not_a_table": gettext_lazy("Это не таблица. Нужен XLSX или CSV."),
    "no_columns": gettext_lazy(
        "В первых двадцати строках нет столбцов «Исходящий номер» и «Ответ». Верните их заголовки."
    ),
    "too_many_rows": gettext_lazy("В файле больше 5000 строк: разделите его."),
    "broken_csv": gettext_lazy(
        "CSV повреждён: строки не читаются. Возможно, где-то не закрыта кавычка."
    ),
    "broken_xlsx": gettext_lazy("XLSX повреждён или устроен необычно. Сохраните его заново."),
}
ROW_VERDICTS: dict[str, tuple[str, Any]] = {
    "good": ("active", gettext_lazy("будет записано")),
    "applied": ("good", gettext_lazy("записано из этого файла")),
    "same": ("plain", gettext_lazy("уже отвечено так же")),
    "answered": ("attention", gettext_lazy("уже отвечено иначе")),
    "not_their_turn": ("attention", gettext_lazy("ответ сейчас не ждали")),
    "empty": ("plain", gettext_lazy("ответа ещё нет")),
    "unknown": ("attention", gettext_lazy("такого номера у этого партнёра нет")),
    "no_number": ("attention", gettext_lazy("нет номера")),
    "wrong_answer": ("attention", gettext_lazy("такого ответа нет")),
    "wrong_code": ("attention", gettext_lazy("такого кода причины нет")),
    "no_words": ("attention", gettext_lazy("к отказу и вопросу нужен комментарий")),
    "repeated": ("plain", gettext_lazy("повтор строки выше")),
    "conflict": ("attention", gettext_lazy("две строки об одном номере говорят разное")),
}


def file_trouble(slug: str) -> str:
    return str(FILE_TROUBLE.get(slug, slug))


def letter_why(slug: str) -> str:
    return str(LETTER_WHY.get(slug, ""))


def mailbox_trouble(slug: str) -> str:
    return str(MAILBOX_TROUBLE.get(slug, slug))


def explain(note: str) -> str:
    """«200 soft_404» and «refused: мы проверили» as a person reads them."""
    head, colon, rest = note.partition(":")
    if head in HEADS and colon:
        return HEADS[head](rest.strip())
    if head == "alike":
        how, _colon, number = rest.partition(":")
        return f"{in_what(how.split('+'))} · № {number}"
    if head in Answer.values:
        return str(Answer(head).label) + (f":{rest}" if colon else "")
    first, _space, last = note.rpartition(" ")
    if last in WHY:
        return f"{WHY[last]} ({first})" if first else str(WHY[last])
    return note


def in_what(how: Iterable[str]) -> str:
    """«тот же номер телефона, те же фотографии»."""
    return ", ".join(str(ALIKE[kind]) for kind in how if kind in ALIKE)


def passed_text(seconds: float) -> str:
    """How much later: «через 4 минуты»."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("меньше чем через минуту")
    if minutes < 120:
        return ngettext("через %(n)d минуту", "через %(n)d минут", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("через %(n)d час", "через %(n)d часов", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("через %(n)d день", "через %(n)d дней", days) % {"n": days}


def text_of(step: RequestStep) -> Any:
    if step.event in {"captured", "recaptured"} and is_form(step):
        return _("Форма заполнена и опечатана")
    return EVENTS.get(step.event, step.event)


def is_form(step: RequestStep) -> bool:
    return step.evidence is not None and step.evidence.kind == Evidence.Kind.FORM


def timeline_of(request: Request) -> Iterator[dict[str, Any]]:
    """The steps with the time between them, oldest first."""
    previous: RequestStep | None = None
    for step in request.steps.select_related("evidence"):
        gap = passed_text((step.at - previous.at).total_seconds()) if previous else ""
        detail = explain(step.note) if step.note else ""
        yield {
            "at": step.at,
            "text": text_of(step),
            "who": step.actor_name if step.actor_kind != "machine" else "Tereze",
            "detail": " · ".join(part for part in (detail, gap) if part),
            "tone": TONES.get(step.event, "plain"),
            "url": reverse("disruption:evidence", args=[request.public_id, step.evidence.public_id])
            if step.evidence
            else "",
        }
        previous = step
