"""What a captured page showed, as far as it could be read: the base in which the same advert, the
same photos and the same seller are found again."""

from django.db import models

from tereze.accounts.models import Unit
from tereze.casework.models import Evidence
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.disruption.models.request import Request


class Snapshot(DueRow):
    """One reading of an advert. A public page; its numbers are indicators, not a victim's data.

    Its due work is to be compared with all the others, right after it was stored.
    """

    next_action_at = models.DateTimeField(null=True, blank=True, db_index=True, default=now)
    unit = models.ForeignKey(Unit, models.PROTECT)
    request = models.ForeignKey(Request, models.CASCADE, related_name="snapshots")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    platform = models.TextField(blank=True)
    listing = models.TextField(blank=True, db_index=True)  # `olx:r9sfK`
    address = models.TextField()
    title = models.TextField(blank=True)
    price = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    currency = models.TextField(blank=True)
    seller = models.TextField(blank=True)  # the name as shown
    seller_key = models.TextField(blank=True, db_index=True)  # `olx:user:abc`, where it is shown
    phones = models.JSONField(default=list)  # E.164
    text = models.TextField(blank=True)
    sketch = models.JSONField(default=list)  # of the text, for near-identical ones
    differences = models.JSONField(default=list)  # between desktop, phone and robot, by field

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.listing or self.address} {self.at:%Y-%m-%d %H:%M}"


class Photo(models.Model):
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    url = models.TextField()  # where the platform keeps it
    name = models.TextField(blank=True)  # of the file in the evidence
    sha256 = models.TextField(blank=True, db_index=True)
    pdq = models.TextField(blank=True)  # 256 bits in hexadecimal; empty where it says too little
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.position}"


class Thumbnail(models.Model):
    """A small rendition of a picture in evidence, for lists; made when first looked at."""

    source = models.TextField(unique=True)  # SHA-256 of the picture
    kept = models.TextField()  # and of the rendition, both in the vault

    def __str__(self) -> str:
        return self.source


class Trait(models.Model):
    """By what a reading is found again: the seller's number or account, a band of the text's
    sketch, the price."""

    class Kind(models.TextChoices):
        PHONE = "phone"
        ACCOUNT = "account"
        TEXT = "text"
        PRICE = "price"

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="traits")
    kind = models.TextField(choices=Kind.choices)
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind", "value"], name="trait_once")
        ]
        indexes = [models.Index(fields=["kind", "value"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Likeness(models.Model):
    """Two requests about adverts that are the same fraudster's, and by what they resemble."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="likenesses")  # the newer
    other = models.ForeignKey(Request, models.CASCADE, related_name="alike")
    how = models.JSONField(default=list)  # account, phone, photo, text, price
    photos = models.PositiveSmallIntegerField(default=0)  # how many are the same
    is_strong = models.BooleanField()  # a price alone is not
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "other"], name="likeness_once"),
            models.CheckConstraint(
                condition=~models.Q(request=models.F("other")), name="likeness_of_another"
            ),
        ]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.request} ~ {self.other}: {', '.join(self.how)}"


class ReportPhoto(models.Model):
    """A picture that came with a report, by its hash only: an advert's own photo, saved from it."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    attachment = models.TextField(unique=True)  # public id
    report = models.TextField(db_index=True)  # public id
    pdq = models.TextField(blank=True)  # empty where it says too little, or is no picture we know

    def __str__(self) -> str:
        return f"{self.report}: {self.pdq[:8]}"
