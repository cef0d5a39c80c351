"""Letters that come in: which mailbox was read how far, and every letter once."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.casework.models import Evidence
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id
from tereze.disruption.models.request import Answer, Request
from tereze.disruption.models.work import Letter


class Mailbox(DueRow):
    """How far one folder of one account has been read. Its letters stay on the server untouched."""

    name = models.TextField(unique=True)  # "user@host/folder"
    unit = models.ForeignKey(Unit, models.PROTECT)  # of letters nobody can place
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)  # why it could not be read, as a slug
    detail = models.TextField(blank=True)  # the server's own words

    def __str__(self) -> str:
        return self.name


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def visible_to(self, user: Any) -> "IncomingQuerySet":
        """Officers see their unit's; partners and residents none."""
        if not user.is_authenticated or not user.can(Permission.REQUEST_READ):
            return self.none()
        return self.filter(unit=user.unit)

    def waiting(self) -> "IncomingQuerySet":
        return self.filter(state__in=(Incoming.State.WAITING, Incoming.State.UNKNOWN))


class Incoming(DueRow):
    """One letter. The original lies in the vault before this row exists."""

    class State(models.TextChoices):
        NEW = "new", _("ещё не разобрано")
        TAKEN = "taken", _("ответ записан")
        NOTED = "noted", _("учтено, не ответ")
        WAITING = "waiting", _("ждёт сотрудника")
        UNKNOWN = "unknown", _("не опознано")
        DISMISSED = "dismissed", _("не относится к делу")

    class Kind(models.TextChoices):
        ANSWER = "answer", _("ответ")
        AUTO_REPLY = "auto_reply", _("автоответ")
        RECEIPT = "receipt", _("уведомление о прочтении")
        BOUNCE = "bounce", _("не доставлено")
        DELAYED = "delayed", _("доставка задерживается")
        DELIVERED = "delivered", _("подтверждение доставки")

    public_id = models.TextField(unique=True, default=public_id)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="letters")
    unit = models.ForeignKey(Unit, models.PROTECT)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    sha256 = models.TextField()  # of what lies in the vault
    stored = models.PositiveBigIntegerField()  # bytes in the vault
    size = models.PositiveBigIntegerField()  # on the server
    cut = models.BooleanField(default=False)  # too large: only its beginning was fetched
    received_at = models.DateTimeField()  # by the mail server
    read_at = models.DateTimeField(default=now)
    state = models.TextField(choices=State.choices, default=State.NEW, db_index=True)
    kind = models.TextField(choices=Kind.choices, blank=True)
    why = models.TextField(blank=True)  # why a person has to look, as a slug
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="incoming"
    )
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="replies")
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    content = EncryptedJSONField(default=dict)  # sender, name, subject, text, files, detail
    guess = models.TextField(choices=[*Answer.choices, ("acknowledged", _("принято"))], blank=True)
    handled_by = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uidvalidity", "uid"], name="incoming_uid_once"
            ),
            # a mailbox that was rebuilt gives every letter a new number
            models.UniqueConstraint(fields=["mailbox", "sha256"], name="incoming_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.uid}"
