"""What the watch process last saw of the stream over several machines. One row, for those who do not
speak to the cluster themselves: the wall, /readyz, /metrics."""

from datetime import timedelta

from django.db import models

from tereze.core.clock import now


BELIEVED = timedelta(
    seconds=60
)  # older than that the watch process is gone, and that is said apart


class StreamState(models.Model):
    at = models.DateTimeField(default=now)
    waiting = models.PositiveIntegerField(default=0)  # that nobody has decided
    oldest = models.FloatField(default=0)  # seconds since the first of them came in
    workers = models.PositiveIntegerField(default=0)
    dead = models.PositiveIntegerField(default=0)  # given up by workers, for a person
    trouble = models.TextField(blank=True, default="")  # stream | stream_late

    def __str__(self) -> str:
        return f"{self.waiting} {self.trouble}"

    @classmethod
    def lately(cls) -> "StreamState | None":
        return cls.objects.filter(pk=1, at__gte=now() - BELIEVED).first()
