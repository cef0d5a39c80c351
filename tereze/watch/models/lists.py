"""Lists of banned accounts as Matrix moderators share them (`m.policy.rule.user`)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id


if TYPE_CHECKING:
    from tereze.accounts.models import User


class Way(models.TextChoices):
    OWN = "own", _("наш: публикуем свои блокировки")
    FOLLOWED = "followed", _("чужой: только сведения")


class PolicyListQuerySet(models.QuerySet["PolicyList"]):
    def visible_to(self, user: "User") -> "PolicyListQuerySet":
        if not (user.can(Permission.WALL_VIEW) or user.can(Permission.SOURCE_MANAGE)):
            return self.none()
        return self.filter(unit=user.unit)


class PolicyList(DueRow):
    """One policy room. Due whenever it has to be compared with what stands in the room."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="policy_lists")
    public_id = models.TextField(unique=True, default=public_id)
    way = models.TextField(choices=Way.choices)
    title = models.TextField()
    server = models.TextField()
    token = EncryptedTextField()
    room = models.TextField()
    rules = EncryptedJSONField(null=True)  # [{"entity", "reason", "refused"}]: names of accounts
    trouble = models.TextField(blank=True, default="")
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[Any] = PolicyListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "server", "room"], name="policy_list_once")
        ]

    def __str__(self) -> str:
        return self.title
