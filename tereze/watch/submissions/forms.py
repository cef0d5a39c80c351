"""Forms of what is handed over, of the register, and of an administrator's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.core.clock import now
from tereze.core.forms import MomentField
from tereze.indicators.phones import parse_phone
from tereze.watch.models import ChatAdministrator, Submission
from tereze.watch.models.administrators import LANGUAGES
from tereze.watch.models.requests import Refusal


class HandOverForm(forms.Form):
    """Nothing but words or a file is needed; files are read by the view, bounded at the door."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("Текст публикации"),
        help_text=_("Если файла нет: скопируйте публикацию из чата и вставьте сюда."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    title = forms.CharField(
        label=_("Как называется чат"),
        help_text=_("Например «Соседи, ул. Ленина 5»."),
        required=False,
    )
    sender = forms.ChoiceField(
        label=_("Кто вы в этом чате"),
        choices=[
            (Submission.Sender.MEMBER, _("участник")),
            (Submission.Sender.ADMINISTRATOR, _("администратор")),
        ],
        widget=forms.RadioSelect,
        initial=Submission.Sender.MEMBER,
        required=False,
    )
    name = forms.CharField(label=_("Имя"), required=False)
    phone = forms.CharField(
        label=_("Телефон"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class ChatAnswerForm(forms.Form):
    done = forms.TypedChoiceField(
        label=_("Вы удалили эти публикации?"),
        choices=[("yes", _("Да, удалил(а) у всех")), ("no", _("Нет: не могу или не буду"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    refusal = forms.ChoiceField(
        label=_("Почему нет"), choices=[("", "–"), *Refusal.choices], required=False
    )
    words = forms.CharField(
        label=_("Что ещё нам нужно знать"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("done") is False and not values.get("refusal"):
            self.add_error("refusal", _("Выберите, почему публикации остаются."))
        if values.get("refusal") == Refusal.OTHER and not values.get("words", "").strip():
            self.add_error("words", _("Напишите причину своими словами."))
        return values


class AddressForm(forms.Form):
    administrator = forms.ChoiceField(label=_("Кому"), required=False)
    language = forms.ChoiceField(label=_("На каком языке"), choices=LANGUAGES)

    def __init__(self, data: Any = None, *, people: list[ChatAdministrator], **more: Any) -> None:
        super().__init__(data, **more)
        self.people = {one.public_id: one for one in people}
        names = [(one.public_id, f"{one.name} · {', '.join(one.chats)}") for one in people]
        field = self.fields["administrator"]
        field.choices = [("", _("не в реестре: передам сам(а)")), *names]  # type: ignore[attr-defined] # a choice field has them

    @property
    def chosen(self) -> ChatAdministrator | None:
        return self.people.get(str(self.cleaned_data["administrator"]))


class AdministratorForm(forms.Form):
    name = forms.CharField(label=_("Имя"), max_length=200)
    phone = forms.CharField(
        label=_("Телефон в WhatsApp"),
        help_text=_("Хранится зашифрованным."),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    chats = forms.CharField(
        label=_("Чаты"),
        help_text=_("Название каждого чата с новой строки, как оно стоит в WhatsApp."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(label=_("Язык переписки"), choices=LANGUAGES, initial="kk")
    consent_at = MomentField(label=_("Когда человек согласился быть в реестре"))
    consent = forms.CharField(
        label=_("Как он согласился"),
        help_text=_("Письмом, на встрече, на странице: так, чтобы это можно было проверить."),
        max_length=500,
    )
    notes = forms.CharField(
        label=_("Заметки"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_phone(self) -> str:
        phone = parse_phone(str(self.cleaned_data["phone"]))
        if phone is None:
            raise forms.ValidationError(_("Это не похоже на номер телефона."))
        return phone

    def clean_chats(self) -> list[str]:
        lines = str(self.cleaned_data["chats"]).splitlines()
        return list(dict.fromkeys(" ".join(line.split())[:100] for line in lines if line.strip()))

    def clean_consent_at(self) -> Any:
        at = self.cleaned_data["consent_at"]
        if at and at > now():
            raise forms.ValidationError(_("Согласие датировано будущим."))
        return at


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Что написано на снимке"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class KeepForm(forms.Form):
    number = forms.CharField(
        label=_("Номер КУИ или ЕРДР, по которому хранить целиком"), max_length=40
    )
