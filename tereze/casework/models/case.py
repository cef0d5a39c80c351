from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission, Role
from tereze.core.clock import now
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id
from tereze.detection.typology import CLOCKS
from tereze.intake.models import Report


SEES_ALL = {Role.CHIEF, Role.PROSECUTOR}


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Need-to-know, decided here and nowhere else: the chief and the prosecutor see their
        unit's cases, everybody else those they were let into."""
        if not user.can(Permission.CASE_READ):
            return self.none()
        own = self.filter(unit=user.unit)
        if user.role in SEES_ALL:
            return own
        return own.filter(members__user=user).distinct()

    def found_by(self, words: str) -> "CaseQuerySet":
        """By a number as it stands on paper: the case's own, КУИ, ЕРДР, or that of a report."""
        number = "".join(words.split())
        match = models.Q(number=number) | models.Q(kui_number=words.strip())
        match |= models.Q(offences__erdr_number=number) | models.Q(reports__number=number)
        return self.filter(match).distinct()

    def alive_first(self) -> "CaseQuerySet":
        """What is worked on before what rests."""
        alive = models.Q(state__in=[Case.State.OPEN, Case.State.IN_PRODUCTION])
        rests = models.Case(models.When(alive, then=0), default=1)
        return self.order_by(rests, "-changed_at")

    def with_clocks(self) -> "CaseQuerySet":
        reports = models.Prefetch("reports", Report.objects.masked())
        return self.select_related("owner").prefetch_related(reports, "offences")

    def in_production(self) -> "CaseQuerySet":
        return self.filter(state=Case.State.IN_PRODUCTION)


class Case(models.Model):
    """The file the group works. What it is called on screen follows its registration."""

    class State(models.TextChoices):
        OPEN = "open", _("открыта")
        IN_PRODUCTION = "in_production", _("в производстве")
        INTERRUPTED = "interrupted", _("сроки прерваны")
        TO_COURT = "to_court", _("направлено в суд")
        CLOSED = "closed", _("прекращено")

    # what may follow what; everything else is refused
    NEXT: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.IN_PRODUCTION, State.CLOSED}),
        State.IN_PRODUCTION: frozenset({State.INTERRUPTED, State.TO_COURT, State.CLOSED}),
        State.INTERRUPTED: frozenset({State.IN_PRODUCTION, State.CLOSED}),
        State.TO_COURT: frozenset({State.IN_PRODUCTION}),
        State.CLOSED: frozenset({State.IN_PRODUCTION}),
    }

    unit = models.ForeignKey(Unit, models.PROTECT)
    public_id = models.TextField(unique=True, default=public_id)
    number = models.TextField()
    title = models.TextField()
    state = models.TextField(choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(User, models.PROTECT, related_name="own_cases")
    scheme = models.TextField(blank=True)
    kui_number = models.TextField(blank=True)
    kui_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # of the last change of state
    opened_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    reports = models.ManyToManyField(Report, through="CaseReport", related_name="cases")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="case_number_once"),
            models.CheckConstraint(
                condition=models.Q(kui_number="", kui_at=None)
                | (~models.Q(kui_number="") & models.Q(kui_at__isnull=False)),
                name="case_kui_number_with_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    TONES: ClassVar[dict[str, str]] = {
        State.OPEN: "active",
        State.IN_PRODUCTION: "active",
        State.INTERRUPTED: "attention",
        State.TO_COURT: "good",
        State.CLOSED: "plain",
    }

    @property
    def tone(self) -> str:
        return self.TONES[self.state]

    @property
    def kind(self) -> Any:
        """карточка → материал КУИ → уголовное дело"""
        if self.offences.exists():
            return _("уголовное дело")
        return _("материал КУИ") if self.kui_number else _("карточка")

    @property
    def kui_due_at(self) -> datetime | None:
        """When the book must have it, while it has not: the oldest of its reports' clocks."""
        if self.kui_number:
            return None
        hours = CLOCKS["kui_entry"].hours
        due = [report.kui_due_at for report in self.reports.all() if report.is_open]
        if not due and hours is not None:
            due = [self.opened_at + timedelta(hours=hours)]
        return min(due, default=None)

    @property
    def erdr_due_at(self) -> datetime | None:
        """When an entry in КУИ must have become one in ЕРДР, while it has not."""
        hours = CLOCKS["kui_to_erdr"].hours
        if self.kui_at is None or hours is None or self.offences.exists():
            return None
        return self.kui_at + timedelta(hours=hours)


class CaseMember(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.case}"


class CaseReport(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="report_links")
    report = models.ForeignKey(Report, models.PROTECT, related_name="case_links")
    at = models.DateTimeField(default=now)
    by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "report"], name="report_in_case_once")
        ]

    def __str__(self) -> str:
        return f"{self.report} in {self.case}"


class Offence(models.Model):
    """One registered offence: what the figures count, by the date of its ЕРДР registration."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="offences")
    erdr_number = models.TextField()
    registered_at = models.DateTimeField()
    platform = models.TextField(blank=True)  # slug of a platform; empty when none was used
    scheme = models.TextField(blank=True)
    district = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "erdr_number"], name="offence_once"),
            models.CheckConstraint(condition=~models.Q(erdr_number=""), name="offence_has_number"),
        ]

    def __str__(self) -> str:
        return self.erdr_number


class CasePerson(models.Model):
    class Part(models.TextChoices):
        VICTIM = "victim", _("потерпевший")
        SUSPECT = "suspect", _("подозреваемый")
        DROPPER = "dropper", _("держатель карты (дроппер)")
        WITNESS = "witness", _("свидетель")

    case = models.ForeignKey(Case, models.CASCADE, related_name="people")
    part = models.TextField(choices=Part.choices)
    name = EncryptedTextField()
    note = EncryptedTextField()
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.part} of {self.case_id}"


class TaskQuerySet(models.QuerySet["Task"]):
    def waiting_for(self, user: User) -> "TaskQuerySet":
        """What this officer still has to do, the most urgent first."""
        mine = self.filter(owner=user, done_at=None, case__in=Case.objects.visible_to(user))
        return mine.select_related("case").order_by("due_at")


class Task(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    title = models.TextField()
    owner = models.ForeignKey(User, models.PROTECT, related_name="tasks")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)

    objects = TaskQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def overdue(self) -> bool:
        return self.done_at is None and self.due_at < now()


class Note(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    text = EncryptedTextField()
    author = models.ForeignKey(User, models.PROTECT)
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"note in {self.case_id}"
