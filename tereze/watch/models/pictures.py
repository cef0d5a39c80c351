"""A picture in a message: where the service has it, what we keep of it, what it says.

waiting ──fetched──► kept ──read──► read      its words were judged with the message
   │                   └─────────► unread    they could not be read: `why`
   └──the service does not give it─► unread
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.permissions import Permission
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message


if TYPE_CHECKING:
    from tereze.accounts.models import User


class PictureState(models.TextChoices):
    WAITING = "waiting", _("ещё не скачана")
    KEPT = "kept", _("скачана, ещё не прочитана")
    READ = "read", _("прочитана")
    UNREAD = "unread", _("не прочитана")


class MessagePictureQuerySet(models.QuerySet["MessagePicture"]):
    def visible_to(self, user: "User") -> "MessagePictureQuerySet":
        if not user.can(Permission.WALL_VIEW):
            return self.none()
        return self.filter(message__source__unit=user.unit)


class MessagePicture(DueRow):
    public_id = models.TextField(unique=True, default=public_id)
    message = models.ForeignKey(Message, models.CASCADE, related_name="pictures")
    name = models.TextField()  # the service's own for this file, whoever sends it
    file = models.TextField()  # by which the service gives it to us
    author = EncryptedJSONField(null=True)  # until it is read: harmless messages have no author
    album = models.TextField(blank=True, default="")  # pictures posted together share a caption

    # In the vault, under names that nothing else can have: they go with the row.
    kept = models.TextField(blank=True, default="")
    shown = models.TextField(blank=True, default="")  # drawn anew, for the officers' browsers
    sha256 = models.TextField(blank=True, default="")  # of the file as it was posted
    size = models.PositiveIntegerField(default=0)

    state = models.TextField(choices=PictureState.choices, default=PictureState.WAITING)
    why = models.TextField(blank=True, default="")
    words = EncryptedJSONField(null=True)  # {"text", "codes"}
    masked = models.TextField(blank=True, default="")
    assessment = EncryptedJSONField(null=True)  # of its words alone: the spans lie in them
    photo_hash = models.TextField(blank=True, default="")
    first = models.ForeignKey("self", models.SET_NULL, null=True, related_name="again")
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MessagePictureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "name"], name="picture_once")]
        indexes = [models.Index(fields=["album"], name="picture_album")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.name} {self.state}"

    @property
    def text(self) -> str:
        """All that was read in it, as `masked` has it for screens."""
        found = self.words or {}
        return "\n".join(part for part in (found.get("text", ""), *found.get("codes", ())) if part)
