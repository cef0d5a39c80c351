"""What was decided about a message, what was done for it, how it was told, who objected."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message
from tereze.watch.models.sources import Source


if TYPE_CHECKING:
    from tereze.accounts.models import Unit


class Verdict(models.TextChoices):
    BLOCK = "block", _("заблокировать")
    ASK = "ask", _("просить владельца или администратора удалить")
    HOLD = "hold", _("придержать")
    SHADOW = "shadow", _("в тени: заблокировали бы")
    RELEASE = "release", _("безобидно")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def blocking(self) -> "DecisionQuerySet":
        return self.filter(verdict=Verdict.BLOCK)

    def of_machine_lately(self) -> "DecisionQuerySet":
        """What the hourly limit of a chat counts; undone ones too, for they were mistakes."""
        acted = self.filter(verdict__in=[Verdict.BLOCK, Verdict.ASK], officer=None)
        return acted.filter(at__gte=now() - timedelta(hours=1))

    def agreed(self) -> "DecisionQuerySet":
        """Without those of which every step waits for the second officer: nothing is decided yet."""
        acts = Act.objects.filter(decision=OuterRef("pk"))
        asked, other = acts.filter(state=ActState.ASKED), acts.exclude(state=ActState.ASKED)
        return self.exclude(Exists(asked) & ~Exists(other))

    def of_unit(self, unit: "Unit", *, since: datetime | None = None) -> "DecisionQuerySet":
        found = self.filter(message__source__unit=unit)
        return found.filter(at__gte=since) if since else found


class Decision(models.Model):
    public_id = models.TextField(unique=True, default=public_id)
    message = models.ForeignKey(Message, models.PROTECT, related_name="decisions")
    verdict = models.TextField(choices=Verdict.choices)
    officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="wall_decisions")
    policy = models.JSONField(default=dict)  # what the table said, when the machine decided
    ladder = models.JSONField(default=list)  # hold, delete, restrict, ban, ban_everywhere
    why = models.JSONField(default=dict)  # {"ru": …, "kk": …}: what the author is told
    rules = models.JSONField(default=list)  # names of the rules that spoke against the text
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now, db_index=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    appeal_hash = models.TextField(blank=True, default="", db_index=True)
    mark = models.TextField(blank=True, default="")  # made by the program, or it does not count
    notice = models.ForeignKey("Notice", models.SET_NULL, null=True, related_name="decisions")

    objects: ClassVar[Any] = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(officer=None), name="machine_decides_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False),
                name="undone_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.message_id}"

    @property
    def by_machine(self) -> bool:
        return self.officer_id is None


class ActState(models.TextChoices):
    WAITING = "waiting", _("исполняется")
    ASKED = "asked", _("ждёт второго сотрудника")
    DONE = "done", _("сделано")
    GONE = "gone", _("уже не было")
    FAILED = "failed", _("не получилось")
    CANCELLED = "cancelled", _("отменено до исполнения")


class Look(models.TextChoices):
    """What the service let us know afterwards. A deletion can only ever be *not found*."""

    NONE = "", _("не проверено")
    VERIFIED = "verified", _("подтверждено")
    NOT_FOUND = "not_found", _("не найдено")
    CONTRADICTED = "contradicted", _("сервис показывает другое")
    UNKNOWN = "unknown", _("проверить нельзя")


class ActKind(models.TextChoices):
    DELETE = "delete", _("удалить")
    RESTRICT = "restrict", _("ограничить автора")
    BAN = "ban", _("заблокировать автора")
    UNRESTRICT = "unrestrict", _("снять ограничения")
    UNBAN = "unban", _("разблокировать автора")
    REPOST = "repost", _("вернуть текст в чат")
    ASK = "ask", _("попросить администратора удалить")


class Agreement(models.Model):
    """Steps that reach too far for one person. The database itself refuses one in both roles."""

    class State(models.TextChoices):
        OPEN = "open", _("ждёт второго сотрудника")
        AGREED = "agreed", _("второй сотрудник согласен")
        REFUSED = "refused", _("второй сотрудник против")
        WITHDRAWN = "withdrawn", _("решение отменено раньше")

    public_id = models.TextField(unique=True, default=public_id)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="agreements")
    ladder = models.JSONField(default=list)
    radius = models.JSONField(default=dict)  # {"chats", "people", "hour", "beyond": […]}
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="open"), name="one_open_agreement"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="agreement_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | ~Q(answered_by=F("asked_by")), name="four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.state}"


class Act(DueRow):
    """One thing to do in one chat, and what came of it."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="acts")
    officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who asked
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, related_name="acts")
    source = models.ForeignKey(Source, models.PROTECT, related_name="acts")
    kind = models.TextField(choices=ActKind.choices)
    target = EncryptedJSONField()  # {"message": id, "author": id}
    until = models.DateTimeField(null=True)  # when a restriction or ban ends by itself
    is_end = models.BooleanField(default=False)  # its time was over; nobody took anything back
    state = models.TextField(choices=ActState.choices, default=ActState.WAITING)
    look = models.TextField(choices=Look.choices, blank=True, default=Look.NONE)
    result = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "source", "kind"], name="act_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_undo(self) -> bool:
        return self.kind in {ActKind.UNRESTRICT, ActKind.UNBAN, ActKind.REPOST}


class NoticeState(models.TextChoices):
    GATHERING = "gathering", _("собирается")
    SENDING = "sending", _("отправляется")
    SENT = "sent", _("отправлено")
    REMOVED = "removed", _("убрано")
    FAILED = "failed", _("не отправлено")


class Notice(DueRow):
    """The reason, posted in the chat. Several decisions close together become one notice."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="notices")
    state = models.TextField(choices=NoticeState.choices, default=NoticeState.GATHERING)
    external_id = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, db_index=True)
    result = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.source_id} {self.state}"


class AppealState(models.TextChoices):
    OPEN = "open", _("ждёт ответа")
    UPHELD = "upheld", _("решение оставлено")
    OVERTURNED = "overturned", _("решение отменено")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User) -> "AppealQuerySet":
        if not user.can(Permission.APPEAL_ANSWER):
            return self.none()
        return self.filter(decision__message__source__unit=user.unit)

    def open(self) -> "AppealQuerySet":
        return self.filter(state=AppealState.OPEN)


class Appeal(DueRow):
    """An objection with its clock: at `answer_due` somebody is called by name."""

    public_id = models.TextField(unique=True, default=public_id)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    text = EncryptedTextField()
    language = models.TextField(choices=settings.LANGUAGES, default="kk")
    state = models.TextField(choices=AppealState.choices, default=AppealState.OPEN)
    at = models.DateTimeField(default=now)
    answer_due = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)  # nobody had answered in time
    wants_repost = models.BooleanField(default=False)  # the author would have the words back
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="open"), name="one_open_appeal"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None, answered_at=None)
                | (~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.state}"
