"""What an author writes who appeals, and what an officer answers."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.intake import receipts


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Почему решение неверно"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
    )
    wants_repost = forms.BooleanField(
        label=_("Если решение отменят, верните мой текст в чат"),
        help_text=_("Сервис не восстанавливает удалённое; текст напишет бот, без вашего имени."),
        required=False,
    )


class CodeForm(forms.Form):
    """The digits at the end of the link, for whoever has them on paper or by telephone."""

    code = forms.CharField(
        label=_("Код"),
        help_text=_("28 цифр в конце ссылки из чата; пробелы не важны."),
        max_length=300,  # the whole link may be pasted
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        try:
            return receipts.read_receipt(str(self.cleaned_data["code"]))
        except receipts.WrongReceiptError as error:
            words = {
                "length": _("В коде 28 цифр, вы ввели %(count)s.") % {"count": error.length},
                "digit": _("В коде ошибка: проверьте цифры."),
            }[error.reason]
            raise forms.ValidationError(str(words)) from error


class AnswerForm(forms.Form):
    overturn = forms.TypedChoiceField(
        label=_("Решение"),
        choices=[("no", _("оставить в силе")), ("yes", _("отменить"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Ответ автору"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    repost = forms.BooleanField(
        label=_("При отмене вернуть текст в чат от имени бота"), required=False
    )

    def __init__(self, *args: Any, taken_back: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if taken_back:  # by whoever made it, meanwhile
            cast(Any, self.fields["overturn"]).choices = [("yes", _("уже отменено"))]
            self.initial["overturn"] = "yes"
