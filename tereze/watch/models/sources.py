"""A watched chat: where it is, by what right it is watched, how strictly, and whether we see it."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id


HANDED_OVER = "whatsapp"  # not watched: a participant gave us a copy of what was written there


class Mode(models.TextChoices):
    OFF = "off", _("выключено")
    SHADOW = "shadow", _("тень")
    REVIEW = "review", _("проверка")
    AUTOMATIC = "automatic", _("автомат")


class Health(models.TextChoices):
    NEW = "new", _("ещё не подключался")
    OK = "ok", _("видит")
    BLIND = "blind", _("не видит")


class AuthorAct(models.TextChoices):
    NONE = "none", _("только удалить")
    RESTRICT = "restrict", _("удалить и ограничить автора")
    BAN = "ban", _("удалить и заблокировать автора")


class QuietAct(models.TextChoices):
    TELL_LATER = "tell_later", _("действовать, а объяснять в чате после тихих часов")
    LEAVE = "leave", _("ничего не делать самой: решают люди")


class Pictures(models.TextChoices):
    """What happens to the chat's pictures besides being shown."""

    READ = "read", _("читать; что не прочлось, оставить")
    PEOPLE = "people", _("читать; что не прочлось, показать людям")
    LEAVE = "leave", _("не скачивать и не читать")


WEB = ("feed", "page")  # kinds that are visited: nothing can be done there but ask the owner


def written(field: str) -> Q:
    """More than blanks stand there."""
    return Q(GreaterThan(Length(Trim(field)), 0))


LONGEST = timedelta(days=2 * 366)  # an end in a hundred years is none
SOON = timedelta(days=14)
LONGEST_KEPT = 7  # days that what nobody did anything about, and its author's hash, may stay
AGREED = (
    written("consent_by")
    & written("consent_file")
    & written("notice_text")
    & Q(consent_at__isnull=False, notice_at__isnull=False)
)
# a public page of a state body belongs to the public: basis and end are enough there
LAWFUL = written("legal_basis") & Q(until__isnull=False) & (AGREED | Q(is_organ=True, kind__in=WEB))


class SourceQuerySet(models.QuerySet["Source"]):
    def lock(self) -> "SourceQuerySet":
        """Until the end of the transaction, in the order in which all who store lock them: an update
        alone takes them as they lie, and two would wait for each other for ever."""
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        return self

    def visible_to(self, user: User) -> "SourceQuerySet":
        if not (user.can(Permission.WALL_VIEW) or user.can(Permission.SOURCE_MANAGE)):
            return self.none()
        return self.filter(unit=user.unit)

    def watchable(self, at: datetime) -> "SourceQuerySet":
        """What may be read at this moment: switched on, lawful, and its term not over."""
        within = Q(until__gt=at, until__lte=at + LONGEST, consent_at__lte=at, notice_at__lte=at)
        return self.filter(LAWFUL, within).exclude(mode=Mode.OFF)


class Source(models.Model):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sources")
    public_id = models.TextField(unique=True, default=public_id)
    kind = models.TextField()  # the connector's name
    chat_id = models.TextField()
    title = models.TextField()
    language = models.TextField(choices=settings.LANGUAGES, default="ru")
    server = models.TextField(blank=True, default="")  # empty: the one of the settings
    token = EncryptedTextField(blank=True)
    bot_key = models.TextField(blank=True, default="")  # which sources share one bot
    cursor = models.BigIntegerField(default=0)  # the last update stored
    by_webhook = models.BooleanField(default=False)  # the service brings it instead of being asked
    position = models.TextField(blank=True, default="")  # the same where it is a word (Matrix)

    is_organ = models.BooleanField(default=False)  # a page of a state body, by its address alone
    # By what right. The database itself refuses a source that is on without them.
    legal_basis = models.TextField(blank=True, default="")
    consent_by = models.TextField(blank=True, default="")
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_file = models.TextField(blank=True, default="")  # SHA-256 in the vault
    consent_file_name = models.TextField(blank=True, default="")
    notice_at = models.DateTimeField(null=True, blank=True)
    notice_text = models.TextField(blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)

    on_since = models.DateTimeField(null=True, blank=True)  # when it was last switched on
    mode = models.TextField(choices=Mode.choices, default=Mode.OFF)
    threshold = models.FloatField(default=0.9)
    # that the machine earned the automatic here, with this threshold: under a key that is not in
    # the database, so that an edit of the row opens nothing
    proof = models.TextField(blank=True, default="")
    schemes = models.JSONField(default=dict)  # slug: {"mode", "threshold"} where it differs
    # how long the machine was only allowed to think, by the service's clock from message to message,
    # and what people found before we kept count; under a key that is not in the database
    shadow_told = models.DateTimeField(null=True, blank=True)  # what it said with the last one
    shadowed = models.DurationField(default=timedelta)
    carried = models.JSONField(default=dict)  # {"verdicts", "right", "lowered"}
    evidence = models.TextField(blank=True, default="")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    quiet_act = models.TextField(choices=QuietAct.choices, default=QuietAct.TELL_LATER)
    pictures = models.TextField(choices=Pictures.choices, default=Pictures.READ)
    author_act = models.TextField(choices=AuthorAct.choices, default=AuthorAct.RESTRICT)
    restrict_hours = models.PositiveSmallIntegerField(default=24)
    hold_hours = models.PositiveSmallIntegerField(default=4)  # while a person looks
    ban_days = models.PositiveSmallIntegerField(default=30)
    notice_minutes = models.PositiveSmallIntegerField(default=10)
    retention_days = models.PositiveSmallIntegerField(default=7)
    hourly_limit = models.PositiveSmallIntegerField(default=300)  # of the machine's blocks
    counted_from = models.DateTimeField(null=True, blank=True)  # a person let the machine go on
    on_call = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # names and ids of authors whom the machine leaves to people
    exempt = models.JSONField(default=list)  # verified
    exempt_akimat = models.JSONField(default=list)
    exempt_police = models.JSONField(default=list)

    health = models.TextField(choices=Health.choices, default=Health.NEW)
    health_reason = models.TextField(blank=True, default="")
    health_since = models.DateTimeField(default=now)
    skew = models.IntegerField(null=True, blank=True)  # seconds by which its clock is ahead of ours
    last_contact_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    rights = models.JSONField(default=dict)  # what the service says we may do there
    administrators = models.JSONField(default=list)  # keyed hashes
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[Any] = SourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "chat_id", "server"], name="source_once"),
            models.CheckConstraint(
                condition=Q(mode=Mode.OFF) | LAWFUL, name="source_on_only_if_lawful"
            ),
            models.CheckConstraint(
                condition=~Q(mode=Mode.AUTOMATIC) | ~Q(proof="") | Q(kind="replay"),
                name="source_automatic_only_if_proven",
            ),
            models.CheckConstraint(
                condition=Q(retention_days__gte=1, retention_days__lte=LONGEST_KEPT),
                name="source_kept_a_week_at_most",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0.5, threshold__lte=1), name="source_threshold"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("watch:source", args=[self.public_id])

    @property
    def is_handed_over(self) -> bool:
        return self.kind == HANDED_OVER

    @property
    def is_blind(self) -> bool:
        return self.mode != Mode.OFF and self.health == Health.BLIND

    @property
    def ends_soon(self) -> bool:
        """Time enough to ask its owner for a new consent."""
        if self.mode == Mode.OFF or self.until is None:
            return False
        return self.until - now() <= SOON

    @property
    def is_hampered(self) -> bool:
        """It is read, but what must be done there cannot be done."""
        return self.is_blind and self.health_reason in {
            "no_delete_right",
            "no_restrict_right",
            "no_ban_right",
        }

    def is_quiet(self, at: datetime) -> bool:
        """Whether its quiet hours, in the unit's own time, cover this moment."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return False
        clock = at.astimezone(ZoneInfo(self.unit.zone)).time()
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def quiet_until(self, at: datetime) -> datetime:
        """When the quiet hours that cover this moment end; the moment itself outside of them."""
        if not self.is_quiet(at) or self.quiet_to is None:
            return at
        local = at.astimezone(ZoneInfo(self.unit.zone))
        end = local.replace(
            hour=self.quiet_to.hour, minute=self.quiet_to.minute, second=0, microsecond=0
        )
        return end if end > local else end + timedelta(days=1)

    def term(self, step: str) -> timedelta:
        """How long a step of the ladder holds its author."""
        hours = {
            "hold": self.hold_hours,
            "restrict": self.restrict_hours,
            "ban": self.ban_days * 24,
        }
        return timedelta(hours=hours[step])

    @property
    def is_web(self) -> bool:
        return self.kind in WEB

    @property
    def members(self) -> int:
        """How many people read it, as far as the service tells."""
        return int(self.rights.get("members") or 0)

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.retention_days)
