from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.ids import public_id


class EventKind(models.TextChoices):
    ROUND = "round", _("подворовый обход")
    PARENTS = "parents", _("родительское собрание")
    LECTURE = "lecture", _("лекция")
    GATHERING = "gathering", _("сход жителей")


class EventState(models.TextChoices):
    PLANNED = "planned", _("запланировано")
    HELD = "held", _("проведено")
    CANCELLED = "cancelled", _("отменено")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User) -> "EventQuerySet":
        return self.filter(unit=user.unit) if user.can(Permission.EVENT_MANAGE) else self.none()

    def overdue(self) -> "EventQuerySet":
        return self.filter(state=EventState.PLANNED, planned_at__lt=now())


class Event(models.Model):
    """A round of houses, a parents' meeting, a lecture: planned, held, measured."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.TextField(choices=EventKind.choices)
    place = models.TextField()
    district = models.TextField(blank=True)
    planned_at = models.DateTimeField(db_index=True)
    responsible = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.TextField(choices=EventState.choices, default=EventState.PLANNED)
    held_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(null=True)
    material = models.TextField(blank=True)  # what was handed out or shown
    copies = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=EventState.HELD)
                | Q(held_at__isnull=False, people__isnull=False),
                name="event_held_is_measured",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.place}"

    @property
    def is_overdue(self) -> bool:
        return self.state == EventState.PLANNED and self.planned_at < now()
