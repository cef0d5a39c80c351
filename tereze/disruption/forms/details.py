"""The forms of requests that are about no page: money, a number, a person's data, our own mistake.

What is typed here rests encrypted on the request (`Request.form`) and leaves only to its partner.
A victim's data is no part of a form, except where an officer types it on purpose.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from tereze.core.clock import now
from tereze.core.forms import MomentField
from tereze.core.wording import exact, money
from tereze.core.wording import phone as phone_text
from tereze.disruption.models import Request
from tereze.indicators import Indicator, extract


PAID_TO = ("card", "iban", "phone", "whatsapp")
SECRET = re.compile(r"(?<![\d+])\d(?:[ \u00a0-]?\d){11,18}(?!\d)")  # cards and ИИН
SLIP = timedelta(minutes=10)  # clocks differ


def line(label: Any, *, required: bool = False, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=300, **options)


def lines(label: Any, *, required: bool = False, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=widget, **options
    )


def found(text: str, types: tuple[str, ...]) -> Indicator | None:
    return next((item for item in extract(text) if item.type in types), None)


class MoneyForm(forms.Form):
    """The anti-fraud centre and the bank: the fewer words, the sooner it is held."""

    left_at = MomentField(label=_("Когда ушли деньги"))
    amount = forms.DecimalField(
        label=_("Сумма, ₸"), required=False, min_value=1, max_digits=13, decimal_places=2
    )
    bank = line(_("Из какого банка"))
    to = line(_("Кому: карта, счёт или телефон"), required=False)
    to_bank = line(_("Банк получателя"))
    operation = line(_("Номер операции или чека"))
    payer = line(
        _("Данные плательщика"),
        help_text=_("Только если без них банк не найдёт операцию: уйдут адресату как есть."),
    )

    def clean_left_at(self) -> datetime:
        at: datetime = self.cleaned_data["left_at"]
        if at > now() + SLIP:
            raise forms.ValidationError(_("Это время ещё не наступило."))
        return at

    def clean_to(self) -> str:
        typed = str(self.cleaned_data["to"])
        item = found(typed, PAID_TO)
        return item.value if item else typed


class NumberForm(forms.Form):
    number = line(_("Номер, с которого звонили или писали"), required=True)
    seen_at = MomentField(label=_("Когда"), required=False)
    done = lines(_("Что делали с этого номера"), required=True)

    def clean_number(self) -> str:
        item = found(str(self.cleaned_data["number"]), ("phone", "whatsapp"))
        if item is None:
            raise forms.ValidationError(_("Это не телефонный номер. Пример: +7 701 123 45 67."))
        return item.value


class DataForm(forms.Form):
    WANTED = [
        ("registration", _("регистрационные данные")),
        ("contacts", _("телефоны и почта")),
        ("logins", _("входы: время и IP-адреса")),
        ("payments", _("платежи и пополнения")),
        ("listings", _("другие объявления и публикации")),
        ("messages", _("переписка по объявлению")),
    ]
    account = line(_("Аккаунт, объявление или номер"), required=True)
    wanted = forms.MultipleChoiceField(
        label=_("Что нужно"), choices=WANTED, widget=forms.CheckboxSelectMultiple
    )
    since = MomentField(label=_("С"), required=False)
    until = MomentField(label=_("По"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Конец раньше начала."))
        return data


class CorrectionForm(forms.Form):
    what = line(_("Что вернуть: адрес, номер объявления, аккаунт"), required=True)
    why = lines(_("Почему удаление было ошибкой"), required=True)


FORMS: dict[str, type[forms.Form]] = {
    "hold_money": MoneyForm,
    "check_number": NumberForm,
    "provide_data": DataForm,
    "correct_removal": CorrectionForm,
}
# the field by which people know such a request
ABOUT = {
    "hold_money": "to",
    "check_number": "number",
    "provide_data": "account",
    "correct_removal": "what",
}


def stored(data: Mapping[str, Any]) -> dict[str, str]:
    """A clean form as it is kept: text only, moments with their zone."""
    return {name: kept(value) for name, value in data.items() if value}


def kept(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return ",".join(value) if isinstance(value, list) else str(value)


def about(kind: str, form: Mapping[str, str]) -> str:
    """The line by which people know the request. It holds no full card number."""
    typed = str(form.get(ABOUT[kind], ""))
    masked = SECRET.sub(lambda digits: middle_hidden(digits.group()), typed)[:200]
    if kind == "hold_money":
        masked = masked or str(_("получатель не назван"))
        return f"{amount_text(form['amount'])} → {masked}" if form.get("amount") else masked
    return masked


def middle_hidden(digits: str) -> str:
    """As a card is shown (PCI DSS 3.4), also where it has a slip in it and no check digit fits."""
    bare = "".join(filter(str.isdigit, digits))
    return f"{bare[:6]}******{bare[-4:]}"


def rows_of(request: Request) -> list[tuple[Any, str]]:
    """What was filled in, as people read it: label and value."""
    fields = FORMS[request.kind].base_fields if request.kind in FORMS else {}
    return [
        (field.label, shown(name, request.form[name]))
        for name, field in fields.items()
        if request.form.get(name)
    ]


def shown(name: str, value: str) -> str:
    reader = READERS.get(name)
    return reader(value) if reader else value


def moment_text(value: str) -> str:
    at = parse_datetime(value)
    return exact(at) if at else value


def amount_text(value: str) -> str:
    try:
        return money(Decimal(value))
    except InvalidOperation:
        return value


def wanted_text(value: str) -> str:
    names = dict(DataForm.WANTED)
    return ", ".join(str(names.get(slug, slug)) for slug in value.split(","))


READERS: dict[str, Callable[[str], str]] = {
    "left_at": moment_text,
    "seen_at": moment_text,
    "since": moment_text,
    "until": moment_text,
    "amount": amount_text,
    "number": phone_text,
    "wanted": wanted_text,
}
