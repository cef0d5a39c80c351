"""How often we posted in a chat lately."""

from django.db import models


class Pace(models.Model):
    """One row for all processes and units: the service counts what comes from any of them."""

    chat = models.TextField(unique=True)  # "telegram:-100500"
    posted = models.JSONField(default=list)  # seconds since 1970, of the last minute
    not_before = models.FloatField(default=0)  # the service told us to wait until then

    def __str__(self) -> str:
        return self.chat
