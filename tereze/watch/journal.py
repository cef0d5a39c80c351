"""What the journal calls the wall's events."""

from typing import Any

from django.utils.translation import gettext_lazy as _


LABELS: dict[str, Any] = {
    "source.added": _("чат добавлен"),
    "source.changed": _("настройки чата изменены"),
    "source.closed": _("автомат в чате закрыт: люди решали иначе"),
    "source.consent_read": _("файл согласия прочитан"),
    "source.expired": _("срок наблюдения вышел, чат выключен"),
    "source.health": _("чат стал виден или перестал быть виден"),
    "source.let_go_on": _("автомату разрешено продолжать"),
    "source.moved": _("чат перенесён сервисом, наблюдение идёт следом"),
    "message.blocked": _("публикация заблокирована"),
    "message.blocked_further": _("к блокировке добавлен следующий шаг"),
    "message.held": _("автор придержан до решения"),
    "message.acted": _("действие исполнено и проверено"),
    "message.not_sealed": _("копия не снята, поэтому ничего не сделано"),
    "message.released": _("публикация признана безобидной"),
    "message.retried": _("неудавшееся действие повторяется"),
    "message.reposted": _("удалённый текст возвращён в чат"),
    "message.closed": _("закрыто: больше ничего не сделать"),
    "message.linked": _("номера и ссылки публикации записаны в индикаторы"),
    "message.author_read": _("сведения об авторе прочитаны"),
    "decision.undone": _("решение отменено"),
    "act.ended": _("срок ограничения или блокировки вышел"),
    "notice.sent": _("причина объявлена в чате"),
    "agreement.asked": _("запрошено согласие второго сотрудника"),
    "agreement.agreed": _("второй сотрудник согласен"),
    "agreement.refused": _("второй сотрудник против"),
    "appeal.made": _("автор обжаловал решение"),
    "appeal.overdue": _("на обжалование не ответили в срок"),
    "appeal.upheld": _("обжалование рассмотрено: решение оставлено"),
    "appeal.overturned": _("обжалование рассмотрено: решение отменено"),
    "call.made": _("сотрудник вызван к стене"),
    "call.taken": _("сотрудник принял вызов"),
    "raid.began": _("замечен налёт"),
    "raid.closed": _("налёт снят со стены"),
    "policy_list.added": _("добавлен список блокировок Matrix"),
    "policy_list.removed": _("список блокировок Matrix убран"),
}
