"""The word of a time authority for a sealed manifest: asked for at the sealing, had when it comes."""

from django.db import models

from tereze.casework.models.evidence import Evidence
from tereze.core.due import DueRow


class Stamp(DueRow):
    """An RFC 3161 token over the manifest. Until it is there, the evidence is not yet vouched for."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="stamp")
    stamped_at = models.DateTimeField(null=True)  # the authority's own time
    authority = models.TextField(blank=True)  # as its certificate names it
    local = models.BooleanField(default=False)  # our own clock: proves integrity, not the time
    serial = models.TextField(blank=True)
    answer = models.BinaryField(null=True)  # the whole TimeStampResp, as it came
    root = models.TextField(blank=True)  # PEM: whom we trusted
    chain = models.TextField(blank=True)  # PEM: what the token brought along
    tries = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)  # why there is none yet

    def __str__(self) -> str:
        return f"{self.evidence}: {self.authority or '—'}"
