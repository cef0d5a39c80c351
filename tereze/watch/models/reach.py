"""How somebody who is called hears of it away from the desk, and what was sent to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id
from tereze.watch.models.calls import Call


class Way(models.TextChoices):
    EMAIL = "email", _("письмо")
    TELEGRAM = "telegram", "Telegram"


class Reach(models.Model):
    """Typed or linked by the officer themselves; nobody else reads it."""

    officer = models.OneToOneField(User, models.CASCADE, related_name="reach")
    email = EncryptedTextField(blank=True)
    telegram = EncryptedTextField(blank=True)  # their chat with the bot
    bot_key = models.TextField(blank=True, default="")  # which bot it is
    code_hash = models.TextField(blank=True, default="", db_index=True)
    code_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.officer_id)


ENDED_BY_ITSELF = "ended"  # why nobody had to come after all


class SummonsState(models.TextChoices):
    WAITING = "waiting", _("отправляется")
    SENT = "sent", _("отправлено")
    UNKNOWN = "unknown", _("отправлено, ответа сервера нет")
    FAILED = "failed", _("не доставлено")


class Summons(DueRow):
    """One word to one person about one call, by one way."""

    public_id = models.TextField(unique=True, default=public_id)
    call = models.ForeignKey(Call, models.CASCADE, related_name="summons")
    way = models.TextField(choices=Way.choices)
    state = models.TextField(choices=SummonsState.choices, default=SummonsState.WAITING)
    offered = models.PositiveSmallIntegerField(default=0)
    why = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "way"], name="summoned_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.way} {self.state}"
