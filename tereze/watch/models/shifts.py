"""Who is on duty at the wall, what they have in hand, and how a shift passes to the next one."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message


LONGEST = timedelta(hours=14)  # whoever forgot to hand over is not on duty for ever


class ShiftQuerySet(models.QuerySet["Shift"]):
    def on_duty(self, at: datetime | None = None) -> "ShiftQuerySet":
        """Whose account was closed meanwhile is not there any more."""
        open_ones = self.filter(ended_at=None, began_at__gt=(at or now()) - LONGEST)
        return open_ones.filter(officer__is_active=True)


class Shift(models.Model):
    """One officer's duty at the wall. Several may be on duty together."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts")
    officer = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    began_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="one_shift_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.began_at:%d.%m %H:%M}"


class HandOverState(models.TextChoices):
    OFFERED = "offered", _("ждёт того, кто примет")
    TAKEN = "taken", _("принята")
    WITHDRAWN = "withdrawn", _("отозвана")


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: User) -> "HandOverQuerySet":
        if not user.can(Permission.WALL_VIEW):
            return self.none()
        return self.filter(shift__unit=user.unit)

    def offered(self) -> "HandOverQuerySet":
        return self.filter(state=HandOverState.OFFERED)


class HandOver(DueRow):
    """The sheet as it stood when it was offered, and as it stood when it was taken."""

    public_id = models.TextField(unique=True, default=public_id)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="hand_overs")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.TextField(choices=HandOverState.choices, default=HandOverState.OFFERED)
    notes = EncryptedTextField(blank=True)
    sheet = EncryptedJSONField(null=True)  # None once its term is over
    at = models.DateTimeField(default=now)
    taken_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = HandOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state="offered"), name="one_open_hand_over"
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_at__isnull=False), name="taken_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.state}"


class InHand(models.Model):
    """An open message that somebody said they see to, so that two do not do it twice."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="in_hand")
    officer = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.message_id} {self.officer_id}"
