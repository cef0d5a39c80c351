"""What the journal calls events about partners, their systems and requests to them."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tereze.disruption.wording import EVENTS


WORDS: dict[str, Any] = {
    "partner.registered": _("партнёр внесён"),
    "partner.changed": _("сведения о партнёре изменены"),
    "partner.terms_set": _("записаны сроки и часы партнёра"),
    "partner_key.issued": _("партнёру выдан ключ API"),
    "partner_key.closed": _("ключ API партнёра закрыт"),
    "webhook.set": _("задан вебхук партнёра"),
    "webhook.changed": _("изменён вебхук партнёра"),
    "webhook.secret_changed": _("сменён секрет вебхука"),
    "webhook.switched_off": _("вебхук выключен"),
    "webhook.replayed": _("событие отправлено партнёру повторно"),
    "webhook.pinged": _("партнёру отправлено проверочное событие"),
    "word.question": _("вопрос в переписке по уведомлению"),
    "word.reply": _("ответ в переписке по уведомлению"),
    "word.appeal": _("обжалование уведомления"),
    "word.decision": _("решение по обжалованию"),
    "partner_notice.removed_ourselves": _("партнёр сообщил: удалено им самим"),
    "partner_notice.seller_again": _("партнёр сообщил: продавец появился снова"),
}
# the steps of a request, as its own page calls them
WORDS |= {
    f"request.{step}": format_lazy("{}: {}", _("уведомление"), words)
    for step, words in EVENTS.items()
}
