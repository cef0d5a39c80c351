from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id


class CorrectionState(models.TextChoices):
    OPEN = "open", _("ждёт ответа")
    ACCEPTED = "accepted", _("исправлено: больше не показываем")
    REFUSED = "refused", _("отказано")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> "CorrectionQuerySet":
        own = self.filter(unit=user.unit)
        return own if user.can(Permission.CORRECTION_ANSWER) else self.none()

    def open(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionState.OPEN)


class Correction(models.Model):
    """The owner of a number or site says that what the check page tells of it is wrong."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    language = models.TextField()
    subject = EncryptedTextField()  # the number or address, as typed
    type = models.TextField(blank=True)  # empty where nothing was recognised in it
    value_hash = models.TextField(blank=True, db_index=True)
    text = EncryptedTextField()
    contact = EncryptedTextField()
    state = models.TextField(choices=CorrectionState.choices, default=CorrectionState.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CorrectionState.OPEN)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="correction_answered_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"
