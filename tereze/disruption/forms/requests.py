from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.core.forms import MomentField
from tereze.core.wording import exact
from tereze.detection.typology import GROUNDS
from tereze.disruption import kinds
from tereze.disruption.actions.answering import needs_words
from tereze.disruption.actions.drafting import LONGEST_REASON, addresses_in, grounds_for
from tereze.disruption.forms.details import SLIP
from tereze.disruption.models import Enclosure, Partner, Request
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.needs import KEPT_IN, needs_of


PAGE_CHOICES = [(slug, name) for slug, name in kinds.CHOICES if slug in kinds.PAGES]
PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
LARGEST = 10 * 1024 * 1024


def ground_choices(partner_kinds: set[str]) -> list[tuple[str, str]]:
    language = "kk" if get_language() == "kk" else "ru"
    carried = {name for kind in kinds.KINDS.values() for name in kind.grounds}
    return [
        (ground.slug, f"{ground.text[language][:90]}…")
        for ground in GROUNDS.values()
        if ground.kind in carried and not ground.needs and partner_kinds & {*ground.partner_kinds}
    ]


class DraftForm(forms.Form):
    addresses = forms.CharField(
        label=_("Адреса страниц"),
        help_text=_("По одному в строке или прямо из переписки: ссылки найдутся сами."),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "data-focus": True}),
    )
    kind = forms.ChoiceField(label=_("О чём просим"), choices=PAGE_CHOICES)
    partner = forms.ModelChoiceField(
        label=_("Кому"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("определить по адресу"),
    )
    ground = forms.ChoiceField(label=_("Основание"), required=False)
    reason = forms.CharField(
        label=_("Причина для партнёра"),
        help_text=_("Коротко: какая схема и по каким признакам. Данные заявителя не пишите."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = Partner.objects.of(unit).order_by("kind", "name")
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
        choices = ground_choices({partner.kind for partner in partners})
        self.fields["ground"].choices = [("", _("подобрать по виду")), *choices]  # type: ignore[attr-defined]

    def clean_addresses(self) -> str:
        text = str(self.cleaned_data["addresses"])
        if not addresses_in(text):
            raise forms.ValidationError(_("Здесь нет ни одной ссылки."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        partner, kind = data.get("partner"), data.get("kind")
        if partner and kind and not grounds_for(kind, partner):
            self.add_error("kind", _("Для этого партнёра нет основания с такой просьбой."))
        return data


class AddressedForm(forms.Form):
    """To whom a form goes, on what ground, and why."""

    partner = forms.ModelChoiceField(label=_("Кому"), queryset=Partner.objects.none())
    ground = forms.ChoiceField(label=_("Основание"), required=False)
    reason = forms.CharField(
        label=_("Причина для партнёра"),
        help_text=_("Коротко: какая схема и по каким признакам. Данные заявителя не пишите."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, unit: Unit, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        able = [row for row in Partner.objects.of(unit) if grounds_for(kind, row)]
        partners = Partner.objects.of(unit).filter(pk__in=[row.pk for row in able])
        self.fields["partner"].queryset = partners.order_by("kind", "name")  # type: ignore[attr-defined]
        if len(able) == 1:
            self.initial.setdefault("partner", able[0].pk)
        carried = {slug for row in able for slug in grounds_for(kind, row)}
        language = "kk" if get_language() == "kk" else "ru"
        choices = [(slug, f"{GROUNDS[slug].text[language][:90]}…") for slug in sorted(carried)]
        self.fields["ground"].choices = [("", _("подобрать по виду")), *choices]  # type: ignore[attr-defined]


class NeedsForm(forms.Form):
    """What the ground asks for, as it stands on the paper."""

    kui_number = forms.CharField(label=_("Номер КУИ"), max_length=100, required=False)
    erdr_number = forms.CharField(label=_("Номер ЕРДР"), max_length=100, required=False)
    sanction = forms.CharField(label=_("Санкция: чья, номер, день"), max_length=300, required=False)

    def __init__(self, request: Request, data: Any = None) -> None:
        initial = {name: getattr(request, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        asked = {KEPT_IN.get(need, need) for need in needs_of(request)}
        self.fields = {name: field for name, field in self.fields.items() if name in asked}


class HoldForm(forms.Form):
    until = MomentField(label=_("До какого времени"))
    why = forms.CharField(
        label=_("Почему удаление сейчас помешает"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EnclosureForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Что это"),
        choices=[(kind.value, kind.label) for kind in Enclosure.Kind],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label=_("Файл"))

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Файл больше 10 МБ."))
        return safe_name(file.name), file.read()


def safe_name(name: str) -> str:
    """A name that any archive and any header can carry."""
    kept = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)
    return kept.strip("._")[-80:] or "file"


class ScreenshotForm(forms.Form):
    picture = forms.FileField(label=_("Снимок экрана (PNG или JPEG)"))
    clean_of_victim = forms.BooleanField(
        label=_("На снимке нет данных заявителя: можно показать партнёру"), required=False
    )

    def clean_picture(self) -> tuple[str, bytes]:
        file = self.cleaned_data["picture"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Файл больше 10 МБ."))
        content = file.read()
        for kind, start in PICTURES.items():
            if content.startswith(start):
                return kind, content
        raise forms.ValidationError(_("Это не PNG и не JPEG."))


class SentForm(forms.Form):
    how = forms.CharField(
        label=_("Куда и кому отправлено"), max_length=300, initial=_("форма партнёра")
    )
    at = MomentField(label=_("Когда"), help_text=_("Пусто – сейчас."), required=False)

    def __init__(self, request: Request, data: Any = None) -> None:
        super().__init__(data)
        self.earliest = request.reopened_at or request.approved_at

    def clean_at(self) -> datetime:
        """Between the signature, or the return that is told, and now: the clocks run from there."""
        at: datetime = self.cleaned_data["at"] or now()
        if at > now() + SLIP:
            raise forms.ValidationError(_("Это время ещё не наступило."))
        if self.earliest and at < self.earliest.replace(second=0, microsecond=0):
            earliest = exact(self.earliest)
            raise forms.ValidationError(_("Тогда ещё нечего было отправлять: %s.") % earliest)
        return at


class AnswerForm(forms.Form):
    """The same answers everywhere: portal, link in a letter, typed in by an officer."""

    answer = forms.ChoiceField(label=_("Ответ"), choices=Answer.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Причина отказа или вопрос"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    refusal = forms.ChoiceField(
        label=_("Вид отказа"), choices=[("", "—"), *Refusal.choices], required=False
    )
    held_amount = forms.DecimalField(
        label=_("Сколько удержано, ₸"),
        required=False,
        min_value=0,
        max_digits=13,
        decimal_places=2,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answer, refusal = data.get("answer", ""), data.get("refusal", "")
        if needs_words(answer, refusal) and not data.get("text"):
            self.add_error("text", _("Напишите причину или вопрос: без неё отказ не принимается."))
        return data


class TypedAnswerForm(AnswerForm):
    who = forms.CharField(label=_("Кто ответил"), max_length=200)


class LetterAnswerForm(AnswerForm):
    who = forms.CharField(label=_("Ваше имя и должность"), max_length=200)


class WordsForm(forms.Form):
    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def fit_to(form: AnswerForm, request: Request) -> AnswerForm:
    """Only what can be answered to this kind of request; money only where money was asked about."""
    form.fields["answer"].choices = answers_for(request)  # type: ignore[attr-defined]
    if request.kind != "hold_money":
        del form.fields["held_amount"]
    return form


def said(form: AnswerForm) -> dict[str, Any]:
    """The answer as `actions.answer` takes it."""
    data = form.cleaned_data
    return {name: data.get(name) for name in ("answer", "text", "refusal", "held_amount")}


def answers_for(request: Request) -> list[tuple[str, Any]]:
    """What one can answer to this kind of request."""
    left_out = set() if request.kind_of.looked_at else {Answer.ALREADY_GONE, Answer.ACCOUNT_CLOSED}
    return [
        (value, request.kind_of.done if value == Answer.DONE else label)
        for value, label in Answer.choices
        if value not in left_out
    ]
