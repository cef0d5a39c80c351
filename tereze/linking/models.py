from django.db import models

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.core.ids import public_id


class Series(models.Model):
    """Reports, messages and listings joined by shared indicators. Derived: edges are sightings."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    size = models.PositiveIntegerField(default=0)  # indicators in it; the smaller one moves
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.public_id


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def of(self, kind: str, key: str) -> "IndicatorQuerySet":
        """The indicators seen in one report, message or listing."""
        return self.filter(sightings__subject_kind=kind, sightings__subject_key=key)

    def joining(self) -> "IndicatorQuerySet":
        """Those that may join: neither a hub nor too common to mean anything."""
        return self.filter(hub=False, too_common=False)


class Indicator(models.Model):
    """One identifier of a fraudster, once for the whole installation.

    Cards and ИИН rest as a keyed hash; `shown` is what a person may read.
    """

    type = models.TextField()
    value_key = models.TextField()
    shown = models.TextField()
    hub = models.BooleanField(default=False)  # an official hotline, a platform's own domain
    too_common = models.BooleanField(default=False)
    reports = models.PositiveIntegerField(default=0)  # sightings in reports
    series = models.ForeignKey(Series, models.SET_NULL, null=True, related_name="indicators")
    first_seen_at = models.DateTimeField(default=now)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.TextField(blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "value_key"], name="indicator_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | ~models.Q(confirmed_by=""),
                name="indicator_confirmed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.shown}"


class Sighting(models.Model):
    """An indicator seen in something, at a time: the edge from which every series is built."""

    class Role(models.TextChoices):
        USED = "used"  # they wrote from it, asked to pay to it
        SHOWN = "shown"  # the telephone displayed it: it may be imitated
        PICTURE = "picture"  # a machine read it in a picture: nobody has compared it yet

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="sightings")
    unit = models.ForeignKey(Unit, models.PROTECT)
    subject_kind = models.TextField()  # report | message | listing
    subject_key = models.TextField()
    at = models.DateTimeField()
    role = models.TextField(choices=Role.choices, default=Role.USED)
    reporter = models.TextField(blank=True)  # keyed hash; empty when nobody can be reached

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "subject_kind", "subject_key"], name="sighting_once"
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_key"])]

    def __str__(self) -> str:
        return f"{self.indicator} in {self.subject_kind} {self.subject_key}"
