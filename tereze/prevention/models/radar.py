"""What grows and has no name yet: kept from one sweep to the next, so that a name given stays."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id


NO_FRAUD = "no_fraud"  # beside the slugs of schemes: a person saw that there is none


class RadarSweep(DueRow):
    """When the radar of a city looked last, and when it looks next."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    swept_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.unit} {self.swept_at}"


class RadarTopicQuerySet(models.QuerySet["RadarTopic"]):
    def visible_to(self, user: User) -> "RadarTopicQuerySet":
        return self.filter(unit=user.unit) if user.can(Permission.RADAR_USE) else self.none()

    def shown(self) -> "RadarTopicQuerySet":
        return self.filter(is_current=True, is_hidden=False).order_by("place")

    def hidden(self) -> "RadarTopicQuerySet":
        return self.filter(is_hidden=True).order_by("-named_at")


class RadarTopic(models.Model):
    """A topic of the last sweep, or one to which somebody gave a name."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField(default=0)  # strongest first
    is_current = models.BooleanField(default=True)  # found by the last sweep
    words = models.JSONField(default=list)
    stems = models.JSONField(default=list)  # by which the next sweep knows it again
    people = models.PositiveIntegerField()
    usual = models.FloatField()  # people a week, before
    weeks = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    first_seen_at = models.DateTimeField()
    near = models.TextField(blank=True)
    examples = EncryptedJSONField(default=list)  # [kind, public id, text without names]
    found_at = models.DateTimeField(default=now)

    is_hidden = models.BooleanField(default=False)
    scheme = models.TextField(blank=True)  # a slug of the typology, or NO_FRAUD
    reason = models.TextField(blank=True)
    named_at = models.DateTimeField(null=True)
    named_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    people_then = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = RadarTopicQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["unit", "is_current", "is_hidden"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_hidden=False)
                | (
                    Q(named_at__isnull=False, named_by__isnull=False)
                    & ~Q(scheme="")
                    & ~Q(reason="")
                ),
                name="radar_topic_hidden_by_someone",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.words)

    @property
    def grew_on(self) -> bool:
        """Somebody named it, and it came back."""
        return self.named_at is not None and not self.is_hidden and self.people_then > 0

    @property
    def languages_said(self) -> list[Any]:
        return [LANGUAGES.get(language, language) for language in self.languages]


LANGUAGES = {
    "ru": _("русский"),
    "kk": _("казахский"),
    "mixed": _("смешанный"),
    "en": _("латиница"),
    "und": _("без слов"),
}
