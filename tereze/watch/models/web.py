"""Feeds and pages with comments: how they are read, how they were last reached, whom to ask."""

from datetime import timedelta

from django.db import models

from tereze.core.clock import now
from tereze.disruption.models import Partner
from tereze.watch.models.sources import Source


class WebPlace(models.Model):
    """What a source needs where no service tells us anything. Its address is `source.chat_id`."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="web")
    recipe = models.JSONField(default=dict)  # of a page: where its comments are
    every_minutes = models.PositiveSmallIntegerField(default=10)
    owner = models.ForeignKey(Partner, models.PROTECT, related_name="+")  # who can remove it
    found = models.PositiveIntegerField(default=0)  # comments that a person saw in the preview
    looked_at = models.DateTimeField(null=True)  # when it was last tried
    next_at = models.DateTimeField(default=now)  # kept here, so that a restart asks nobody anew
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)  # why the last look saw nothing

    def __str__(self) -> str:
        return f"{self.source}"

    @property
    def every(self) -> timedelta:
        return timedelta(minutes=self.every_minutes)


class HostRobots(models.Model):
    """robots.txt of one host, kept for a day (RFC 9309), longer only while it cannot be reached."""

    origin = models.TextField(primary_key=True)  # "https://example.kz"
    text = models.TextField(blank=True)  # empty: everything may be visited
    read_at = models.DateTimeField(null=True)  # None: never reached
    tried_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.origin
