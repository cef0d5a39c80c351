"""The form for a call. Tab leads through it; nothing needs the mouse and nothing is compulsory."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.intake.forms import ReportForm


class CallForm(ReportForm):
    on_the_line = forms.ChoiceField(
        label=_("Звонящий сейчас разговаривает с мошенником?"),
        required=False,
        choices=[("no", _("Нет")), ("yes", _("Да, ещё на линии"))],
        widget=forms.RadioSelect(attrs={"autofocus": True}),
    )
    language = forms.ChoiceField(
        label=_("Язык заявителя"),
        required=False,
        choices=[("kk", "Қазақша"), ("ru", "Русский")],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as they came
        self.fields["text"].label = _("Что рассказывает")
        self.fields["text"].help_text = ""
        self.fields["fraudster"].label = _("Номер, ник, ссылка, объявление мошенника")
        self.fields["fraudster"].help_text = ""
        self.fields["fraud_channel"].label = _("Как связались")
        self.fields["contact"].label = _("Телефон заявителя")
        self.fields["contact"].help_text = ""
        self.fields["contact"].widget.attrs = {"autocomplete": "off", "inputmode": "tel"}
        self.fields["name"].label = _("Как зовут")
        self.fields["name"].widget.attrs = {"autocomplete": "off"}
        for name in ("when", "amount", "money_to"):
            self.fields[name].help_text = ""
