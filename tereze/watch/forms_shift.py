"""Forms of whoever is on duty: to whom the shift goes, and where they are called at night."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.watch.actions import shifts


class HandOverForm(forms.Form):
    """Who takes the shift, and what they must know that stands nowhere else."""

    taker = forms.ModelChoiceField(label=_("Кто принимает"), queryset=User.objects.none())
    notes = forms.CharField(
        label=_("Что передать словами"),
        help_text=_("То, чего нет в списках: о чём договорились, кому перезвонить."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: Any, giver: User, **more: Any) -> None:
        super().__init__(*args, **more)
        able = [user.pk for user in shifts.may_take(giver)]
        cast(Any, self.fields["taker"]).queryset = User.objects.filter(pk__in=able).order_by("name")


class ReachForm(forms.Form):
    """Where the officer reads letters at night; empty means none."""

    email = forms.EmailField(
        label=_("Почта для вызовов"),
        help_text=_(
            "Ваша служебная. В письме нет ни чата, ни текстов, ни имён: только что вас зовут."
        ),
        max_length=200,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
