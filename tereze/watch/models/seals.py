"""The encrypted copy that exists before anything is done, in a chain nobody can thin out."""

from django.db import models
from django.db.models import Q

from tereze.core.clock import now
from tereze.core.encryption import EncryptedJSONField
from tereze.watch.models.messages import Message
from tereze.watch.models.pictures import MessagePicture


class Seal(models.Model):
    """Of a message's words, or of one of its pictures, which may take longer to fetch."""

    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="seal")
    picture = models.OneToOneField(MessagePicture, models.PROTECT, null=True, related_name="seal")
    position = models.PositiveBigIntegerField(unique=True)
    previous = models.TextField(blank=True)
    digest = models.TextField()
    content_hash = models.TextField()  # SHA-256 of the canonical JSON below
    content = EncryptedJSONField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message=None) ^ Q(picture=None), name="seal_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.digest[:12]}"


class SealHead(models.Model):
    """How far the chain goes. One row; a chain shorter than this was cut."""

    position = models.PositiveBigIntegerField(default=0)
    digest = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.position} {self.digest[:12]}"
