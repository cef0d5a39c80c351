from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit, User
from tereze.core.clock import now
from tereze.core.forms import MomentField
from tereze.watch.actions import calling
from tereze.watch.connectors.telegram import addresses
from tereze.watch.models.lists import Way
from tereze.watch.models.sources import (
    LONGEST_KEPT,
    AuthorAct,
    Mode,
    Pictures,
    QuietAct,
    Source,
)
from tereze.watch.words import address_words, joining_words


LARGEST_FILE = 10 * 1024 * 1024


NOT_ON_SITES = (
    "token",
    "author_act",
    "restrict_hours",
    "hold_hours",
    "ban_days",
    "notice_minutes",
    "quiet_from",
    "quiet_to",
    "quiet_act",
)


PICTURES_LABEL = _("Картинки на сайте")
PICTURES_COST = _(
    "Текст и QR-коды на них. Это для форумов и комментариев, где пишут жители: у новостей фото в каждой "
    "записи. Каждая картинка – отдельный запрос к сайту, до 20 МБ, и секунды чтения; хозяин чужого "
    "сервера, где она лежит, увидит, что мы её открыли."
)


class NamesField(forms.CharField):
    """Names or numbers in any order: written as a line, kept as a list."""

    def __init__(self, *, label: Any) -> None:
        words = _("Имена или номера через пробел. Их публикации решает человек.")
        super().__init__(label=label, help_text=words, required=False, max_length=2000)

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = str(super().clean(value)).replace(",", " ").split()
        return sorted({word.lower().removeprefix("@") for word in words})[:200]


class ClockField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SchemeForm(forms.Form):
    """One scheme in one chat; empty means: as the chat."""

    mode = forms.ChoiceField(
        label=_("Режим"), choices=[("", _("как чат")), *Mode.choices], required=False
    )
    threshold = forms.FloatField(
        label=_("Порог вероятности"),
        min_value=0.5,
        max_value=1,
        required=False,
        localize=True,  # 0,95 as well as 0.95
    )


class SourceForm(forms.Form):
    """Everything about a chat on one page, the lawful part first."""

    kind = "telegram"

    title = forms.CharField(label=_("Название чата"), max_length=200)
    chat_id = forms.CharField(
        label=_("Адрес или номер чата в Telegram"),
        help_text=_("Ссылка t.me, имя @chat или номер вида -1001234567890."),
        max_length=300,
    )
    language = forms.ChoiceField(
        label=_("Язык объявлений в чате"), choices=settings.LANGUAGES, initial="kk"
    )
    token = forms.CharField(
        label=_("Ключ бота"),
        help_text=_("Хранится зашифрованным и больше не показывается. Пусто – оставить прежний."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=100,
    )
    by_webhook = forms.BooleanField(
        label=_("Telegram сам приносит сообщения (webhook)"),
        help_text=_(
            "Нужен адрес Tereze, открытый из интернета по https. Без этого Tereze спрашивает сама."
        ),
        required=False,
    )
    legal_basis = forms.CharField(
        label=_("Правовое основание"),
        help_text=_("Закон, приказ или соглашение, по которому ведётся наблюдение."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
    consent_by = forms.CharField(
        label=_("Кто из владельцев чата дал согласие"), required=False, max_length=200
    )
    consent_at = MomentField(label=_("Когда дано согласие"), required=False)
    consent_file = forms.FileField(
        label=_("Файл согласия"),
        help_text=_("Скан, письмо или снимок переписки; до 10 МБ."),
        required=False,
    )
    notice_text = forms.CharField(
        label=_("Текст объявления в чате"),
        help_text=_("Что чат модерируется, кем и куда жаловаться."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    notice_at = MomentField(label=_("Когда объявление размещено"), required=False)
    until = MomentField(label=_("Наблюдать до"), required=False)
    threshold = forms.FloatField(
        label=_("Порог вероятности"),
        help_text=_("От 0,5 до 1. Ниже порога машина ничего не делает, решает человек."),
        min_value=0.5,
        max_value=1,
        initial=0.9,
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    author_act = forms.ChoiceField(
        label=_("Что делать с автором"), choices=AuthorAct.choices, initial=AuthorAct.RESTRICT
    )
    pictures = forms.ChoiceField(
        label=_("Картинки в чате"),
        help_text=_("Текст и QR-коды на них. На это нужны секунды; подпись ждать не будет."),
        choices=Pictures.choices,
        initial=Pictures.READ,
    )
    restrict_hours = forms.IntegerField(
        label=_("Ограничение, часов"), min_value=1, max_value=8760, initial=24
    )
    hold_hours = forms.IntegerField(
        label=_("Придержать автора, часов"),
        help_text=_("Пока человек решает. Ничего не удаляется; срок кончается сам."),
        min_value=1,
        max_value=72,
        initial=4,
    )
    ban_days = forms.IntegerField(
        label=_("Блокировка автора, дней"),
        help_text=_("После этого блокировка снимается, и мы проверяем, что она снята."),
        min_value=1,
        max_value=365,
        initial=30,
    )
    notice_minutes = forms.IntegerField(
        label=_("Объяснение в чате держится, минут"), min_value=1, max_value=1440, initial=10
    )
    retention_days = forms.IntegerField(
        label=_("Обычные публикации хранить, дней"), min_value=1, max_value=LONGEST_KEPT, initial=7
    )
    hourly_limit = forms.IntegerField(
        label=_("Сколько публикаций в час машина удаляет сама"),
        help_text=_(
            "Дальше решают люди, и стена говорит об этом: так ошибка правила имеет предел."
        ),
        min_value=1,
        max_value=10_000,
        initial=300,
    )
    on_call = forms.ModelChoiceField(
        label=_("Кого вызывать"),
        help_text=_(
            "Когда машина остановилась сама. Не отвечает четверть часа – вызываем начальника."
        ),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("начальника группы"),
    )
    quiet_from = ClockField(label=_("Тихие часы: с"), required=False)
    quiet_to = ClockField(label=_("Тихие часы: до"), required=False)
    quiet_act = forms.ChoiceField(
        label=_("Что делает машина в тихие часы"),
        choices=QuietAct.choices,
        initial=QuietAct.TELL_LATER,
    )
    exempt_akimat = NamesField(label=_("Кто пишет от акимата"))
    exempt_police = NamesField(label=_("Кто пишет от полиции"))
    exempt = NamesField(label=_("Другие проверенные авторы"))

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [user.pk for user in calling.may_be_called(unit.pk)]
        self.fields["on_call"].queryset = User.objects.filter(pk__in=people).order_by("name")  # type: ignore[attr-defined] # a model's field has one

    def of(self, source: Source) -> "SourceForm":
        """For a chat that is there: its address stays, and it may be of another service."""
        self.kind = source.kind
        self.fields["chat_id"].disabled = True
        if source.is_web:
            self.as_site(source)
        if source.kind != "telegram":
            del self.fields["by_webhook"]
        if source.kind == "matrix":
            self.fields["chat_id"].label = _("Комната Matrix")
            self.fields["chat_id"].help_text = f"{source.server}"
            self.fields["token"].label = _("Ключ доступа")
        return self

    def as_site(self, source: Source) -> None:
        """There is no account of ours, and nothing can be done to authors."""
        for name in NOT_ON_SITES:
            del self.fields[name]
        labels = {
            "title": _("Название источника"),
            "chat_id": _("Адрес"),
            "language": _("Язык источника"),
            "consent_by": _("Кто из владельцев сайта дал согласие"),
            "notice_text": _("Текст объявления на сайте"),
            "pictures": PICTURES_LABEL,
        }
        for name, label in labels.items():
            self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["pictures"].help_text = PICTURES_COST
        self.fields["hourly_limit"].label = _("О скольких публикациях в час машина просит сама")
        if source.is_organ:
            self.fields["legal_basis"].help_text = _(
                "Страница государственного органа публична: кроме основания нужен только срок."
            )

    def clean_chat_id(self) -> str:
        typed = str(self.cleaned_data["chat_id"]).strip()
        try:
            return addresses.place_of(typed) if self.kind == "telegram" else typed
        except addresses.AddressError as error:
            raise forms.ValidationError(address_words(str(error))[1]) from error

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"]).strip()
        if token and self.kind == "telegram" and (":" not in token or not token.isascii()):
            raise forms.ValidationError(_("Ключ бота выглядит как 123456:ABC…"))
        return token

    def clean_consent_file(self) -> Any:
        file = self.cleaned_data["consent_file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("Файл больше 10 МБ."))
        return file

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if (found.get("quiet_from") is None) != (found.get("quiet_to") is None):
            self.add_error("quiet_to", _("Укажите и начало, и конец тихих часов."))
        elif found.get("quiet_from") and found["quiet_from"] == found["quiet_to"]:
            words = _("Начало и конец тихих часов совпадают: тихих часов не было бы.")
            self.add_error("quiet_to", words)
        return found

    @staticmethod
    def initial_of(source: Source) -> dict[str, Any]:
        names = set(SourceForm.base_fields) - {"token", "consent_file"}
        return {name: getattr(source, name) for name in names}

    @staticmethod
    def initial_new() -> dict[str, Any]:
        return {"until": now() + timedelta(days=365)}


class MatrixForm(forms.Form):
    """What is needed to go in; the lawful part is asked on the chat's own page."""

    address = forms.CharField(
        label=_("Адрес чата или приглашение"),
        help_text=_("#имя:сервер, !номер:сервер или ссылка matrix.to. Приглашение должно прийти."),
        max_length=1000,
    )
    server = forms.CharField(
        label=_("Сервер нашей учётной записи"),
        help_text=_("Например example.kz, https://matrix.example.kz или @tereze:example.kz."),
        max_length=300,
    )
    user = forms.CharField(
        label=_("Имя учётной записи"),
        help_text=_("Пусто, если на этом сервере мы уже входили."),
        required=False,
        max_length=255,
    )
    password = forms.CharField(
        label=_("Пароль"),
        help_text=_("Не хранится: сервер выдаёт за него ключ доступа."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=500,
    )
    token = forms.CharField(
        label=_("Или ключ доступа"),
        help_text=_("Хранится зашифрованным и больше не показывается."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=1000,
    )
    language = forms.ChoiceField(
        label=_("Язык объявлений в чате"), choices=settings.LANGUAGES, initial="kk"
    )

    def __init__(self, data: Any = None, *, accounts: list[Source]) -> None:
        super().__init__(data)
        self.accounts = accounts
        if accounts:
            self.fields["server"].initial = accounts[0].server

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        typed = str(values.get("server", "")).strip().rstrip("/")
        if not (values.get("token") or values.get("password")):
            known = next((one for one in self.accounts if one.server == typed), None)
            if known is None:
                self.add_error(*joining_words("credentials"))
            else:
                values["token"] = known.token
        return values

    @property
    def credentials(self) -> dict[str, str]:
        names = ("address", "server", "user", "password", "token")
        return {name: str(self.cleaned_data[name]) for name in names}


class PolicyListForm(forms.Form):
    way = forms.ChoiceField(
        label=_("Чей список"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        initial=Way.FOLLOWED,
    )
    account = forms.ChoiceField(label=_("Через какую учётную запись"))
    address = forms.CharField(
        label=_("Адрес списка"),
        help_text=_("Для нашего можно оставить пустым: комната будет создана."),
        required=False,
        max_length=1000,
    )

    def __init__(self, data: Any = None, *, accounts: list[Source]) -> None:
        super().__init__(data)
        self.accounts = {one.bot_key: one for one in accounts}
        names = [
            (key, f"{one.rights.get('account', '')} · {one.server}")
            for key, one in self.accounts.items()
        ]
        cast(forms.ChoiceField, self.fields["account"]).choices = names

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("way") == Way.FOLLOWED and not values.get("address", "").strip():
            self.add_error("address", _("Укажите адрес списка, за которым следить."))
        return values

    @property
    def chosen(self) -> Source:
        return self.accounts[str(self.cleaned_data["account"])]


class ModeForm(forms.Form):
    mode = forms.ChoiceField(label=_("Режим"), choices=Mode.choices, widget=forms.RadioSelect)
