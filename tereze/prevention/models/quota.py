from django.db import models


class CheckCount(models.Model):
    """How often somebody asked the check page within an hour. Neither who nor what: a keyed hash."""

    key = models.TextField()
    hour = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="check_count_once")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.hour:%H}h {self.count}"
