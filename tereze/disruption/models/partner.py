"""Whoever can stop a fraud, how they are reached, and what they agreed to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.core.encryption import EncryptedTextField
from tereze.core.ids import public_id
from tereze.disruption.hours import Schedule


class PartnerQuerySet(models.QuerySet["Partner"]):
    def of(self, unit: Unit) -> "PartnerQuerySet":
        return self.filter(unit=unit, is_active=True)


class Partner(models.Model):
    class Kind(models.TextChoices):
        CLASSIFIEDS = "classifieds", _("площадка объявлений")
        SOCIAL_NETWORK = "social_network", _("социальная сеть")
        MESSENGER = "messenger", _("мессенджер")
        BANK = "bank", _("банк")
        ANTIFRAUD = "antifraud_centre", _("антифрод-центр")
        OPERATOR = "operator", _("оператор связи")
        CITY_CHAT = "city_chat", _("владелец чата")
        SITE_OWNER = "site_owner", _("владелец сайта")
        HOST = "website_host", _("хостинг или регистратор")
        REGULATOR = "regulator", _("уполномоченный орган")

    class Channel(models.TextChoices):
        PORTAL = "portal", _("портал Tereze")
        EMAIL = "email", _("электронная почта")
        API = "api", _("API и вебхуки")
        FILE = "file", _("файл CSV или XLSX")
        BY_HAND = "by_hand", _("вручную")

    public_id = models.TextField(unique=True, default=public_id)
    unit = models.ForeignKey(Unit, models.PROTECT)
    slug = models.SlugField()
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    name_kk = models.TextField(blank=True)
    platform = models.TextField(blank=True)  # the plug-in that knows its addresses
    # where its pages also stand: "http://127.0.0.1:8810/olx" in the demo
    bases = models.JSONField(default=list, blank=True)
    channel = models.TextField(choices=Channel.choices, default=Channel.BY_HAND)
    email = models.EmailField(blank=True)
    language = models.TextField(choices=settings.LANGUAGES, default="ru")  # of letters
    how = models.TextField(blank=True)  # by hand: where and to whom, in words
    agreement = models.TextField(blank=True)  # on what the direct line rests
    our_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    contact = EncryptedTextField(blank=True)  # their named person
    contact_email = EncryptedTextField(blank=True)
    contact_chief = EncryptedTextField(blank=True)
    contact_chief_email = EncryptedTextField(blank=True)
    our_chief = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    look_token = EncryptedTextField(blank=True)  # sent with our looks, where they gave us one
    named_in_public = models.BooleanField(default=False)  # agreed to public figures by name
    second_step_required = models.BooleanField(default=False)  # of its people, at log-in
    is_active = models.BooleanField(default=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "slug"], name="partner_slug_once_per_unit"),
            models.CheckConstraint(
                condition=~models.Q(channel="email") | ~models.Q(email=""),
                name="partner_by_email_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name_kk if get_language() == "kk" and self.name_kk else self.name

    def terms_at(self, at: datetime) -> "PartnerTerms | None":
        """What was agreed on that day."""
        day = at.astimezone(ZoneInfo(self.unit.zone)).date()
        return self.terms.filter(valid_from__lte=day).order_by("-valid_from", "-pk").first()


class PartnerTerms(models.Model):
    """Agreed hours and times, from a day on. Old ones stay: yesterday's deadline was another."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="terms")
    valid_from = models.DateField(default=date.today)
    source = models.TextField()  # shown on screen: memorandum, letter, our own assumption
    hours = models.JSONField(default=dict)  # {"mon": [["09:00", "18:00"]], …}
    holidays = models.JSONField(default=list)  # ISO dates
    night_duty = models.JSONField(default=list)  # kinds of request served around the clock
    minutes = models.JSONField(default=dict)  # {kind or "*": {"acknowledge": 60, "act": 240}}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "valid_from"], name="terms_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.valid_from}"

    def schedule(self, kind: str) -> Schedule:
        return Schedule.read(
            self.hours,
            self.holidays,
            zone=self.partner.unit.zone,
            around_the_clock=kind in self.night_duty or "*" in self.night_duty,
        )

    def agreed(self, kind: str) -> dict[str, float]:
        found = self.minutes.get(kind) or self.minutes.get("*") or {}
        return {name: float(value) for name, value in found.items()}


class PartnerMember(models.Model):
    """A partner's employee with an account here."""

    class Duty(models.TextChoices):
        MANAGER = "manager", _("руководитель: сотрудники, ключи, отчёты")
        MODERATOR = "moderator", _("модератор: отвечает")
        READER = "reader", _("наблюдатель: только читает")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="members")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="partner_member"
    )
    duty = models.TextField(choices=Duty.choices, default=Duty.MODERATOR)

    def __str__(self) -> str:
        return f"{self.user} · {self.partner}"
