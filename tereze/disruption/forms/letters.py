from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.disruption.models import Partner, Request
from tereze.disruption.models.request import Answer
from tereze.disruption.vocabulary import ACKNOWLEDGED


class TakeForm(forms.Form):
    """What an officer read in a letter."""

    answer = forms.ChoiceField(choices=[*Answer.choices, (ACKNOWLEDGED, ACKNOWLEDGED)])
    text = forms.CharField(max_length=8000, required=False)


class ElsewhereForm(forms.Form):
    """By which other way a returned request goes."""

    channel = forms.ChoiceField(label=_("Каким путём"), widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("Другой адрес для писем"),
        help_text=_("Пусто – адрес из карточки партнёра."),
        required=False,
    )

    def __init__(self, row: Request, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        ways = [(Partner.Channel.BY_HAND.value, _("вручную: телефон, форма, мессенджер"))]
        if row.partner.members.exists():
            ways.insert(0, (Partner.Channel.PORTAL.value, Partner.Channel.PORTAL.label))
        ways.append((Partner.Channel.EMAIL.value, _("ещё раз письмом")))
        ways.append((Partner.Channel.FILE.value, Partner.Channel.FILE.label))
        self.fields["channel"].choices = ways  # type: ignore[attr-defined]
        self.fields["email"].initial = row.partner.contact_email or ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_mail = data.get("channel") == Partner.Channel.EMAIL
        if by_mail and not (data.get("email") or self.row.partner.email):
            self.add_error("email", _("Укажите адрес: в карточке партнёра его нет."))
        return data
