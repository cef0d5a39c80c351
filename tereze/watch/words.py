"""Codes of health and trouble in words for the dispatcher: what happened, and what to do."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.watch.actions.pursuing import Pursued
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
    "no_ban_right": gettext_lazy("бот удаляет, но лишён права блокировать авторов"),
    "logged_out": gettext_lazy(
        "сервис больше не принимает вход нашей учётной записи: войдите ею заново"
    ),
    "encrypted": gettext_lazy(
        "чат зашифрован: его сообщения читают только участники, Tereze их прочесть не может"
    ),
    "undercover": gettext_lazy(
        "учётная запись больше не называет себя полицией: тайно чаты не читаем"
    ),
    "moved_away": gettext_lazy("чат перенесён в новую комнату, и нас туда не пускают"),
    "moved_elsewhere": gettext_lazy(
        "чат закрыт и отсылает в комнату, которая не называет себя его продолжением: на неё нет "
        "согласия, добавьте её отдельно"
    ),
    "moved_known": gettext_lazy(
        "чат перенесён, а новый уже есть в списке отдельно: проверьте, что тот включён, и выключите этот"
    ),
    "expired": gettext_lazy(
        "срок наблюдения или его основание кончились, чат выключен: за ним никто не следит"
    ),
    "too_quiet": gettext_lazy(
        "сервис отвечает, но в чате тихо так долго, как в это время здесь не бывает: проверьте сами"
    ),
    "webhook": gettext_lazy("сервис не может доставить нам сообщения: наш адрес ему не отвечает"),
    "clock_ahead": gettext_lazy(
        "часы сервиса спешат против наших больше чем на 2 минуты: проверьте часы нашего сервера, "
        "времени публикаций верить нельзя"
    ),
    "clock_behind": gettext_lazy(
        "часы сервиса отстают от наших больше чем на 2 минуты: проверьте часы нашего сервера, "
        "времени публикаций верить нельзя"
    ),
    "bridge_logged_out": gettext_lazy(
        "мост вышел из учётной записи и ничего не передаёт: войдите в него заново"
    ),
    "bridge_lost": gettext_lazy("мост потерял связь со своим сервисом и ничего не передаёт"),
    "bridge_phone": gettext_lazy(
        "мост давно не видел телефона: откройте на нём приложение, иначе связь скоро порвётся"
    ),
    "bridge_gone": gettext_lazy("мост ушёл из чата: чат больше ничем не связан со своим сервисом"),
    "stream": gettext_lazy(
        "поток сообщений (NATS) не отвечает: сообщения ждут у своих сервисов, ничего не потеряно"
    ),
    "stream_late": gettext_lazy("чат читается, но решать не успевают или некому: поток отстаёт"),
    "silence": gettext_lazy("процесс наблюдения не отвечает больше минуты"),
}
CLOCKS = {"clock_ahead", "clock_behind"}
# why a site was not read, and what to do
SITES: dict[str, Any] = {
    "robots": gettext_lazy("сайт не разрешает программам эту страницу (robots.txt)"),
    "robots_unreachable": gettext_lazy(
        "robots.txt сайта не отвечает; пока неизвестно, что он разрешает, мы не читаем"
    ),
    "private": gettext_lazy("адрес ведёт во внутреннюю сеть: туда мы не ходим"),
    "address": gettext_lazy("адрес не открывается"),
    "network": gettext_lazy("сайт не отвечает"),
    "limited": gettext_lazy("сайт просит приходить реже (429): ждём, сколько он сказал"),
    "server_error": gettext_lazy("ошибка на стороне сайта (5xx)"),
    "status": gettext_lazy("непонятный ответ сайта"),
    "forbidden": gettext_lazy("сайт нас не пускает (403): договоритесь с владельцем"),
    "page_gone": gettext_lazy("страницы больше нет (404): найдите новый адрес"),
    "elsewhere": gettext_lazy("адрес теперь ведёт на другой сайт: это другой источник"),
    "redirects": gettext_lazy("слишком много переадресаций"),
    "no_feed": gettext_lazy("по адресу больше не лента"),
    "unreadable": gettext_lazy("страницу не удалось прочитать за отведённое время"),
    "recipe": gettext_lazy("в описании страницы ошибка: это не CSS-селектор"),
    "layout": gettext_lazy(
        "изменилась разметка: комментариев не видно там, где они были – поправьте «Как читать»"
    ),
    "challenge": gettext_lazy("сайт проверяет, не робот ли мы: договоритесь с владельцем"),
    "login": gettext_lazy("сайт требует войти: закрытое мы не читаем"),
    "clock_ahead": gettext_lazy(
        "часы сайта спешат против наших больше чем на 10 минут: время комментариев неверно"
    ),
    "clock_behind": gettext_lazy(
        "часы сайта отстают от наших больше чем на 10 минут: время комментариев неверно"
    ),
    "too_long": gettext_lazy(
        "страниц больше десяти, новое – на последних, туда мы не доходим: дайте адрес последней"
    ),
    "quiet": gettext_lazy("нового нет гораздо дольше обычного: проверьте, живёт ли страница"),
}
RESULTS: dict[str, Any] = {
    "too_late": gettext_lazy("сервис удаляет только публикации моложе 48 часов"),
    "author_is_administrator": gettext_lazy("автор – администратор чата"),
    "author_is_a_channel": gettext_lazy(
        "автор пишет от имени канала: его можно только заблокировать"
    ),
    "author_has_rights": gettext_lazy(
        "у автора в чате особые права: ограничение отняло бы их, решите сами"
    ),
    "only_supergroups": gettext_lazy("сервис умеет это только в супергруппах"),
    "own_messages_are_not_shown": gettext_lazy("сервис не показывает боту его сообщений"),
    "not_found": gettext_lazy("уже не было"),
    "reactions_are_not_shown": gettext_lazy("сервис не показывает боту, осталась ли реакция"),
    "moved": gettext_lazy("чат перенесён, публикация осталась в прежнем"),
    "renamed": gettext_lazy("названий бот не меняет: верните прежнее в самом чате"),
    "source_off": gettext_lazy("наблюдение за чатом выключено"),
    "look": gettext_lazy("сервис показывает другое"),
    "unknown": gettext_lazy("сервис не ответил, снято ли ограничение"),
    "by_itself": gettext_lazy("срок вышел, и уже было снято"),
    "network": gettext_lazy("нет связи с сервисом"),
    **{code: BLIND[code] for code in ("token", "kicked", "no_rights", "logged_out")},
    "M_FORBIDDEN": gettext_lazy("сервис запрещает это, не объясняя почему"),
    "no_delete_right": gettext_lazy("бот лишён права удалять"),
    "no_restrict_right": gettext_lazy("бот лишён права ограничивать авторов"),
    "no_ban_right": gettext_lazy("бот лишён права блокировать авторов"),
    "copy_shows_deleted": gettext_lazy("в чате, присланном позже, стоит «сообщение удалено»"),
    "copy_shows_it": gettext_lazy("в чате, присланном позже, публикация ещё видна"),
    "administrator_says": gettext_lazy("со слов администратора чата: проверить нельзя"),
    "overdue": gettext_lazy("администратор чата не ответил в срок"),
    "already_gone": gettext_lazy("администратор: публикации уже нет"),
    "whatsapp_too_late": gettext_lazy("администратор: WhatsApp больше не даёт удалить"),
    "not_administrator": gettext_lazy("ответил, что он не администратор этого чата"),
    "disagrees": gettext_lazy("администратор не считает публикацию мошеннической"),
    "other_reason": gettext_lazy("администратор не удалит, причина в его ответе"),
}
EXEMPT: dict[str, Any] = {
    "administrator": gettext_lazy("автор – администратор чата: решает человек"),
    "akimat": gettext_lazy("автор пишет от акимата: решает человек"),
    "police": gettext_lazy("автор пишет от полиции: решает человек"),
    "verified": gettext_lazy("автор в списке проверенных: решает человек"),
}


# field of the form, and what to do
JOINING: dict[str, tuple[str, Any]] = {
    "address": (
        "address",
        gettext_lazy("Так адреса чатов Matrix не выглядят: #имя:сервер, !номер:сервер или ссылка."),
    ),
    "server": (
        "server",
        gettext_lazy("Это не адрес сервера Matrix, или связь с ним не была бы защищена (https)."),
    ),
    "password": ("password", gettext_lazy("Сервер не принял имя и пароль.")),
    "token": ("token", gettext_lazy("Сервер не принял ключ доступа.")),
    "credentials": (
        "user",
        gettext_lazy("Нужны имя и пароль или ключ доступа: на этом сервере мы ещё не входили."),
    ),
    "undercover": (
        "user",
        gettext_lazy(
            "Имя учётной записи не говорит, что читает полиция. Тайно чаты не наблюдают: дайте ей "
            "имя со словом «полиция» или «киберпол»."
        ),
    ),
    "not_invited": (
        "address",
        gettext_lazy("Нас туда не пускают: попросите владельца чата пригласить нашу запись."),
    ),
    "no_room": ("address", gettext_lazy("Такого чата на сервере нет.")),
    "known": ("address", gettext_lazy("Этот список уже добавлен.")),
    "busy": ("server", gettext_lazy("Сервер просит подождать: попробуйте через несколько минут.")),
    "unreachable": (
        "server",
        gettext_lazy("Сервер не отвечает или отвечает не как сервер Matrix."),
    ),
}


REFUSED: dict[str, Any] = {
    "no_account": gettext_lazy("не имя учётной записи: под него подошёл бы кто угодно"),
    "local_too_broad": gettext_lazy("слишком широко: заблокировало бы целый сервер"),
    "server_too_broad": gettext_lazy("слишком широко: задело бы чужие серверы"),
    "hits_us": gettext_lazy("задело бы нашу собственную учётную запись"),
}


def refused_words(code: str) -> str:
    return str(REFUSED.get(code, code))


# Why a Telegram chat is not found, with the field of the form
ADDRESS = {
    "form": (
        "chat_id",
        gettext_lazy(
            "Так адреса чатов не выглядят: нужна ссылка t.me, имя @chat или номер -1001234567890."
        ),
    ),
    "invitation": (
        "chat_id",
        gettext_lazy(
            "По приглашению бот войти не может. Добавьте бота в чат администратором и вставьте "
            "ссылку на любое сообщение чата."
        ),
    ),
    "web": (
        "chat_id",
        gettext_lazy(
            "Эта версия Telegram в браузере не показывает полного номера чата. Вставьте ссылку на "
            "любое сообщение чата."
        ),
    ),
    "no_token": ("token", gettext_lazy("Чтобы узнать номер чата по имени, нужен ключ бота.")),
    "token": ("token", gettext_lazy("Telegram не принял ключ бота.")),
    "nowhere": (
        "chat_id",
        gettext_lazy("Telegram не знает такого чата или не показывает его боту."),
    ),
    "network": ("chat_id", gettext_lazy("Telegram не ответил. Попробуйте ещё раз.")),
}


def address_words(code: str) -> tuple[str, str]:
    field, words = ADDRESS[code]
    return field, str(words)


def joining_words(code: str) -> tuple[str, str]:
    field, words = JOINING[code]
    return field, str(words)


def blind_words(source: Source) -> str:
    if source.health_reason.startswith("error:"):
        return _("чтение прервалось из-за ошибки программы и начинается снова")
    if source.is_web and source.health_reason in SITES:
        return trouble_of_site(source.health_reason)
    return str(BLIND.get(source.health_reason, source.health_reason))


def trouble_of_site(code: str) -> str:
    return str(SITES.get(code, code))


def blind_title(source: Source, chats: int = 1) -> str:
    one = chats == 1
    if source.is_hampered:
        several = _("СТЕНА ВИДИТ эти чаты, но НЕ МОЖЕТ ДЕЙСТВОВАТЬ")
        return _("СТЕНА ВИДИТ этот чат, но НЕ МОЖЕТ ДЕЙСТВОВАТЬ") if one else several
    if source.health_reason in CLOCKS:
        several = _("СТЕНА ВИДИТ эти чаты, но ЧАСЫ РАСХОДЯТСЯ")
        return _("СТЕНА ВИДИТ этот чат, но ЧАСЫ РАСХОДЯТСЯ") if one else several
    if source.health_reason == "bridge_phone":
        several = _("СТЕНА СКОРО ПЕРЕСТАНЕТ ВИДЕТЬ эти чаты")
        return _("СТЕНА СКОРО ПЕРЕСТАНЕТ ВИДЕТЬ этот чат") if one else several
    return _("СТЕНА НЕ ВИДИТ этот чат") if one else _("СТЕНА НЕ ВИДИТ эти чаты")


def clock_words(source: Source) -> str:
    """How far the service's clock is from ours."""
    if source.skew is None:
        return _("пока неизвестно")
    if not source.skew:
        return _("идут как наши")
    facts = {"seconds": abs(source.skew)}
    if source.skew > 0:
        return _("спешат на %(seconds)s с против наших") % facts
    return _("отстают на %(seconds)s с от наших") % facts


def sight_words(source: Source) -> str:
    if source.is_blind and source.health_reason in CLOCKS:
        return _("часы расходятся")
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
    if head == "gone":
        return _("В чате публикации уже нет: её убрали не мы.")
    if head == "retrying":
        return _("%(act)s: пока не получилось, попытка повторится.") % {"act": kind_words(tail)}
    return _("%(act)s: не получилось – %(why)s.") % {
        "act": kind_words(head),
        "why": result_words(tail),
    }


MEDIA: dict[str, Any] = {
    "photo": gettext_lazy("фото"),
    "live_photo": gettext_lazy("фото"),
    "image": gettext_lazy("фото"),
    "video": gettext_lazy("видео"),
    "video_note": gettext_lazy("видео"),
    "animation": gettext_lazy("видео"),
    "document": gettext_lazy("файл"),
    "file": gettext_lazy("файл"),
    "voice": gettext_lazy("голосовое"),
    "audio": gettext_lazy("звук"),
    "sticker": gettext_lazy("стикер"),
    "poll": gettext_lazy("опрос"),
    "contact": gettext_lazy("контакт"),
    "location": gettext_lazy("место на карте"),
    "venue": gettext_lazy("место на карте"),
    "checklist": gettext_lazy("список дел"),
    "game": gettext_lazy("игра"),
    "invoice": gettext_lazy("счёт"),
    "story": gettext_lazy("история"),
    "dice": gettext_lazy("игральная кость"),
    "paid_media": gettext_lazy("платное фото или видео"),
    "giveaway": gettext_lazy("розыгрыш"),
    "giveaway_winners": gettext_lazy("розыгрыш"),
    "topic": gettext_lazy("новая тема"),
    "title": gettext_lazy("название"),
    "joined": gettext_lazy("вступление в чат"),
    "profile": gettext_lazy("имя участника"),
    "reaction": gettext_lazy("реакция"),
    "join_request": gettext_lazy("заявка на вступление"),
}


def media_words(message: Message) -> str:
    """What is attached, or what this is if it is no message; an album says how many pieces."""
    parts = message.text or {}
    words = str(MEDIA.get(parts.get("media", ""), parts.get("media", "")))
    number = len(parts.get("album", ()))
    return (
        _("альбом, %(number)s: %(what)s") % {"number": number, "what": words} if number else words
    )


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


def pursued_words(done: Pursued) -> str:
    """What one key set going, in one breath."""
    said = [_("Индикаторов: %(n)s.") % {"n": done.indicators}]
    if done.reports:
        said.append(_("Их называют сообщения жителей: %(n)s.") % {"n": done.reports})
    if done.requests:
        partners = ", ".join(dict.fromkeys(str(row.partner) for row in done.requests))
        said.append(_("Ждут подписи: %(partners)s.") % {"partners": partners})
    if done.nobody:
        said.append(_("Некого просить: %(what)s.") % {"what": ", ".join(done.nobody[:3])})
    return " ".join([*said, *done.said])


LACKS: dict[str, Any] = {
    "shadow": gettext_lazy("в тени %(days)s из 7 дней"),
    "verdicts": gettext_lazy("решений людей %(verdicts)s из 50"),
    "precision": gettext_lazy("машина права в %(percent)s %%, нужно 98 %%"),
}


def not_proven_words(trial: Trial) -> str:
    """What is missing before the machine may act; empty when nothing is."""
    facts = {"days": trial.days, "verdicts": trial.verdicts, "percent": trial.percent}
    lacking = ", ".join(str(LACKS[name]) % facts for name in trial.lacks)
    said = _("Автомат пока закрыт: %(lacking)s.") % {"lacking": lacking} if lacking else ""
    if not said or trial.lowered_from is None:
        return said
    since = _("Порог понизили с %(before)s: о том, что выше, считаются только решения после этого.")
    return f"{said} {since % {'before': number_format(trial.lowered_from)}}"


def kind_words(kind: str) -> str:
    names = dict(ActKind.choices)
    return str(names.get(kind, kind)).capitalize()
