"""Every component in every state, on one page. Nothing here comes from the database."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.core.clock import now


class ExampleForm(forms.Form):
    what = forms.CharField(
        label=gettext_lazy("Что произошло"),
        help_text=gettext_lazy("Своими словами, как рассказали бы соседу."),
        widget=forms.Textarea,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Как с вами связались"),
        widget=forms.RadioSelect,
        choices=[("call", gettext_lazy("Звонок")), ("chat", gettext_lazy("Мессенджер"))],
    )
    lost = forms.MultipleChoiceField(
        label=gettext_lazy("Что вы сообщили"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("code", gettext_lazy("Код из SMS")), ("card", gettext_lazy("Данные карты"))],
        required=False,
    )
    day = forms.DateField(
        label=gettext_lazy("Когда"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    shots = forms.FileField(label=gettext_lazy("Снимки экрана"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("Можно мне перезвонить"), required=False)


def examples() -> dict[str, Any]:
    moment = now()
    bound = ExampleForm({"channel": "pigeon"})
    bound.is_valid()
    text = "Сәлеметсіз бе, это банк. Прыслите к0д из СМС на +7 701 234 56 78"
    return {
        "form": ExampleForm(),
        "wrong": bound,
        "deadlines": {
            "far": moment + timedelta(hours=26),
            "near": moment + timedelta(minutes=20),
            "over": moment - timedelta(minutes=5),
            "done": moment - timedelta(minutes=12),
        },
        "moments": [moment - timedelta(**{unit: 3}) for unit in ("seconds", "minutes", "hours")],
        "text": text,
        "spans": [
            (text.index("это"), text.index("Прыслите") - 2, "rule", _("называет себя банком")),
            (text.index("Прыслите"), text.index(" на "), "rule", _("просит код из SMS")),
            (text.index("к0д"), text.index(" из"), "disguise", _("ноль вместо буквы «о»")),
            (text.index("+7"), len(text), "indicator", _("телефон: ещё в 3 сообщениях")),
        ],
        "bars": [
            ("OLX", 161, "#olx"),
            ("Kolesa.kz", 31, "#kolesa"),
            ("Instagram", 12),
            ("TikTok", 0),
        ],
        "weeks": [(f"{week:02}", value) for week, value in enumerate([3, 5, 4, 9, 7, 12, 8], 40)],
        "tabs": [
            {"label": _("Новые"), "url": "#new", "current": True, "badge": 4},
            {"label": _("Все"), "url": "#all", "badge": 208},
        ],
        "history": [
            {"at": moment - timedelta(hours=3), "text": _("Сообщение принято"), "tone": "active"},
            {
                "at": moment - timedelta(hours=2),
                "text": _("Внесено в КУИ"),
                "who": "Ахметов Б. С.",
                "tone": "good",
            },
        ],
        "page": Paginator(range(200), 20).page(4),
        "tones": ["plain", "active", "good", "attention", "over", "strong", "blind"],
        "notices": ["active", "good", "attention", "strong"],
    }
