from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tereze.disruption.actions.answering import LONGEST
from tereze.disruption.models import Word


BY_USER = "user_appeal"


class WordForm(forms.Form):
    """What the partner writes in the thread."""

    kind = forms.ChoiceField(
        label=_("Что это"),
        choices=[
            (Word.Kind.QUESTION, _("вопрос: часы не останавливаются")),
            (Word.Kind.REPLY, _("ответ или пояснение")),
            (Word.Kind.APPEAL, _("обжалование: мы считаем уведомление ошибкой")),
            (BY_USER, _("обжалование нашего пользователя")),
        ],
        initial=Word.Kind.QUESTION,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Текст"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, appealable: bool) -> None:
        super().__init__(data, prefix="word")  # beside the answer, which has a text too
        if not appealable:
            kept = self.fields["kind"].choices[:2]  # type: ignore[attr-defined]
            self.fields["kind"].choices = kept  # type: ignore[attr-defined]

    def word(self) -> dict[str, Any]:
        """As `actions.say` takes it."""
        kind, text = self.cleaned_data["kind"], self.cleaned_data["text"]
        by_user = kind == BY_USER
        return {"kind": Word.Kind.APPEAL if by_user else kind, "text": text, "for_user": by_user}
