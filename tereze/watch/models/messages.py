"""One text from a watched chat. An edit is a row of its own: each version is judged apart."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id
from tereze.watch.models.sources import Source


if TYPE_CHECKING:
    from tereze.accounts.models import User

# What is shown to people. Only these keep an author.
CALM = ("harmless", "job_or_promo")  # a scheme that is named beside them is a mere possibility
FLAGGED = ("illegal", "suspicious", "incident_report")


class State(models.TextChoices):
    RECEIVED = "received", _("получено")
    ASSESSED = "assessed", _("оценено")
    DECIDED = "decided", _("решено")
    SEALED = "sealed", _("копия снята")
    ACTED = "acted", _("исполнено")
    LOOKED = "looked", _("проверено")
    TOLD = "told", _("объяснено")


class Hint(models.TextChoices):
    """Why a text that is harmless alone was brought to people. The machine never acts on it."""

    SPLIT = "split", _("вместе с предыдущими публикациями этого автора похоже на объявление")
    KIN = "kin", _("почти тот же текст уже отмечен в другом месте")
    PICTURE = "picture", _("та же картинка уже отмечена в другом месте")
    IN_PICTURE = "in_picture", _("подпись безобидна, а в картинке – объявление")
    UNREAD = "unread", _("картинку прочесть не удалось, а чат просит показывать такие людям")
    WAVE = "wave", _("автор вступил с волной новых участников и оставил контакты")
    FOREIGN = "foreign", _("автор принёс сюда объявление из другого чата")
    PROFILE = "profile", _("похоже на объявление то, что написано в профиле автора")
    BEHIND = "behind", _("рядом с предупреждением в том же тексте стоит объявление")


class Standing(models.TextChoices):
    """Where the message stands for people."""

    QUIET = "quiet", _("обычное")
    WAITING = "waiting", _("ждёт решения")
    HELD = "held", _("автор придержан, ждёт решения")
    ASKED = "asked", _("ждёт второго сотрудника")
    SHADOW = "shadow", _("в тени: было бы удалено")
    BLOCKED = "blocked", _("заблокировано")
    REQUESTED = "requested", _("владельца или администратора просят удалить")
    CONFIRMED = "confirmed", _("администратор чата удалил")
    STUCK = "stuck", _("не получилось")
    CLOSED = "closed", _("закрыто: больше ничего не сделать")
    RELEASED = "released", _("безобидно")
    UNDONE = "undone", _("отменено")


FOR_PEOPLE = (Standing.WAITING, Standing.HELD, Standing.ASKED, Standing.STUCK, Standing.SHADOW)
DROPPED = (Standing.RELEASED, Standing.UNDONE)  # found harmless, or taken back


class MessageQuerySet(models.QuerySet["Message"]):
    def lock(self) -> None:
        """Until the end of the transaction. What hangs on a message is locked after it, and several
        messages in one order: otherwise two would wait for each other for ever."""
        list(self.select_for_update(of=("self",)).order_by("pk").only("pk"))

    def visible_to(self, user: "User") -> "MessageQuerySet":
        if not user.can(Permission.WALL_VIEW):
            return self.none()
        return self.filter(source__unit=user.unit)

    def for_people(self) -> "MessageQuerySet":
        return self.filter(standing__in=FOR_PEOPLE)


class Message(DueRow):
    public_id = models.TextField(unique=True, default=public_id)
    source = models.ForeignKey(Source, models.PROTECT, related_name="messages")
    external_id = models.TextField()
    revision = models.TextField(default="0")  # when edited, and into what
    version = models.PositiveIntegerField(default=1)
    is_latest = models.BooleanField(default=True)

    author_key = models.TextField(blank=True, default="")  # finds an author inside one chat only
    author_trail = models.TextField(blank=True, default="", db_index=True)  # across chats: flagged
    author = EncryptedJSONField(null=True)  # flagged only
    exempt = models.TextField(blank=True, default="")  # why the machine leaves this author alone

    text = EncryptedJSONField(null=True)  # {"text", "caption", "quoted", "media"}
    masked = models.TextField(blank=True, default="")  # for screens: cards and ИИН hidden
    text_key = models.TextField(blank=True, default="", db_index=True)  # same words elsewhere

    sent_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=now)

    assessment = EncryptedJSONField(null=True)
    outcome = models.TextField(blank=True, default="")
    p_illegal = models.FloatField(default=0)
    score = models.FloatField(default=0)
    scheme = models.TextField(blank=True, default="")
    lang = models.TextField(blank=True, default="")
    hint = models.TextField(choices=Hint.choices, blank=True, default="")

    state = models.TextField(choices=State.choices, default=State.RECEIVED)
    standing = models.TextField(choices=Standing.choices, default=Standing.QUIET)
    trouble = models.TextField(blank=True, default="")  # why it is stuck, for the dispatcher
    kept_until = models.DateTimeField(null=True, db_index=True)  # None: part of an intervention

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id", "revision"], name="message_version_once"
            )
        ]
        indexes = [
            models.Index(fields=["source", "-id"], name="message_newest"),
            models.Index(fields=["standing", "-id"], name="message_standing"),
            models.Index(fields=["source", "author_key"], name="message_author"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.external_id}v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("watch:message", args=[self.public_id])

    @property
    def is_flagged(self) -> bool:
        return self.outcome in FLAGGED

    @property
    def own_text(self) -> str:
        """The author's words: what the spans of the assessment refer to."""
        parts = self.text or {}
        return str(parts.get("text") or parts.get("caption") or "")
