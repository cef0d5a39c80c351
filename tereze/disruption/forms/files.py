from django import forms
from django.utils.translation import gettext_lazy as _


class HandedForm(forms.Form):
    how = forms.CharField(label=_("Кому и как передан"), max_length=300)
    at = forms.DateTimeField(
        label=_("Когда"),
        help_text=_("Пусто – сейчас."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class FileForm(forms.Form):
    file = forms.FileField(label=_("Заполненный файл (XLSX или CSV)"))
