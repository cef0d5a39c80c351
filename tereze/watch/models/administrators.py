"""Who administers the city's chats: people who agreed to be written to."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.encryption import EncryptedTextField, keyed_hash
from tereze.core.ids import public_id


if TYPE_CHECKING:
    from tereze.watch.models.sources import Source

LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский")]  # in which we write to them


def title_key(title: str) -> str:
    """The same chat, however its name was typed."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def phone_key(phone: str) -> str:
    return keyed_hash(phone, purpose="watch.administrator.phone")


class ChatAdministratorQuerySet(models.QuerySet["ChatAdministrator"]):
    def visible_to(self, user: User) -> "ChatAdministratorQuerySet":
        if not user.can(Permission.CHAT_ADMINISTRATORS):
            return self.none()
        return self.filter(unit=user.unit)

    def listed(self) -> "ChatAdministratorQuerySet":
        return self.filter(removed_at=None)


class ChatAdministrator(models.Model):
    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="chat_administrators")
    name = EncryptedTextField()
    phone = EncryptedTextField()
    phone_key = models.TextField(db_index=True)  # one person, one entry
    chats = models.JSONField(default=list)  # titles
    language = models.TextField(choices=LANGUAGES, default="kk")
    consent_at = models.DateTimeField()
    consent = models.TextField()  # how they agreed: in a letter, at a meeting, on the page
    notes = EncryptedTextField(blank=True)
    added_at = models.DateTimeField(default=now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)  # their data went with it

    objects: ClassVar[Any] = ChatAdministratorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "phone_key"],
                condition=models.Q(removed_at=None),
                name="chat_administrator_once",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("watch:administrator", args=[self.public_id])

    def administers(self, source: "Source") -> bool:
        return title_key(source.title) in {title_key(title) for title in self.chats}


class Memo(models.Model):
    """What was given to an administrator: the text is `submissions/texts.py` at this version."""

    class Way(models.TextChoices):
        PAPER = "paper", _("на бумаге")
        WHATSAPP = "whatsapp", _("в WhatsApp")

    administrator = models.ForeignKey(ChatAdministrator, models.PROTECT, related_name="memos")
    language = models.TextField(choices=LANGUAGES)
    version = models.TextField()
    way = models.TextField(choices=Way.choices)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.administrator_id} {self.version}"
