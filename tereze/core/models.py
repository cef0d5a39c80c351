from django.db import models


class Counter(models.Model):
    """The last number given out: `2026-000123`. Gaps are allowed, repeats are not."""

    scope = models.TextField(unique=True)  # unit, kind and year
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.scope}: {self.value}"


class KeyFingerprint(models.Model):
    """Which key the data were encrypted with, so that a wrong one is noticed before it is used."""

    fingerprint = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.fingerprint
