from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.disruption import kinds
from tereze.disruption.hours import DAYS, Schedule
from tereze.disruption.models import Partner, PartnerMember, PartnerTerms
from tereze.disruption.platforms import PLATFORMS


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg] # django-stubs: not generic at run time
    contact = forms.CharField(
        label=_("Их ответственный: имя и телефон"), required=False, max_length=200
    )
    contact_email = forms.EmailField(label=_("Его почта: сюда о просрочке"), required=False)
    contact_chief = forms.CharField(
        label=_("Их руководитель: имя и телефон"), required=False, max_length=200
    )
    contact_chief_email = forms.EmailField(label=_("Почта руководителя"), required=False)
    look_token = forms.RegexField(
        r"^[!-~]*$",  # it travels in a header
        label=_("Ключ для наших проверок, если партнёр его дал"),
        help_text=_("Уходит заголовком X-Tereze-Look только на адреса этого партнёра."),
        required=False,
        max_length=500,
    )
    platform = forms.ChoiceField(label=_("Чьи адреса он убирает"), required=False)

    class Meta:
        model = Partner
        fields = [
            "name",
            "name_kk",
            "slug",
            "kind",
            "platform",
            "channel",
            "email",
            "language",
            "how",
            "agreement",
            "our_officer",
            "our_chief",
            "contact",
            "contact_email",
            "contact_chief",
            "contact_chief_email",
            "named_in_public",
            "look_token",
            "is_active",
        ]
        labels = {
            "name": _("Название"),
            "name_kk": _("Название по-казахски"),
            "slug": _("Короткое имя (латиницей)"),
            "kind": _("Кто это"),
            "channel": _("Канал"),
            "email": _("Адрес для писем"),
            "language": _("Язык писем"),
            "how": _("Как связаться вручную"),
            "agreement": _("На чём основана прямая линия"),
            "our_officer": _("Наш ответственный"),
            "our_chief": _("Наш руководитель: ему о второй просрочке"),
            "named_in_public": _("Согласен, чтобы его показатели публиковались по имени"),
            "is_active": _("Работаем с ним"),
        }
        widgets = {name: forms.TextInput() for name in ("name", "name_kk", "slug")} | {
            "how": forms.Textarea(attrs={"rows": 2}),
            "agreement": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.instance.unit
        officers = User.objects.working().filter(unit=unit).order_by("name")
        for name in ("our_officer", "our_chief"):
            self.fields[name].queryset = officers  # type: ignore[attr-defined]
        own = [(slug, platform.name) for slug, platform in PLATFORMS.items()]
        self.fields["platform"].choices = [("", _("только по выбору сотрудника")), *own]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("channel") == Partner.Channel.EMAIL and not data.get("email"):
            self.add_error("email", _("Для канала «почта» нужен адрес."))
        taken = Partner.objects.filter(unit=self.instance.unit, slug=data.get("slug"))
        if taken.exclude(pk=self.instance.pk).exists():
            self.add_error("slug", _("Такой партнёр уже есть."))
        return data


DAY_NAMES = [
    ("mon", _("пн")),
    ("tue", _("вт")),
    ("wed", _("ср")),
    ("thu", _("чт")),
    ("fri", _("пт")),
    ("sat", _("сб")),
    ("sun", _("вс")),
]


ANY_KIND = "*"


class TermsForm(forms.Form):
    """A new agreement, from a day on; the former one stays for the requests of its time."""

    valid_from = forms.DateField(
        label=_("Действует с"), widget=forms.DateInput(attrs={"type": "date"})
    )
    source = forms.CharField(
        label=_("Откуда это известно"),
        help_text=_("Меморандум, письмо, собственное допущение. Показывается рядом с часами."),
        max_length=300,
    )
    kind = forms.ChoiceField(
        label=_("О какой просьбе"),
        choices=[(ANY_KIND, _("все виды")), *kinds.CHOICES],
        required=False,
    )
    days = forms.MultipleChoiceField(
        label=_("Рабочие дни"),
        choices=DAY_NAMES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=list(DAYS[:5]),
    )
    opens = forms.TimeField(
        label=_("Начало"), initial="09:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    closes = forms.TimeField(
        label=_("Конец"), initial="18:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    around_the_clock = forms.BooleanField(
        label=_("Ночное дежурство: круглосуточно"), required=False
    )
    holidays = forms.CharField(
        label=_("Праздники"),
        help_text=_("Даты вида 2026-12-16 через пробел или с новой строки."),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    acknowledge = forms.IntegerField(label=_("Принять за, минут"), min_value=1, max_value=100_000)
    act = forms.IntegerField(label=_("Ответить за, минут"), min_value=1, max_value=100_000)
    escalate = forms.IntegerField(
        label=_("После просрочки – руководителю через, минут"),
        min_value=1,
        max_value=100_000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if not data["days"] and not data["around_the_clock"]:
            self.add_error("days", _("Отметьте дни или круглосуточное дежурство."))
        try:
            Schedule.read({}, data["holidays"].split())
        except ValueError:
            self.add_error("holidays", _("Не все даты понятны. Пример: 2026-12-16."))
        return data

    def agreed(self, before: PartnerTerms | None) -> dict[str, Any]:
        """Of one kind only: the other kinds keep what was agreed before."""
        data = self.cleaned_data
        kind = data["kind"] or ANY_KIND
        kept = before if kind != ANY_KIND else None
        night = {*kept.night_duty} if kept else set()
        (night.add if data["around_the_clock"] else night.discard)(kind)
        shift = [[f"{data['opens']:%H:%M}", f"{data['closes']:%H:%M}"]]
        hours = dict.fromkeys(data["days"], shift)
        times = {n: data[n] for n in ("acknowledge", "act", "escalate") if data[n]}
        return {
            "valid_from": data["valid_from"],
            "source": data["source"],
            "hours": hours or (kept.hours if kept else {}),
            "holidays": data["holidays"].split() or (kept.holidays if kept else []),
            "night_duty": sorted(night),
            "minutes": {**(kept.minutes if kept else {}), kind: times},
        }


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Сотрудник партнёра"), queryset=User.objects.none())
    duty = forms.ChoiceField(
        label=_("Что может"),
        choices=PartnerMember.Duty.choices,
        initial=PartnerMember.Duty.MODERATOR,
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employees = User.objects.filter(unit=unit, role=Role.PARTNER, is_active=True)
        self.fields["user"].queryset = employees.order_by("name")  # type: ignore[attr-defined]
