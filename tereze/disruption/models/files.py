"""Batches that leave and come back as files, for partners that want only that."""

from typing import Any

from django.conf import settings
from django.db import models

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.casework.models import Evidence
from tereze.core.clock import now
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id
from tereze.disruption.models.partner import Partner
from tereze.disruption.models.request import Request


class OfficersQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "OfficersQuerySet":
        if not user.is_authenticated or not user.can(Permission.REQUEST_READ):
            return self.none()
        return self.filter(unit=user.unit)


class FileOut(models.Model):
    """One batch: sealed when it was made; with the partner once somebody says so."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="files_out")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    handed_at = models.DateTimeField(null=True)
    how = models.TextField(blank=True)

    objects = OfficersQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.partner} {self.created_at:%Y-%m-%d %H:%M}"


class FileOutRow(models.Model):
    file = models.ForeignKey(FileOut, models.CASCADE, related_name="rows")
    request = models.ForeignKey(Request, models.PROTECT, related_name="file_rows")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["file", "request"], name="file_out_request_once")
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.position}"


class FileIn(models.Model):
    """A filled file as it came. Nothing is applied before somebody has seen what it would do."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="files_in")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    sha256 = models.TextField()
    name = models.TextField()
    rows = EncryptedJSONField(default=list)  # line, number, answer, code, comment: as written
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    applied = models.JSONField(default=list)  # lines whose answers were recorded from this file

    objects = OfficersQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "sha256"], name="file_in_content_once")
        ]

    def __str__(self) -> str:
        return self.name
