"""How many messages came in each hour: numbers only, so that the rhythm is known over weeks although
the messages are gone after days."""

from django.db import models

from tereze.watch.models.sources import Source


class HourCount(models.Model):
    """An hour in which the chat was seen all the time. Hours in which it was not have no row."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="hours")
    hour = models.DateTimeField()  # its beginning
    messages = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "hour"], name="hour_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.hour:%d.%m %H} {self.messages}"
