from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id
from tereze.intake.media import BROWSERS_SHOW, PICTURES


class Channel(models.TextChoices):
    WEB = "web", _("сайт")
    OPERATOR = "operator", _("звонок")
    TELEGRAM = "telegram", _("Telegram")
    EMAIL = "email", _("почта")
    API = "api", _("партнёр (API)")


class State(models.TextChoices):
    """A report leaves OPEN in the four lawful ways and in no other (the constraints below)."""

    OPEN = "open", _("не внесено в КУИ")
    KUI = "kui", _("внесено в КУИ")
    REPEAT = "repeat", _("повтор")
    TRANSFERRED = "transferred", _("передано")
    NO_OFFENCE = "no_offence", _("не сообщение о правонарушении")


class Loss(models.TextChoices):
    UNKNOWN = "", _("не сказано")
    ATTEMPT = "attempt", _("попытка, денег не потеряли")
    LOST = "lost", _("деньги ушли")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> "ReportQuerySet":
        """The unit's reports for who may read them; their own for who only takes them."""
        unit = self.filter(unit=user.unit)
        if user.can(Permission.REPORT_READ):
            return unit
        if user.can(Permission.REPORT_REGISTER):
            return unit.filter(registered_by=user)
        return self.none()

    def masked(self) -> "ReportQuerySet":
        """Without what is encrypted: a list needs none of it, and what is not read cannot leak."""
        return self.defer("text", "details", "reporter")

    def unregistered(self, user: User) -> "ReportQuerySet":
        """What is not in КУИ, for the chief and the prosecutor: oldest first."""
        if not user.can(Permission.REPORT_UNREGISTERED):
            return self.none()
        return self.filter(unit=user.unit, state=State.OPEN).order_by("received_at").masked()

    def delete(self) -> Any:
        raise ReportsStayError


class ReportsStayError(Exception):
    """A report is never deleted: that would be the quickest way to conceal one."""


class Report(models.Model):
    """What a resident told the window. Original words and identity are encrypted."""

    public_id = models.TextField(unique=True, default=public_id)
    number = models.TextField()  # Tereze's own, not the legal register's
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports")
    received_at = models.DateTimeField(default=now)
    channel = models.TextField(choices=Channel.choices)
    language = models.TextField(default="ru")
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    partner = models.TextField(blank=True)  # whose API key brought it
    receipt_hash = models.TextField(unique=True)

    text = EncryptedTextField()
    details = EncryptedJSONField(default=dict)  # as typed: amount, times, whereto
    reporter = EncryptedJSONField(default=dict)  # name, contact; empty when anonymous
    reporter_key = models.TextField(blank=True)  # keyed hash of the phone or e-mail
    is_anonymous = models.BooleanField(default=False)

    # The working copy: cards and the reporter's own numbers masked, character for character.
    masked_text = models.TextField(blank=True)
    masked_details = models.JSONField(default=dict)
    assessment = models.JSONField(default=dict)
    found_in_details = models.JSONField(default=dict)  # field -> indicators
    scheme = models.TextField(blank=True)
    scheme_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    fraud_channel = models.TextField(blank=True)
    district = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True)
    loss = models.TextField(choices=Loss.choices, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    money_left_at = models.DateTimeField(null=True)

    state = models.TextField(choices=State.choices, default=State.OPEN)
    kui_due_at = models.DateTimeField()
    kui_number = models.TextField(blank=True)
    kui_at = models.DateTimeField(null=True)  # the time that stands in the register
    kui_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats")
    transferred_to = models.TextField(blank=True)
    outgoing_number = models.TextField(blank=True)
    no_offence_reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="report_number_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, closed_at=None, closed_by=None)
                | (~Q(state=State.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="report_closed_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.KUI)
                | (~Q(kui_number="") & Q(kui_at__isnull=False, kui_by__isnull=False)),
                name="report_kui_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REPEAT)
                | (Q(repeat_of__isnull=False) & ~Q(repeat_of=F("pk"))),
                name="report_repeat_of_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.TRANSFERRED)
                | (~Q(transferred_to="") & ~Q(outgoing_number="")),
                name="report_transfer_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NO_OFFENCE)
                | (
                    ~Q(no_offence_reason="")
                    & Q(proposed_by__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("proposed_by"))
                ),
                name="report_no_offence_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-received_at"]),
            models.Index(fields=["unit", "state", "received_at"]),
            models.Index(fields=["reporter_key"]),
        ]

    def __str__(self) -> str:
        return self.number

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ReportsStayError

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_proposed(self) -> bool:
        return self.is_open and self.proposed_by_id is not None

    @property
    def has_identity(self) -> bool:
        return not self.is_anonymous

    @property
    def is_overdue(self) -> bool:
        return self.is_open and now() > self.kui_due_at

    @property
    def money_left_hours(self) -> float | None:
        """How long ago the money left; None where none did. Unknown time counts from the report."""
        if self.loss != Loss.LOST:
            return None
        since: timedelta = now() - (self.money_left_at or self.received_at)
        return max(0.0, since.total_seconds() / 3600)


class Supplement(models.Model):
    """What the resident, or an officer for them, added later."""

    public_id = models.TextField(unique=True, default=public_id)
    report = models.ForeignKey(Report, models.PROTECT, related_name="supplements")
    at = models.DateTimeField(default=now)
    by = models.TextField()  # an actor: `resident`, `officer:name`
    text = EncryptedTextField()
    masked_text = models.TextField(blank=True)
    assessment = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.report} + {self.at:%d.%m %H:%M}"


class Attachment(models.Model):
    """A file of a report: encrypted in the vault, named by what it holds, opened by its content."""

    public_id = models.TextField(unique=True, default=public_id)
    report = models.ForeignKey(Report, models.PROTECT, related_name="attachments")
    at = models.DateTimeField(default=now)
    by = models.TextField()
    name = EncryptedTextField()
    media_type = models.TextField()  # read from the content, never from the name
    size = models.PositiveBigIntegerField()
    sha256 = models.TextField()
    is_dangerous = models.BooleanField(default=False)  # programs: kept as evidence, never opened

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "sha256"], name="attachment_once")]

    def __str__(self) -> str:
        return f"{self.report}: {self.media_type}"

    @property
    def opens_in_browser(self) -> bool:
        return self.media_type in BROWSERS_SHOW or self.is_sound

    @property
    def is_drawn_anew(self) -> bool:
        """To be seen at all: telephones save pictures as no browser shows them."""
        return self.media_type in PICTURES - BROWSERS_SHOW

    @property
    def is_sound(self) -> bool:
        return self.media_type.startswith("audio/") or self.media_type == "video/3gpp"


class AttachmentPicture(DueRow):
    """What a picture of a report says. Read by a machine; `checked_by` has compared it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("читается")
        READ = "read", _("прочитано")
        UNREAD = "unread", _("не прочитано")

    public_id = models.TextField(unique=True, default=public_id)
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="picture")
    state = models.TextField(choices=State.choices, default=State.WAITING)
    why = models.TextField(blank=True)  # a code: why its words are not known
    words = EncryptedJSONField(null=True)  # {"text", "codes"}
    masked = models.TextField(blank=True)
    assessment = models.JSONField(default=dict)  # masked, of its words alone
    photo_hash = models.TextField(blank=True)
    alike = models.JSONField(default=list)  # [[kind, key]]: what shows the same picture
    read_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.state}"

    @property
    def text(self) -> str:
        return str((self.words or {}).get("text", ""))

    @property
    def masked_text(self) -> str:
        """The words as they may stand on a page, line for line; without the codes."""
        lines = self.masked.split("\n")[: len(self.text.split("\n"))]
        return "\n".join(lines) if self.text else ""

    @property
    def whole(self) -> str:
        """With what its codes lead to."""
        return "\n".join((self.text, *(self.words or {}).get("codes", ()))).strip()


class ApiKey(models.Model):
    """A partner's key. Shown once, stored as a hash."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    partner = models.TextField()
    key_hash = models.TextField(unique=True)
    hint = models.TextField()  # its first characters, to tell keys apart
    created_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.partner} {self.hint}…"

    @property
    def actor(self) -> Actor:
        return Actor("api", self.hint, self.partner)


class IdempotencyKey(models.Model):
    """One sending, one report. The answer, which holds the receipt, is kept only for its term."""

    scope = models.TextField()  # `web`, `operator:name`, `api:key`
    key_hash = models.TextField()
    body_hash = models.TextField()
    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    answer = EncryptedJSONField(null=True)
    answer_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key_hash"], name="sending_once"),
        ]
        indexes = [models.Index(fields=["answer_until"])]

    def __str__(self) -> str:
        return f"{self.scope} → {self.report_id}"
