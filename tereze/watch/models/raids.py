"""Many at once: one text in many chats, or many who join one chat together."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.core.clock import now
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message
from tereze.watch.models.sources import Source


class RaidKind(models.TextChoices):
    TEXT = "text", _("один текст в разных местах")
    JOINS = "joins", _("много новых участников сразу")


class RaidQuerySet(models.QuerySet["Raid"]):
    def open(self) -> "RaidQuerySet":
        return self.filter(closed_at=None)


class Raid(models.Model):
    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="raids")
    kind = models.TextField(choices=RaidKind.choices)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="raids")  # of joins
    first = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="raids")
    chats = models.PositiveIntegerField(default=1)
    people = models.PositiveIntegerField(default=0)  # authors, or who joined
    began_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now, db_index=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = RaidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(closed_at=None, kind="joins"), name="one_open_wave"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.chats}"


class Print(models.Model):
    """One of the few marks by which a near-identical text is found again. Gone within the hour."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="prints")
    mark = models.BigIntegerField()
    accused = models.BooleanField(
        default=False
    )  # its message is illegal or suspicious: one in fifty

    class Meta:
        indexes = [  # they have all that is asked for: the rows themselves need not be read
            models.Index(fields=["mark", "message"], name="message_of_mark"),
            models.Index(
                fields=["mark", "message"],
                condition=models.Q(accused=True),
                name="accused_of_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.mark:x}"


class Arrival(models.Model):
    """Somebody joined a chat. A keyed hash good inside that chat only, gone within a day."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="arrivals")
    author_key = models.TextField()
    at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["source", "author_key"], name="arrival_of_author")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.at:%H:%M:%S}"
