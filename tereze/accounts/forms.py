from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_slug
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp import match_token, user_has_device

from tereze.accounts.models import User
from tereze.accounts.permissions import Role


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("Имя для входа"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Пароль"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "username" in cleaned and "password" in cleaned:
            user = authenticate(
                self.request, username=cleaned["username"], password=cleaned["password"]
            )
            if user is None:
                raise forms.ValidationError(_("Имя или пароль не подходят."))
            assert isinstance(user, User)  # noqa: S101 - AUTH_USER_MODEL
            self.user = user
        return cleaned


class CodeForm(forms.Form):
    """The second step: six digits of the application, or a recovery code."""

    code = forms.CharField(
        label=_("Код из приложения или запасной код"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.device: Any = None

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).replace(" ", "")
        # each device counts its failures itself and answers "no" while it is throttled
        self.device = match_token(self.user, code)
        if self.device is None:
            raise forms.ValidationError(_("Код не подходит. Подождите новый и введите его."))
        return code


def needs_code(user: User) -> bool:
    return bool(user_has_device(user, confirmed=True))


class NewUserForm(forms.Form):
    username = forms.CharField(
        label=_("Имя для входа"),
        max_length=60,
        validators=[validate_slug],
        help_text=_("Латиницей"),
    )
    name = forms.CharField(label=_("Фамилия и инициалы"), max_length=120)
    post = forms.CharField(label=_("Должность (для подписи)"), max_length=200, required=False)
    phone = forms.CharField(label=_("Служебный телефон"), max_length=40, required=False)
    role = forms.ChoiceField(
        label=_("Роль"), choices=[pair for pair in Role.choices if pair[0] != Role.PARTNER]
    )
    language = forms.ChoiceField(label=_("Язык"), choices=[("kk", "Қазақша"), ("ru", "Русский")])

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("Такое имя уже занято."))
        return username


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Нынешний пароль"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Новый пароль"),
        strip=False,
        help_text=_("Не короче 10 знаков"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("Нынешний пароль не подходит."))
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])


class SetupForm(forms.Form):
    code = forms.CharField(
        label=_("Шесть цифр из приложения"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
