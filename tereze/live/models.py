from django.db import models

from tereze.core.clock import now


class News(models.Model):
    """On SQLite: a topic announced, read by every web process. On PostgreSQL NOTIFY does this."""

    topic = models.TextField()
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.topic
