from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.ids import public_id


class WarningState(models.TextChoices):
    DRAFT = "draft", _("черновик")
    PUBLISHED = "published", _("опубликовано")
    WITHDRAWN = "withdrawn", _("снято")


class WarningQuerySet(models.QuerySet["PublicWarning"]):
    def visible_to(self, user: User) -> "WarningQuerySet":
        return self.filter(unit=user.unit) if user.can(Permission.WARNING_WRITE) else self.none()

    def published(self) -> "WarningQuerySet":
        return self.filter(state=WarningState.PUBLISHED).order_by("-published_at", "-pk")


class PublicWarning(models.Model):
    """An alert for residents, written by an officer. Both state languages or nothing."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scheme = models.TextField(blank=True)
    title_ru = models.TextField()
    title_kk = models.TextField()
    title_en = models.TextField(blank=True)
    body_ru = models.TextField()
    body_kk = models.TextField()
    body_en = models.TextField(blank=True)
    state = models.TextField(choices=WarningState.choices, default=WarningState.DRAFT)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = WarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~(Q(title_ru="") | Q(title_kk="") | Q(body_ru="") | Q(body_kk="")),
                name="warning_in_both_languages",
            ),
            models.CheckConstraint(
                condition=Q(state=WarningState.DRAFT)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="warning_published_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.title_ru

    def said(self, part: str) -> str:
        language = get_language() or "kk"
        return str(getattr(self, f"{part}_{language}", "") or getattr(self, f"{part}_ru"))

    @property
    def title(self) -> str:
        return self.said("title")

    @property
    def body(self) -> str:
        return self.said("body")

    @property
    def language(self) -> str:
        """Of what is shown: an English reader may be given the Russian text."""
        language = get_language() or "kk"
        return language if getattr(self, f"body_{language}", "") else "ru"
