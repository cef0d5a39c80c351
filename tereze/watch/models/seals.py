"""The encrypted copy that exists before anything is done, in a chain nobody can thin out."""

from django.db import models
from django.db.models import Q

from tereze.core.clock import now
from tereze.core.encryption import EncryptedJSONField
from tereze.watch.models.messages import Message
from tereze.watch.models.pictures import MessagePicture


class Seal(models.Model):
    """Of a message's words, of one of its pictures, or of a picture that was had only after its
    message was acted upon: the seal made before says that it was lacking and why."""

    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="seal")
    picture = models.OneToOneField(MessagePicture, models.PROTECT, null=True, related_name="seal")
    late = models.OneToOneField(MessagePicture, models.PROTECT, null=True, related_name="late_seal")
    position = models.PositiveBigIntegerField(unique=True)
    previous = models.TextField(blank=True)
    digest = models.TextField()
    content_hash = models.TextField()  # SHA-256 of the canonical JSON below
    content = EncryptedJSONField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, picture=None, late=None)
                | Q(message=None, picture__isnull=False, late=None)
                | Q(message=None, picture=None, late__isnull=False),
                name="seal_of_one_thing",
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
