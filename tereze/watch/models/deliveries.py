"""What a service has brought to our address and nobody has read yet."""

from django.db import models

from tereze.core.clock import now
from tereze.core.encryption import EncryptedJSONField


class Delivery(models.Model):
    """One update of a bot, for the moment until the watch process takes it."""

    bot_key = models.TextField()
    number = models.BigIntegerField()
    body = EncryptedJSONField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bot_key", "number"], name="delivered_once")]

    def __str__(self) -> str:
        return f"{self.number}"
