"""Forms of feeds and pages: an address, and where the comments are on it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tereze.disruption.recognition import NotAnAddressError, tidy
from tereze.watch.forms import PICTURES_COST, PICTURES_LABEL
from tereze.watch.models import Source, WebPlace
from tereze.watch.models.sources import Pictures


FREQUENT = 2  # minutes; more often would be a burden to the site


class AddressForm(forms.Form):
    address = forms.CharField(
        label=_("Адрес страницы или ленты"),
        help_text=_("Страница с комментариями, форум, новости или лента RSS, Atom, JSON."),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    def clean_address(self) -> str:
        try:
            return tidy(str(self.cleaned_data["address"]))
        except NotAnAddressError:
            raise forms.ValidationError(
                _("Это не адрес страницы. Пример: https://example.kz/news/")
            ) from None


def selector(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=300, widget=widget
    )


class RecipeForm(forms.Form):
    """CSS selectors. Empty everywhere: whatever the page tells search engines (JSON-LD)."""

    comment = selector(_("Комментарий"), _("CSS-селектор одного комментария, например li.comment"))
    text = selector(_("Текст"), _("Внутри комментария. Пусто – весь комментарий."))
    author = selector(_("Автор"))
    time = selector(_("Время"), _("Атрибут – через @: time@datetime"))
    link = selector(_("Ссылка на комментарий"), _("Например a.permalink@href"))
    id = selector(_("Номер комментария"), _("Пусто – найдём сами. Например @data-id"))
    next = selector(_("Следующая страница"), _("Например a[rel=next]@href"))
    threads = selector(
        _("Страницы с комментариями"),
        _("Если по адресу только список новостей или тем: ссылки на них."),
    )

    @property
    def recipe(self) -> dict[str, str]:
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return found if {"comment", "threads"} & set(found) else {"way": "json-ld"}


class WebForm(forms.Form):
    """What else is asked when a source is added."""

    title = forms.CharField(label=_("Название источника"), max_length=200)
    language = forms.ChoiceField(
        label=_("Язык уведомлений владельцу"), choices=settings.LANGUAGES, initial="ru"
    )
    every_minutes = forms.IntegerField(
        label=_("Смотреть раз в … минут"), min_value=FREQUENT, max_value=1440, initial=10
    )
    pictures = forms.ChoiceField(
        label=PICTURES_LABEL,
        help_text=PICTURES_COST,
        choices=Pictures.choices,
        initial=Pictures.LEAVE,
    )


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg] # django-stubs: not generic at run time
    every_minutes = forms.IntegerField(
        label=_("Смотреть раз в … минут"), min_value=FREQUENT, max_value=1440
    )

    class Meta:
        model = WebPlace
        fields = ["every_minutes"]


def is_known(address: str) -> bool:
    bare = address.partition("://")[2].rstrip("/")
    forms_of = [f"{scheme}://{bare}{end}" for scheme in ("https", "http") for end in ("", "/")]
    return bool(Source.objects.filter(kind__in=("feed", "page"), chat_id__in=forms_of).exists())
