from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.disruption.models import PartnerMember


class StaffForm(forms.Form):
    """A colleague's account at the partner."""

    username = forms.CharField(
        label=_("Имя для входа"),
        max_length=60,
        validators=[ASCIIUsernameValidator()],
        help_text=_("Латиницей"),
    )
    name = forms.CharField(label=_("Фамилия и инициалы"), max_length=120)
    post = forms.CharField(label=_("Должность"), max_length=200, required=False)
    duty = forms.ChoiceField(
        label=_("Что может"),
        choices=PartnerMember.Duty.choices,
        initial=PartnerMember.Duty.MODERATOR,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Язык"), choices=settings.LANGUAGES, initial="ru")

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        # it stands beside the partner's own form, which has a name and a language too
        super().__init__(data, initial=initial, auto_id="staff_%s")

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("Такое имя уже занято."))
        return username
