"""The public pages' own small forms; the report's form is shared by the channels."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptForm(forms.Form):
    use_required_attribute = False
    receipt = forms.CharField(
        label=_("Код, который вы получили"),
        required=False,
        help_text=_("28 цифр. Пробелы и дефисы можно не ставить."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "receipt-input"}
        ),
    )


class SupplementForm(forms.Form):
    use_required_attribute = False
    text = forms.CharField(
        label=_("Что добавить?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
