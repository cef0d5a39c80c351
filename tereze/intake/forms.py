"""What every form of a report asks. It validates nothing: whatever is typed is taken as it is."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tereze.detection.typology import CHANNELS
from tereze.intake.models import Loss


def fraud_channels() -> Iterable[tuple[str, str]]:
    language = get_language() or "ru"
    yield "", "—"
    for slug, name in CHANNELS.items():
        yield slug, name[language]


class ReportForm(forms.Form):
    use_required_attribute = False
    text = forms.CharField(
        label=_("Что произошло?"),
        help_text=_("Своими словами, на любом языке. Можно вставить переписку или сообщение."),
        error_messages={"required": _("Напишите хотя бы несколько слов или приложите файл.")},
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "true"}),
    )
    loss = forms.ChoiceField(
        label=_("Деньги ушли?"),
        required=False,
        choices=[(Loss.ATTEMPT, _("Нет, это была попытка")), (Loss.LOST, _("Да"))],
        widget=forms.RadioSelect,
    )
    amount = forms.CharField(
        label=_("Сколько?"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "text"}),
        help_text=_("Например: 50 000 или 1,5 млн"),
    )
    money_when = forms.ChoiceField(
        label=_("Когда ушли деньги?"),
        required=False,
        choices=[
            ("hour", _("Меньше часа назад")),
            ("today", _("Сегодня")),
            ("yesterday", _("Вчера")),
            ("earlier", _("Раньше")),
        ],
        widget=forms.RadioSelect,
    )
    bank_from = forms.CharField(label=_("Из какого банка?"), required=False)
    money_to = forms.CharField(
        label=_("Куда?"),
        required=False,
        help_text=_("Карта, счёт, телефон, имя получателя: что видно в чеке."),
    )
    fraudster = forms.CharField(
        label=_("Номер, ник или ссылка того, кто писал или звонил"),
        required=False,
        help_text=_("Как есть: телефон, имя в Telegram, адрес объявления или сайта."),
    )
    fraud_channel = forms.ChoiceField(
        label=_("Как с вами связались?"), required=False, choices=fraud_channels
    )
    when = forms.CharField(
        label=_("Когда это было?"),
        required=False,
        help_text=_("Например: сегодня в 14:30"),
    )
    contact = forms.CharField(
        label=_("Телефон или почта для связи"),
        required=False,
        help_text=_("Можно не указывать: тогда сообщение анонимное."),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )
    name = forms.CharField(
        label=_("Как к вам обращаться?"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    district = forms.CharField(label=_("Район или посёлок"), required=False)
