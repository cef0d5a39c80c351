from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp import match_token, user_has_device

from tereze.accounts.models import User


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
