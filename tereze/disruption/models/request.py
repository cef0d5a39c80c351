"""A request to a partner, its moments, and every step as an unchangeable row."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.accounts.permissions import Permission, Role
from tereze.casework.models import Evidence
from tereze.casework.models.evidence import SealedQuerySet
from tereze.core.clock import now
from tereze.core.due import DueRow
from tereze.core.encryption import EncryptedJSONField, EncryptedTextField
from tereze.core.ids import public_id
from tereze.detection.typology import CLOCKS
from tereze.disruption import kinds
from tereze.disruption.models.partner import Partner


class State(models.TextChoices):
    DRAFTED = "drafted", _("готовится снимок")
    CAPTURED = "captured", _("ждёт утверждения")
    HELD = "held", _("придержано")
    APPROVED = "approved", _("отправляется")
    DELIVERED = "delivered", _("доставлено")
    ACKNOWLEDGED = "acknowledged", _("принято партнёром")
    ANSWERED = "answered", _("получен ответ")
    COULD_NOT_LOOK = "could_not_look", _("не удалось проверить")
    VERIFIED = "verified", _("проверено: удалено")
    REOPENED = "reopened", _("появилось снова")
    CLOSED = "closed", _("закрыто")


class Answer(models.TextChoices):
    DONE = "done", _("сделано")
    ACCOUNT_CLOSED = "account_closed", _("аккаунт закрыт")
    ALREADY_GONE = "already_gone", _("уже не было")
    REFUSED = "refused", _("отказ")
    NEED_MORE = "need_more", _("нужны сведения")


class Refusal(models.TextChoices):
    """Why a partner did not do it: counted by reason, so it is chosen and not only written."""

    NO_VIOLATION = "no_violation", _("нарушения правил не видно")
    NOT_ENOUGH = "insufficient_evidence", _("доказательств мало")
    WRONG_ADDRESS = "not_ours", _("это не наша страница")
    OTHER_FORM = "other_form_required", _("нужен документ другой формы")
    BEYOND_REACH = "technically_impossible", _("сделать это не можем технически")
    TOO_LATE = "too_late", _("уже поздно")
    OTHER = "other", _("другая причина")


# the partner's clock runs in these
WITH_PARTNER = (State.DELIVERED, State.ACKNOWLEDGED, State.REOPENED)
OPEN = (
    State.DRAFTED,
    State.CAPTURED,
    State.HELD,
    State.APPROVED,
    *WITH_PARTNER,
    State.ANSWERED,
    State.COULD_NOT_LOOK,
)
SEEN_BY_PARTNER = (*WITH_PARTNER, State.ANSWERED, State.COULD_NOT_LOOK, State.VERIFIED)
GONE = (Answer.DONE, Answer.ACCOUNT_CLOSED, Answer.ALREADY_GONE)


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user: Any) -> "RequestQuerySet":
        """Officers see their unit's; a partner's employee only what was sent to that partner."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PARTNER:
            return self.filter(
                partner__members__user=user, partner__is_active=True, delivered_at__isnull=False
            )
        return self.filter(unit=user.unit) if user.can(Permission.REQUEST_READ) else self.none()

    def open(self) -> "RequestQuerySet":
        return self.filter(state__in=OPEN)

    def with_partner(self) -> "RequestQuerySet":
        return self.filter(state__in=WITH_PARTNER)

    def overdue(self) -> "RequestQuerySet":
        return self.with_partner().filter(overdue_at__isnull=False)

    def about(self, kind: str, key: str) -> "RequestQuerySet":
        return self.filter(links__kind=kind, links__key=key).distinct()


class Request(DueRow):
    """`next_action_at` is the next of its deadlines."""

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="requests")
    kind = models.TextField(choices=kinds.CHOICES)
    state = models.TextField(choices=State.choices, default=State.DRAFTED, db_index=True)
    url = models.TextField(blank=True)  # as it was given; empty where it is about no page
    # what is opened, canonical where we know how; of a form: what it is about, masked
    address = models.TextField(db_index=True)
    listing = models.TextField(blank=True, db_index=True)  # `olx:r9sfK`
    ground = models.TextField()  # slug of the legal ground
    reason = models.TextField()  # what the partner reads; redacted
    form = EncryptedJSONField(default=dict)  # what the kind's form asks for (forms/details.py)
    batch = models.TextField(blank=True, db_index=True)  # pasted together with others
    asked = models.PositiveIntegerField(default=1)  # how many times it was asked for
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.TextField(blank=True)  # of the page, as captured
    seen_phrases = models.JSONField(default=list)  # "gone" words it showed while it was there
    number = models.TextField(blank=True)  # outgoing number
    signatory = models.TextField(blank=True)
    signatory_post = models.TextField(blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # what the ground needs before anybody may sign
    kui_number = models.TextField(blank=True)
    erdr_number = models.TextField(blank=True)
    sanction = models.TextField(blank=True)  # whose, number and day, as it stands on the paper
    channel = models.TextField(choices=Partner.Channel.choices, blank=True)
    answer = models.TextField(choices=Answer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_by = models.TextField(blank=True)
    refusal = models.TextField(choices=Refusal.choices, blank=True)
    held_amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)  # tenge
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Moments. Any two can be subtracted; the steps hold the repeated ones.
    created_at = models.DateTimeField(default=now, db_index=True)
    captured_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, db_index=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)  # our own first look that saw it gone
    reopened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    money_left_at = models.DateTimeField(null=True)  # of money: every minute counts from here
    # The thread: since when the partner's question, or an appeal, waits for us
    asked_since = models.DateTimeField(null=True, db_index=True)
    appealed_since = models.DateTimeField(null=True, db_index=True)
    overturned_at = models.DateTimeField(null=True)  # an appeal was right: we asked by mistake
    # Kept up on purpose: by whom, why, until when
    held_until = models.DateTimeField(null=True)
    held_by = models.TextField(blank=True)
    held_why = models.TextField(blank=True)
    # The letter came back: it is not with the partner, whatever was sent
    undelivered_at = models.DateTimeField(null=True)
    undelivered_why = models.TextField(blank=True)
    # Clocks
    spent_minutes = models.FloatField(default=0)  # of the partner's time, before it waited for us
    clock_started_at = models.DateTimeField(null=True)
    acknowledge_by = models.DateTimeField(null=True)
    act_by = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["partner", "state"]),
        ]
        constraints = [
            # nothing is sent before its capture is sealed, whatever the code above does
            models.CheckConstraint(
                condition=models.Q(delivered_at=None)
                | (models.Q(evidence__isnull=False) & ~models.Q(number="")),
                name="request_sent_only_with_evidence_and_number",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None) | ~models.Q(signatory=""),
                name="request_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="held")
                | (
                    models.Q(held_until__isnull=False)
                    & ~models.Q(held_by="")
                    & ~models.Q(held_why="")
                ),
                name="request_held_by_someone_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id

    @property
    def next_deadline(self) -> datetime | None:
        """The clock both sides see; None when it is not the partner's turn."""
        if self.state not in WITH_PARTNER:
            return None
        return self.acknowledge_by if self.acknowledged_at is None else self.act_by

    @property
    def clock_stopped_at(self) -> datetime | None:
        """When the partner's clock was stopped, and by what; None while it runs."""
        if self.state in WITH_PARTNER:
            return None
        return self.answered_at or self.gone_at or self.closed_at

    @property
    def waits_for_us(self) -> bool:
        """They asked or refused: their clock stands until we say something."""
        return self.state == State.ANSWERED and self.answer not in GONE

    @property
    def send_by(self) -> datetime | None:
        """Our own clock while money is on its way and the request is not sent yet."""
        if self.money_left_at is None or self.delivered_at or self.state not in OPEN:
            return None
        return self.created_at + timedelta(hours=CLOCKS["antifraud_incident"].hours or 1)

    @property
    def kind_of(self) -> kinds.Kind:
        return kinds.KINDS[self.kind]


class RequestLink(models.Model):
    """What the request is for: a report, a case, a series. Public ids, so nobody depends on us."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="links")
    kind = models.TextField()  # report | case | series | request
    key = models.TextField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "key"], name="request_link_once")
        ]
        indexes = [models.Index(fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Word(models.Model):
    """One word of the thread between the two sides: a question, an answer to it, an appeal."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("вопрос")
        REPLY = "reply", _("ответ")
        APPEAL = "appeal", _("обжалование")
        DECISION = "decision", _("решение по обжалованию")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("жалоба обоснованна")
        REJECTED = "rejected", _("уведомление остаётся в силе")

    public_id = models.TextField(unique=True, default=public_id)
    request = models.ForeignKey(Request, models.CASCADE, related_name="words")
    at = models.DateTimeField(default=now)
    kind = models.TextField(choices=Kind.choices)
    from_partner = models.BooleanField()
    author = models.TextField()
    text = EncryptedTextField()
    for_user = models.BooleanField(default=False)  # the partner passes on its user's appeal
    outcome = models.TextField(choices=Outcome.choices, blank=True)  # of a decision
    seen_at = models.DateTimeField(null=True)  # by the other side

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.kind}"


class StepQuerySet(SealedQuerySet):
    """Steps are added, never changed."""


class RequestStep(models.Model):
    """One thing that happened to a request, with its proof. Never changed."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    at = models.DateTimeField(default=now)
    event = models.TextField()
    state_before = models.TextField(blank=True)
    state_after = models.TextField()
    actor_kind = models.TextField()
    actor_name = models.TextField(blank=True)
    note = models.TextField(blank=True)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
