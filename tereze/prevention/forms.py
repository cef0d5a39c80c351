from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.core.forms import MomentField
from tereze.detection.typology import SCHEMES
from tereze.prevention.checking import LONGEST
from tereze.prevention.models.event import EventKind
from tereze.prevention.models.radar import NO_FRAUD


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


class CorrectionForm(forms.Form):
    use_required_attribute = False
    subject = forms.CharField(
        label=_("Какой это номер или адрес?"),
        max_length=500,
        help_text=_("Ваш телефон, сайт, страница или счёт."),
        error_messages={"required": _("Напишите номер или адрес.")},
    )
    text = forms.CharField(
        label=_("Что неверно?"),
        max_length=3000,
        help_text=_("Например: с моего номера звонили мошенники, я к этому не причастен."),
        error_messages={"required": _("Напишите, что неверно.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    contact = forms.CharField(
        label=_("Как с вами связаться?"),
        max_length=300,
        help_text=_("Телефон или почта. Их увидит только сотрудник, который ответит."),
        error_messages={"required": _("Оставьте телефон или почту, иначе мы не сможем ответить.")},
    )


class AnswerForm(forms.Form):
    use_required_attribute = False
    answer = forms.CharField(
        label=_("Ответ владельцу"),
        max_length=2000,
        help_text=_("Сообщите его по указанному контакту: само оно не отправляется."),
        error_messages={"required": _("Напишите ответ.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def scheme_choices() -> Iterator[tuple[str, Any]]:
    language = get_language() or "ru"
    yield "", _("без схемы")
    for slug, found in SCHEMES.items():
        yield slug, found.name.get(language) or found.name["ru"]


class WarningForm(forms.Form):
    use_required_attribute = False
    scheme = forms.ChoiceField(label=_("Схема"), required=False, choices=scheme_choices)
    title_ru = forms.CharField(label=_("Заголовок по-русски"), max_length=200)
    body_ru = forms.CharField(
        label=_("Текст по-русски"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    title_kk = forms.CharField(label=_("Заголовок по-казахски"), max_length=200)
    body_kk = forms.CharField(
        label=_("Текст по-казахски"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "kk"}),
    )
    title_en = forms.CharField(label=_("Заголовок по-английски"), max_length=200, required=False)
    body_en = forms.CharField(
        label=_("Текст по-английски"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )


def name_choices() -> Iterator[tuple[str, Any]]:
    yield "", _("выберите")
    yield NO_FRAUD, _("не мошенничество")
    yield from (choice for choice in scheme_choices() if choice[0])


class NameTopicForm(forms.Form):
    use_required_attribute = False
    scheme = forms.ChoiceField(
        label=_("Что это"),
        choices=name_choices,
        error_messages={"required": _("Выберите схему или «не мошенничество».")},
    )
    reason = forms.CharField(
        label=_("Почему"),
        max_length=500,
        help_text=_("Одной фразой, для тех, кто будет смотреть после вас."),
        error_messages={"required": _("Напишите, почему.")},
    )


class EventForm(forms.Form):
    use_required_attribute = False
    kind = forms.ChoiceField(label=_("Вид"), choices=EventKind.choices)
    place = forms.CharField(
        label=_("Где"), max_length=300, help_text=_("Улица и дома, школа, предприятие.")
    )
    district = forms.CharField(label=_("Район"), max_length=100, required=False)
    planned_at = MomentField(label=_("Когда"))
    responsible = forms.ModelChoiceField(label=_("Кто проводит"), queryset=User.objects.none())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = User.objects.working().filter(unit=by.unit).order_by("name")
        field.initial = by.pk


class HeldForm(forms.Form):
    use_required_attribute = False
    held_at = MomentField(label=_("Когда прошло"))
    people = forms.IntegerField(label=_("Сколько человек"), min_value=0, max_value=100000)
    material = forms.CharField(
        label=_("Что использовали"),
        max_length=500,
        required=False,
        help_text=_("Памятка, плакат, презентация."),
    )
    copies = forms.IntegerField(
        label=_("Сколько экземпляров роздано"), min_value=0, max_value=100000, required=False
    )
    note = forms.CharField(
        label=_("Заметка"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
