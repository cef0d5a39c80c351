"""The partner's own systems: their keys, what they sent us, and what we tell them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id
from tereze.disruption.models.partner import Partner
from tereze.disruption.models.request import Request


class PartnerKey(models.Model):
    """Opens the partner's API. Shown once, stored as a hash."""

    public_id = models.TextField(unique=True, default=public_id)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    label = models.TextField()  # which of their systems holds it
    key_hash = models.TextField(unique=True)
    hint = models.TextField()  # its first characters, to tell keys apart
    created_at = models.DateTimeField(default=now)
    created_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.partner} {self.hint}…"

    @property
    def actor(self) -> Actor:
        return Actor("partner", self.partner.slug, f"API «{self.label}»")


class Operation(models.Model):
    """One thing their system asked us to do, under a token of its own. Never done twice."""

    public_id = models.TextField(unique=True, default=public_id)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="operations")
    key = models.ForeignKey(PartnerKey, models.PROTECT, related_name="+")
    action = models.TextField()  # acknowledge | answer | bulk_answer | question | appeal | notice
    token_hash = models.TextField()
    body_hash = models.TextField()
    correlation = models.TextField(blank=True, db_index=True)  # their own id, as they sent it
    size = models.PositiveSmallIntegerField()  # how many items it asks for
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "token_hash"], name="operation_token_once_per_partner"
            )
        ]
        indexes = [models.Index(fields=["partner", "at", "public_id"])]

    def __str__(self) -> str:
        return f"{self.partner} {self.action} {self.at:%Y-%m-%d %H:%M}"


class OperationItem(models.Model):
    """What became of one item. Written in the same transaction as the act itself."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    request = models.ForeignKey(Request, models.CASCADE, null=True, related_name="+")
    problem = models.TextField(blank=True)  # code of what stood against it; empty: done
    result = models.JSONField(default=dict)  # public ids of what it made

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "position"], name="operation_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation} [{self.position}] {self.problem or 'done'}"


class Webhook(DueRow):
    """Where the partner wants to be told. As due work: telling people that it was switched off."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="webhook")
    url = models.TextField()
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True)  # signs as well until then
    previous_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    off_at = models.DateTimeField(null=True)
    off_why = models.TextField(blank=True)  # gone | failing | by hand
    changed_at = models.DateTimeField(default=now)
    last_ok_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.partner} {self.url}"


class WebhookEvent(DueRow):
    """One piece of news for the partner. The row comes first; a crash repeats it at most once.

    Its body is fixed when it happens, so that every repetition carries the same bytes. It names
    the request and tells nothing that is not in the request's own document.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("отправляется")
        DELIVERED = "delivered", _("принято")
        FAILED = "failed", _("не принято")
        KEPT = "kept", _("только в списке")  # there was no webhook to send it to

    public_id = models.TextField(unique=True, default=public_id)  # the `webhook-id`
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="events")
    request = models.ForeignKey(Request, models.CASCADE, null=True, related_name="events")
    type = models.TextField()
    body = models.TextField()
    at = models.DateTimeField(default=now)
    state = models.TextField(choices=State.choices, default=State.KEPT)
    since = models.DateTimeField(default=now)  # start of the present round of attempts
    tries = models.PositiveSmallIntegerField(default=0)  # in it
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["partner", "at", "public_id"])]

    def __str__(self) -> str:
        return f"{self.partner} {self.type} {self.at:%Y-%m-%d %H:%M}"


class WebhookTry(models.Model):
    """One attempt to tell them, for the log both sides read."""

    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=now)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)  # refused | dns | timeout | network | certificate | status
    said = models.TextField(blank=True)  # the beginning of their answer
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.event}: {self.status or self.error}"


class PartnerNotice(models.Model):
    """What the partner tells us unasked: removed by themselves, or a seller seen again."""

    class Kind(models.TextChoices):
        REMOVED = "removed_ourselves", _("удалили сами")
        SELLER_AGAIN = "seller_again", _("продавец появился снова")

    public_id = models.TextField(unique=True, default=public_id)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="notices")
    at = models.DateTimeField(default=now)
    kind = models.TextField(choices=Kind.choices)
    address = models.TextField()
    listing = models.TextField(blank=True, db_index=True)
    text = EncryptedTextField(blank=True)
    author = models.TextField()
    request = models.ForeignKey(Request, models.SET_NULL, null=True, related_name="notices")

    def __str__(self) -> str:
        return f"{self.partner} {self.kind} {self.listing or self.address}"
