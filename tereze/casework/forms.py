"""What officers type into a case. Dates are the city's; choices are only colleagues let in."""

from operator import attrgetter
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.casework.actions import Part
from tereze.casework.models import Case, CasePerson
from tereze.core.clock import now
from tereze.core.forms import MomentField
from tereze.detection.typology import SCHEMES
from tereze.intake.media import MAX_FILE, sniff
from tereze.intake.models import Report


PLATFORMS = [
    ("", _("не через площадку")),
    ("olx", "OLX"),
    ("kolesa", "Kolesa.kz"),
    ("krisha", "Krisha.kz"),
    ("kaspi", "Kaspi Объявления"),
    ("instagram", "Instagram"),
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("tiktok", "TikTok"),
]

UNSAFE = set('/\\:*?"<>|')  # in a name that lands in somebody's folder


def scheme_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((slug, scheme.name["ru"]) for slug, scheme in SCHEMES.items())]


class Moment(MomentField):
    def __init__(self, **options: Any) -> None:
        super().__init__(initial=lambda: timezone.localtime(now()), **options)


class CaseForm(forms.Form):
    """Every form of a case knows the case, to offer only what belongs to it."""

    def __init__(self, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        if case is not None:
            self.limit(case)

    def limit(self, case: Case) -> None:
        """Narrow the choices to the case; most forms have none."""

    def colleagues(self, name: str, people: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = people


class NewCaseForm(CaseForm):
    title = forms.CharField(label=_("Коротко: что произошло"), max_length=200)
    scheme = forms.ChoiceField(label=_("Схема"), choices=scheme_choices, required=False)


class SeenForm(CaseForm):
    """Changes one value of the case, and remembers which value the officer was looking at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    value: str  # of the case, as a dotted name

    def current(self, case: Case) -> str:
        return str(attrgetter(self.value)(case))

    def limit(self, case: Case) -> None:
        self.fields["seen"].initial = self.current(case)

    def show_again(self, case: Case) -> None:
        """The officer has now been told what a colleague did."""
        case.refresh_from_db()
        self.data = dict(self.data.items()) | {"seen": self.current(case)}


class StateForm(SeenForm):
    value = "state"
    state = forms.ChoiceField(label=_("Новое состояние"), choices=Case.State.choices)
    reason = forms.CharField(
        label=_("Основание"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def limit(self, case: Case) -> None:
        super().limit(case)
        field = self.fields["state"]
        if isinstance(field, forms.ChoiceField):
            allowed = Case.NEXT[case.state]
            field.choices = [(k, v) for k, v in Case.State.choices if k in allowed]


class KuiForm(SeenForm):
    value = "kui_number"
    number = forms.CharField(label=_("Номер КУИ"), max_length=60)
    at = Moment(label=_("Внесено в КУИ"))

    def limit(self, case: Case) -> None:
        super().limit(case)
        if case.kui_number:
            self.initial = {"number": case.kui_number, "at": timezone.localtime(case.kui_at)}


class OffenceForm(CaseForm):
    erdr_number = forms.CharField(label=_("Номер ЕРДР"), max_length=60)
    at = Moment(label=_("Зарегистрировано в ЕРДР"))
    platform = forms.ChoiceField(label=_("Площадка"), choices=PLATFORMS, required=False)
    scheme = forms.ChoiceField(label=_("Схема"), choices=scheme_choices, required=False)
    district = forms.CharField(label=_("Район"), max_length=100, required=False)


class ReportForm(CaseForm):
    number = forms.CharField(
        label=_("Номер сообщения"), max_length=20, help_text=_("Например, 2026-000123")
    )

    def clean_number(self) -> Report:
        number = str(self.cleaned_data["number"]).strip()
        unit = self.case.unit if self.case else None
        report = Report.objects.filter(unit=unit, number=number).first()
        if report is None:
            raise forms.ValidationError(_("Сообщения с таким номером нет."))
        return report


class TaskForm(CaseForm):
    title = forms.CharField(label=_("Что сделать"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Исполнитель"), queryset=User.objects.none())
    due_at = Moment(label=_("Срок"))

    def limit(self, case: Case) -> None:
        self.colleagues("owner", User.objects.filter(memberships__case=case))


class NoteForm(CaseForm):
    text = forms.CharField(
        label=_("Заметка"), max_length=20000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PersonForm(CaseForm):
    part = forms.ChoiceField(label=_("Кто это в деле"), choices=CasePerson.Part.choices)
    name = forms.CharField(label=_("Имя"), max_length=200)
    note = forms.CharField(label=_("Пометка"), max_length=2000, required=False)


class EvidenceForm(CaseForm):
    file = forms.FileField(label=_("Файл"))
    origin = forms.CharField(
        label=_("Что это и откуда"),
        max_length=300,
        help_text=_("Например: выписка Kaspi, принёс потерпевший"),
    )

    def clean_file(self) -> Part:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("Файл больше 25 МБ."))
        content = file.read()
        name = "".join(sign for sign in file.name if sign.isprintable() and sign not in UNSAFE)
        return Part(name.strip(". ")[-120:] or "file", sniff(content), content)


class ColleagueForm(CaseForm):
    user = forms.ModelChoiceField(label=_("Сотрудник"), queryset=User.objects.none())

    def limit(self, case: Case) -> None:
        super().limit(case)
        roles = User.objects.working().filter(unit=case.unit)
        self.colleagues("user", roles.order_by("name"))


class OwnerForm(ColleagueForm, SeenForm):
    value = "owner.username"
