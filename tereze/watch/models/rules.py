"""Rules of the house: drafts, what was tried, what is in force. Nothing here is ever overwritten."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField
from tereze.core.ids import public_id
from tereze.watch.models.messages import Message


if TYPE_CHECKING:
    from django.db.models import QuerySet


class Stage(models.TextChoices):
    DRAFT = "draft", _("черновик")
    SHADOW = "shadow", _("в тени")
    RELEASED = "released", _("выпущено")
    WITHDRAWN = "withdrawn", _("отложено")


OPEN = (Stage.DRAFT, Stage.SHADOW)


class OfUnit(models.QuerySet[Any]):
    def visible_to(self, user: User) -> "QuerySet[Any]":
        if not (user.can(Permission.RULE_EDIT) or user.can(Permission.RULE_RELEASE)):
            return self.none()
        return self.filter(unit=user.unit)


class RuleDraft(DueRow):
    """A change of one rule on its way. While it is in shadow it is due again and again."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rule_drafts")
    public_id = models.TextField(unique=True, default=public_id)
    name = models.TextField()  # in full: scheme.rule
    stage = models.TextField(choices=Stage.choices, default=Stage.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    shadow_since = models.DateTimeField(null=True)
    shadow_after = models.BigIntegerField(default=0)  # messages up to here were compared
    shadow_seen = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = OfUnit.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(stage__in=["draft", "shadow"]),
                name="one_open_draft_of_a_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.stage}"

    def get_absolute_url(self) -> str:
        return reverse("watch:rule_draft", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    @property
    def edit(self) -> "RuleEdit":
        """What it says now."""
        found: RuleEdit = self.edits.select_related("by").latest("number")
        return found


class RuleEdit(models.Model):
    """One version of a draft: who wrote it, why, and the whole rule. `None` switches it off."""

    draft = models.ForeignKey(RuleDraft, models.PROTECT, related_name="edits")
    number = models.PositiveIntegerField()
    entry = EncryptedJSONField(null=True)  # its examples may be somebody's words
    why = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="rule_edit_once"),
            models.CheckConstraint(condition=~Q(why=""), name="rule_edit_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"


class Backtest(DueRow):
    """What an edit would have done to texts seen before. Goes on where it stood after a crash."""

    class State(models.TextChoices):
        WAITING = "waiting", _("ждёт очереди")
        RUNNING = "running", _("идёт")
        GREEN = "green", _("зелёная")
        RED = "red", _("красная")
        CANCELLED = "cancelled", _("остановлена")

    edit = models.ForeignKey(RuleEdit, models.PROTECT, related_name="backtests")
    public_id = models.TextField(unique=True, default=public_id)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # against what it was tried
    engine = models.TextField(blank=True, default="")
    released = models.TextField(blank=True, default="")  # version of the rules in force
    candidate = models.TextField(blank=True, default="")
    # how far it is
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0)  # of them a changed rule fires in so many
    position = models.JSONField(default=dict)
    read = models.JSONField(default=dict)  # {"messages", "left_out", "corpus", "files": {name: n}}
    counts = models.JSONField(default=dict)
    red = models.JSONField(default=list)  # codes: why it is not green

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edit"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_backtest_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edit_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}


class BacktestFind(models.Model):
    """A text that would be treated otherwise. Words of a chat stay in the chat's own row."""

    class Kind(models.TextChoices):
        BLOCKED = "blocked", _("заблокировано впервые")
        UNBLOCKED = "unblocked", _("больше не блокируется")
        FLAGGED = "flagged", _("впервые показано людям")
        UNFLAGGED = "unflagged", _("больше не показывается")

    backtest = models.ForeignKey(Backtest, models.CASCADE, related_name="finds")
    kind = models.TextField(choices=Kind.choices)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    text = models.TextField(blank=True, default="")  # of a corpus or file
    place = models.TextField()  # the chat, the corpus, the file
    label = models.TextField(blank=True, default="")
    scheme = models.TextField(blank=True, default="")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.backtest_id} {self.kind}"


class Clearance(models.Model):
    """Given by a green backtest and by nothing else; without one the database takes no release."""

    backtest = models.OneToOneField(Backtest, models.PROTECT, related_name="clearance")
    edit = models.ForeignKey(RuleEdit, models.PROTECT, related_name="clearances")
    engine = models.TextField()
    released = models.TextField()
    candidate = models.TextField()
    examples_failed = models.PositiveIntegerField()
    forbidden = models.PositiveIntegerField()
    harmless_blocked = models.PositiveIntegerField()
    acquitted_blocked = models.PositiveIntegerField()
    newly_blocked = models.PositiveIntegerField()
    most_blocked = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    examples_failed=0,
                    forbidden=0,
                    harmless_blocked=0,
                    acquitted_blocked=0,
                    newly_blocked__lte=F("most_blocked"),
                ),
                name="clearance_is_green",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edit_id} {self.candidate}"


class ShadowFind(models.Model):
    """What the candidate would have done to a live message, and what officers say of that."""

    class Said(models.TextChoices):
        NOTHING = "", _("не проверено")
        RIGHT = "right", _("верно")
        WRONG = "wrong", _("ошибка")

    draft = models.ForeignKey(RuleDraft, models.PROTECT, related_name="shadow_finds")
    edit = models.ForeignKey(RuleEdit, models.PROTECT, related_name="shadow_finds")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    kind = models.TextField(choices=BacktestFind.Kind.choices)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)
    said = models.TextField(choices=Said.choices, blank=True, default="")
    said_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edit", "message"], name="shadow_find_once"),
            models.CheckConstraint(
                condition=Q(said="", said_by=None, said_at=None)
                | (~Q(said="") & Q(said_by__isnull=False, said_at__isnull=False)),
                name="shadow_said_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edit_id} {self.kind}"


class RuleRelease(models.Model):
    """The rules of the house from this moment on: the row with the greatest number is in force."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rule_releases")
    public_id = models.TextField(unique=True, default=public_id)
    number = models.PositiveIntegerField()
    changes = EncryptedJSONField()  # the whole of it: {"rules", "off"}
    version = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )
    clearance = models.OneToOneField(Clearance, models.PROTECT, null=True, related_name="release")
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    why = models.TextField()
    at = models.DateTimeField(default=now)

    objects: ClassVar[Any] = OfUnit.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="rule_release_once"),
            models.CheckConstraint(
                condition=Q(clearance__isnull=False, edited_by__isnull=False, takes_back=None)
                | Q(clearance=None, edited_by=None, takes_back__isnull=False),
                name="rule_release_is_cleared",
            ),
            models.CheckConstraint(
                condition=Q(edited_by=None) | ~Q(edited_by=F("by")), name="rule_release_four_eyes"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="rule_release_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} №{self.number}"
