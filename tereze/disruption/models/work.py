"""What has to be done for requests: captures, letters, looks. Each is a due row of its own lane."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.casework.models import Evidence
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.ids import public_id
from tereze.disruption.models.request import Request


class Capture(DueRow):
    """The page is to be captured in a real browser before anything is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("в очереди")
        DONE = "done", _("снято")
        NEEDS_PERSON = "needs_person", _("нужен снимок сотрудника")

    request = models.OneToOneField(Request, models.CASCADE, related_name="capture")
    state = models.TextField(choices=State.choices, default=State.WAITING)
    why = models.TextField(blank=True)  # why a person is needed
    tries = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(null=True)  # how long the browser took

    def __str__(self) -> str:
        return f"{self.request}: {self.state}"


class Letter(DueRow):
    """A letter to a partner. The row comes first, so a crash repeats the letter at most once."""

    class Purpose(models.TextChoices):
        REQUEST = "request", _("уведомление")
        AGAIN = "again", _("снова доступно")
        ESCALATION = "escalation", _("напоминание о просрочке")
        SUPPLIED = "supplied", _("дополнение сведений")

    public_id = models.TextField(unique=True, default=public_id)
    request = models.ForeignKey(Request, models.CASCADE, related_name="letters")
    purpose = models.TextField(choices=Purpose.choices, default=Purpose.REQUEST)
    to = models.EmailField()
    token_hash = models.TextField(unique=True)
    reply_hash = models.TextField(blank=True, db_index=True)  # of the mark an answer carries
    answer_until = models.DateTimeField()
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    # times it was handed to the mail server without our knowing whether the server took it
    offered = models.PositiveSmallIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)
    returned_why = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.request} → {self.to}"


class Lookout(DueRow):
    """Our own watch over one address: when to look next, and until when."""

    request = models.OneToOneField(Request, models.CASCADE, related_name="lookout")
    since = models.DateTimeField(default=now)  # start of the present series of looks
    looks = models.PositiveIntegerField(default=0)  # in the present series
    full_at = models.DateTimeField(null=True)  # when all vantages were last used
    asked = models.BooleanField(default=False)  # an officer wants to know now
    blind = models.PositiveIntegerField(default=0)  # looks in a row that were not let in

    def __str__(self) -> str:
        return f"{self.request}: {self.looks}"


class Look(models.Model):
    """One look, and what it showed from each vantage."""

    class Outcome(models.TextChoices):
        GONE = "gone", _("удалено")
        THERE = "there", _("на месте")
        COULD_NOT_LOOK = "could_not_look", _("не удалось посмотреть")

    request = models.ForeignKey(Request, models.CASCADE, related_name="looks")
    at = models.DateTimeField(default=now)
    outcome = models.TextField(choices=Outcome.choices)
    why = models.TextField()
    by_http = models.TextField(blank=True)  # "404 not_found"
    by_browser = models.TextField(blank=True)
    # [{"vantage": "http_mobile", "outcome", "why", "detail", "url"}]
    vantages = models.JSONField(default=list)
    # of the captured photos: {"kept": n, "deleted": n, "unknown": n}; empty where not asked
    photos = models.JSONField(default=dict)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"


class Alert(models.Model):
    """A breach told to a person of ours, until they have seen it."""

    class Level(models.TextChoices):
        PERSON = "person", _("ответственному")
        CHIEF = "chief", _("руководителю")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    request = models.ForeignKey(Request, models.CASCADE, related_name="alerts")
    level = models.TextField(choices=Level.choices)
    at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.request}"


class Enclosure(DueRow):
    """A file that goes with a request: the sanction's copy, a detached signature, the answer's data."""

    class Kind(models.TextChoices):
        SANCTION = "sanction", _("копия санкции")
        SIGNATURE = "signature", _("подпись ЭЦП")
        ANSWER = "answer", _("данные от партнёра")

    class State(models.TextChoices):
        KEPT = "kept", _("приложено")
        WAITING = "waiting", _("подпись проверяется")
        NO_TOOL = "no_tool", _("приложена; средства проверки нет")
        HOLDS = "holds", _("подпись верна")
        BROKEN = "broken", _("подпись не подтвердилась")

    request = models.ForeignKey(Request, models.CASCADE, related_name="enclosures")
    kind = models.TextField(choices=Kind.choices)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    name = models.TextField()  # of the file in the evidence
    state = models.TextField(choices=State.choices, default=State.KEPT)
    note = models.TextField(blank=True)  # what the tool said
    at = models.DateTimeField(default=now)
    by = models.TextField()

    def __str__(self) -> str:
        return f"{self.request}: {self.kind}"


class HostPace(models.Model):
    """One host that we look at: all workers share its pace and its pauses."""

    host = models.TextField(primary_key=True)
    last_at = models.DateTimeField(null=True)  # of our last look
    given_until = models.DateTimeField(null=True)  # turns are given out up to here
    paused_until = models.DateTimeField(null=True)
    why = models.TextField(blank=True)  # it paused us, or did not answer
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.host
