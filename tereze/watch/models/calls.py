"""Somebody by name is called, and their chief when they do not come."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.ids import public_id
from tereze.watch.models.decisions import Appeal
from tereze.watch.models.sources import Source


class CallKind(models.TextChoices):
    FLOOD = "flood", _("машина остановилась: слишком много блокировок за час")
    TRIAL = "trial", _("автомат закрыт: люди слишком часто решали иначе")
    APPEAL = "appeal", _("на обжалование не ответили в срок")
    UNSENT = "unsent", _("просьба администратору чата не отправлена")
    UNANSWERED = "unanswered", _("администратор чата не ответил в срок")
    BLIND = "blind", _("чат не виден")
    NOBODY = "nobody", _("на стене никто не дежурит")
    HAND_OVER = "hand_over", _("сдаваемую смену никто не принял")


class CallQuerySet(models.QuerySet["Call"]):
    def open(self) -> "CallQuerySet":
        return self.filter(taken_at=None)


class Call(DueRow):
    """Shown to one person on every page of theirs until they say that they have it in hand."""

    public_id = models.TextField(unique=True, default=public_id)
    kind = models.TextField(choices=CallKind.choices)
    source = models.ForeignKey(Source, models.PROTECT, related_name="calls")
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, related_name="calls")
    person = models.ForeignKey(User, models.PROTECT, related_name="wall_calls")
    at = models.DateTimeField(default=now)
    taken_at = models.DateTimeField(null=True)
    to_chief = models.BooleanField(default=False)  # because the one called first did not come

    objects: ClassVar[Any] = CallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "taken_at"], name="call_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "person"],
                condition=Q(taken_at=None, appeal=None),
                name="one_open_call_about_a_chat",
            ),
            models.UniqueConstraint(
                fields=["kind", "appeal", "person"],
                condition=Q(taken_at=None),
                name="one_open_call_about_an_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
