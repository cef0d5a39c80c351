"""The encrypted copy that exists before anything is done, in a chain nobody can thin out."""

from django.db import models

from tereze.core.clock import now
from tereze.core.encryption import EncryptedJSONField
from tereze.watch.models.messages import Message


class Seal(models.Model):
    message = models.OneToOneField(Message, models.PROTECT, related_name="seal")
    position = models.PositiveBigIntegerField(unique=True)
    previous = models.TextField(blank=True)
    digest = models.TextField()
    content_hash = models.TextField()  # SHA-256 of the canonical JSON below
    content = EncryptedJSONField()
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.position} {self.digest[:12]}"


class SealHead(models.Model):
    """How far the chain goes. One row; a chain shorter than this was cut."""

    position = models.PositiveBigIntegerField(default=0)
    digest = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.position} {self.digest[:12]}"
