from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.prevention.checking import LONGEST


class CheckForm(forms.Form):
    use_required_attribute = False
    text = forms.CharField(
        label=_("Что проверить?"),
        help_text=_(
            "Номер телефона, ссылка, карта, адрес объявления, сообщение или рассказ о звонке."
        ),
        error_messages={
            "required": _("Вставьте номер, ссылку, сообщение или расскажите о звонке.")
        },
        widget=forms.Textarea(
            attrs={"rows": 4, "maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"}
        ),
    )
