"""Chats that participants hand over, and what was found in them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message
from tereze.watch.models.sources import Source


if TYPE_CHECKING:
    from tereze.accounts.models import User


UNREAD_DAYS = timedelta(days=7)  # nothing is kept for ever because nobody looked


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: "User") -> "SubmissionQuerySet":
        if not user.can(Permission.WALL_VIEW):
            return self.none()
        return self.filter(unit=user.unit)


class Submission(DueRow):
    class Channel(models.TextChoices):
        PAGE = "page", _("страница")
        EMAIL = "email", _("почта")

    class Sender(models.TextChoices):
        MEMBER = "member", _("участник чата")
        ADMINISTRATOR = "administrator", _("администратор чата")

    class State(models.TextChoices):
        RECEIVED = "received", _("получено, читается")
        READ = "read", _("прочитано")
        UNREADABLE = "unreadable", _("прочитать нечего")
        FORGOTTEN = "forgotten", _("удалено по истечении срока")

    public_id = models.TextField(unique=True, default=public_id)
    number = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="submissions")
    channel = models.TextField(choices=Channel.choices)
    sender = models.TextField(choices=Sender.choices, default=Sender.MEMBER)
    language = models.TextField(choices=settings.LANGUAGES, default="kk")
    sending = models.TextField(unique=True)  # hash of the form's token or of the letter: once each
    receipt_hash = models.TextField(unique=True)
    title = models.TextField(blank=True)  # as the sender calls the chat
    text = EncryptedTextField(blank=True)  # what was pasted
    contact = EncryptedJSONField(default=dict)  # {"name", "phone", "email"}: what they chose to say
    at = models.DateTimeField(default=now, db_index=True)

    state = models.TextField(choices=State.choices, default=State.RECEIVED)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="submissions")
    problems = models.JSONField(default=list)  # [[name, why]]: what could not be taken or read
    messages_read = models.PositiveIntegerField(default=0)
    messages_new = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    joined = models.PositiveIntegerField(default=0)  # reports that name the same numbers or links
    told_at = models.DateTimeField(null=True)  # the receipt went back by e-mail
    offered = models.PositiveSmallIntegerField(default=0)  # to the mail server
    kept_until = models.DateTimeField(null=True, db_index=True)  # None: kept as evidence
    kept_for = models.TextField(blank=True)  # for which number of the register

    objects: ClassVar[Any] = SubmissionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.number} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("watch:submission", args=[self.public_id])


class SubmissionFile(models.Model):
    """A file in the vault. When the term is over the file goes, its hash stays."""

    class Role(models.TextChoices):
        ORIGINAL = "original", _("как прислано")
        PICTURE = "picture", _("снимок")
        LETTER = "letter", _("письмо")

    public_id = models.TextField(unique=True, default=public_id)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    role = models.TextField(choices=Role.choices)
    name = models.TextField()
    media_type = models.TextField()
    sha256 = models.TextField(db_index=True)
    size = models.PositiveBigIntegerField()
    is_gone = models.BooleanField(default=False)
    words = EncryptedTextField(blank=True)  # what an officer read in the picture
    read_by = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "sha256", "name"], name="submission_file_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """A flagged message that this submission holds; the same one may come in several."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="findings")
    message = models.ForeignKey(Message, models.CASCADE, related_name="findings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "message"], name="finding_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.message_id}"
