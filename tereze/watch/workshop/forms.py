"""A rule as a form: one field for each thing, one line for each pattern and example."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.detection.typology import SCHEMES
from tereze.watch.workshop import entries, words
from tereze.watch.workshop.entries import EntryError


def schemes() -> list[tuple[str, str]]:
    """Those with a law article, each with it."""
    language = "kk" if get_language() == "kk" else "ru"
    found = [
        (slug, f"{scheme.name[language]} · {scheme.articles[0].text[language].partition(' (')[0]}")
        for slug, scheme in SCHEMES.items()
        if entries.has_article(slug)
    ]
    return [("", "–"), *sorted(found, key=lambda pair: pair[1])]


class LinesField(forms.CharField):
    """Written a line each, kept as a list."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(widget=widget, max_length=40_000, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class GroupsField(LinesField):
    """Several lists, an empty line between them."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return "\n\n".join("\n".join(group) for group in value)

    def clean(self, value: Any) -> Any:
        return entries.groups(forms.CharField.clean(self, value))


class NameField(forms.RegexField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            r"\A[a-z][a-z0-9_]{2,39}\Z",
            error_messages={
                "invalid": _(
                    "Латинские строчные буквы, цифры и _, от 3 до 40 знаков, сначала буква."
                )
            },
            widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
            **options,
        )


class RuleForm(forms.Form):
    """`name` and `scheme` are asked only of a new rule: they are its name for good."""

    scheme = forms.ChoiceField(label=_("Схема и статья"), choices=lazy(schemes, list))
    name = NameField(
        label=_("Имя правила"), help_text=_("Коротко, латиницей: например, lost_card_bought")
    )
    language = forms.ChoiceField(label=_("Язык"), choices=list(words.LANGUAGES.items()))
    outcome = forms.ChoiceField(
        label=_("О чём говорит"),
        choices=list(words.OUTCOMES.items()),
        help_text=_(
            "Действует машина только на противоправное; остальное перевешивает или зовёт людей."
        ),
    )
    any = LinesField(
        label=_("Образцы, один в строке: достаточно любого"),
        help_text=_(
            "куп* – слово с таким началом; (а|б) – одно из; [слово] – можно без него; .. – до трёх слов, ... – до семи; # – число; {карта} – набор слов; @contact, @link – контакт, ссылка"
        ),
    )
    with_ = GroupsField(
        label=_("Вместе с: из каждой группы хотя бы одно рядом"),
        help_text=_("Группы разделяет пустая строка."),
        required=False,
        rows=3,
    )
    unless = LinesField(label=_("Кроме: если рядом стоит это"), required=False, rows=3)
    within = forms.IntegerField(
        label=_("Рядом – это до скольких знаков"), min_value=0, max_value=entries.MOST_WITHIN
    )
    weight = forms.FloatField(
        label=_("Вес"),
        min_value=entries.WEIGHT[0],
        max_value=entries.WEIGHT[1],
        localize=True,
        help_text=_("1 – слабый признак, 3 – заметный, 5 – говорит почти сам за себя."),
    )
    reason_ru = forms.CharField(
        label=_("Объяснение для жителя по-русски"), max_length=entries.LONGEST_REASON
    )
    reason_kk = forms.CharField(
        label=_("Объяснение для жителя по-казахски"), max_length=entries.LONGEST_REASON
    )
    examples = LinesField(
        label=_("Примеры, один в строке: правило обязано их найти"),
        help_text=_("Без имён и номеров настоящих людей."),
    )
    counter_examples = LinesField(
        label=_("Контрпримеры, один в строке: правило не смеет их находить"),
        help_text=_("Похожие честные тексты и предупреждения о таком обмане."),
    )
    why = forms.CharField(
        label=_("Зачем это изменение"),
        max_length=500,
        help_text=_("Увидит тот, кто выпускает, и останется в истории."),
    )

    def __init__(self, *args: Any, fixed: tuple[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fixed = fixed  # scheme and full name of a rule that exists
        self.entry: dict[str, Any] | None = None
        if fixed:
            del self.fields["name"]
            self.fields["scheme"].disabled = True
            self.initial["scheme"] = fixed[0]

    @property
    def full_name(self) -> str:
        if self.fixed:
            return self.fixed[1]
        return f"{self.cleaned_data['scheme']}.{self.cleaned_data['name']}"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors.keys() - {"why"}:
            return values
        weighed = self.initial.get("scheme_weight")
        same = values["weight"] == self.initial.get("weight")
        given = {**values, "with": values["with_"], "scheme_weight": weighed if same else None}
        try:
            self.entry = entries.made(given)
        except EntryError as error:
            for fault in error.faults:
                field = "with_" if fault.field == "with" else fault.field
                self.add_error(field if field in self.fields else None, words.fault_words(fault))
        return values


class WhyForm(forms.Form):
    """Beside the form of a rule, which asks why as well: its field has an id of its own."""

    why = forms.CharField(label=_("Почему"), max_length=500)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_step_%s")
