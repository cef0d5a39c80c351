"""What we ask an administrator to delete, and what they answer."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id
from tereze.watch.models.administrators import LANGUAGES, ChatAdministrator
from tereze.watch.models.decisions import Decision
from tereze.watch.models.sources import Source


class RequestState(models.TextChoices):
    DRAFT = "draft", _("не отправлена")
    SENT = "sent", _("ждёт ответа")
    CONFIRMED = "confirmed", _("администратор подтвердил удаление")
    REFUSED = "refused", _("администратор ответил, что не удалит")
    WITHDRAWN = "withdrawn", _("отозвана")


class Refusal(models.TextChoices):
    """Why an administrator does not delete; `gone` is as good as deleted."""

    GONE = "already_gone", _("этих публикаций в чате уже нет")
    TOO_LATE = "whatsapp_too_late", _("WhatsApp больше не даёт их удалить")
    NOT_ADMINISTRATOR = "not_administrator", _("я не администратор этого чата")
    DISAGREES = "disagrees", _("не считаю их мошенническими")
    OTHER = "other_reason", _("другое")


class ChatRequestQuerySet(models.QuerySet["ChatRequest"]):
    def visible_to(self, user: User) -> "ChatRequestQuerySet":
        if not user.can(Permission.WALL_VIEW):
            return self.none()
        return self.filter(source__unit=user.unit)


class ChatRequest(DueRow):
    """One message to one administrator about one or more publications, with its clock."""

    public_id = models.TextField(unique=True, default=public_id)
    source = models.ForeignKey(Source, models.PROTECT, related_name="requests")
    administrator = models.ForeignKey(
        ChatAdministrator, models.PROTECT, null=True, related_name="requests"
    )
    language = models.TextField(choices=LANGUAGES, default="kk")
    state = models.TextField(choices=RequestState.choices, default=RequestState.DRAFT)
    token_hash = models.TextField(blank=True, db_index=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answer_due = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)  # when a reminder became due
    reminded_at = models.DateTimeField(null=True)  # when an officer sent it
    overdue_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    refusal = models.TextField(choices=Refusal.choices, blank=True)
    words = EncryptedTextField(blank=True)  # the administrator's own
    looked_at = models.DateTimeField(null=True)  # when a later copy of the chat was looked at
    looked_in = models.ForeignKey("watch.Submission", models.SET_NULL, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)  # it showed what was said to be deleted

    objects: ClassVar[Any] = ChatRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state="draft"), name="one_draft_for_a_chat"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent")
                | Q(sent_at__isnull=False, sent_by__isnull=False, answer_due__isnull=False),
                name="sent_request_has_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("watch:chat_request", args=[self.public_id])

    @property
    def is_seen_deleted(self) -> bool:
        """A copy of the chat showed it, and nobody had answered before."""
        return self.looked_at is not None and self.looked_at == self.answered_at

    @property
    def is_overdue(self) -> bool:
        return self.state == RequestState.SENT and self.overdue_at is not None


class Asked(models.Model):
    """One decision in one request."""

    request = models.ForeignKey(ChatRequest, models.PROTECT, related_name="asked")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="asked")

    def __str__(self) -> str:
        return f"{self.request_id} {self.decision_id}"
