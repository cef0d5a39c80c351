"""Sealed evidence: what was seen, when, its hashes, and everybody through whose hands it went."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.core import vault
from tereze.core.clock import now
from tereze.core.ids import public_id


class ImmutableError(Exception):
    """Sealed rows are never changed or deleted one by one."""


class SealedQuerySet(models.QuerySet[Any]):
    def update(self, **values: Any) -> int:
        raise ImmutableError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ImmutableError


class Evidence(models.Model):
    class Kind(models.TextChoices):
        CAPTURE = "capture", _("снимок страницы")
        LOOK = "look", _("проверка страницы")
        SCREENSHOT = "screenshot", _("снимок экрана сотрудника")
        UPLOAD = "upload", _("приложенный файл")
        FORM = "form", _("заполненная форма")

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    kind = models.TextField(choices=Kind.choices)
    origin = models.TextField()  # where it was taken: an address, a report, a person's words
    subject_kind = models.TextField(blank=True)  # what it is about: request | report | case
    subject_key = models.TextField(blank=True)
    seen_at = models.DateTimeField()
    sealed_at = models.DateTimeField(default=now)
    manifest = models.JSONField(default=dict)
    manifest_sha256 = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_key"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"

    def file(self, name: str) -> "EvidenceFile | None":
        return next((file for file in self.files.all() if file.name == name), None)

    def outgoing_files(self) -> "list[EvidenceFile]":
        """What a partner may be shown. Everything else stays in the house."""
        return [file for file in self.files.all() if file.outgoing]


class EvidenceFile(models.Model):
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="files")
    name = models.TextField()
    media_type = models.TextField()
    sha256 = models.TextField()
    size = models.PositiveBigIntegerField()
    outgoing = models.BooleanField(default=False)  # holds no data of a victim or a reporter

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "name"], name="evidence_file_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    def content(self) -> bytes:
        return vault.read(self.sha256)


class CustodyEntry(models.Model):
    """One link of the custody log: sealed, read, handed over, exported. Chained by hashes."""

    class Act(models.TextChoices):
        SEALED = "sealed", _("опечатано")
        STAMPED = "stamped", _("время заверено")
        READ = "read", _("просмотрено")
        HANDED_OVER = "handed_over", _("передано")
        EXPORTED = "exported", _("выгружено")

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="custody")
    position = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    act = models.TextField(choices=Act.choices)
    actor_kind = models.TextField()
    actor_key = models.TextField(blank=True)
    actor_name = models.TextField(blank=True)
    to = models.TextField(blank=True)
    previous = models.TextField(blank=True)
    seal = models.TextField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "position"], name="custody_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.actor_name}"
