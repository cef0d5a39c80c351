"""Accounts seen from inside: one's own, and (for the administrator) everybody's."""

import secrets

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts import actions, second_step
from tereze.accounts.access import for_everyone_logged_in, requires
from tereze.accounts.forms import NewUserForm, PasswordForm, SetupForm
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.access import to_login


def me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the decorator has seen to it
    return request.user


@for_everyone_logged_in
@never_cache
@sensitive_post_parameters("old", "new")
def profile(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return to_login(request)
    user = me(request)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_password(user=user, password=form.cleaned_data["new"], by=user.actor)
        update_session_auth_hash(request, user)
        messages.success(request, _("Пароль изменён."))
        return redirect("accounts:profile")
    context = {"form": form, "second_step": second_step.is_on(user)}
    return render(request, "accounts/profile.html", context)


@for_everyone_logged_in
@never_cache
def set_up_second_step(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return to_login(request)
    user = me(request)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_step.confirm(user=user, code=form.cleaned_data["code"])
        if codes is not None:
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
        form.add_error("code", _("Код не подходит. Проверьте часы телефона и введите новый."))
    device = second_step.pending_device(user)
    context = {
        "form": form,
        "owed": user.owes_second_step,
        "qr": second_step.qr_picture(device),
        "secret": second_step.typed_secret(device),
    }
    return render(request, "accounts/second_step.html", context)


@requires(Permission.USERS_MANAGE)
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    found = User.objects.filter(unit=me(request).unit).order_by("-is_active", "name")
    return render(request, "accounts/users.html", {"users": found, "form": NewUserForm()})


@requires(Permission.USERS_MANAGE)
@require_POST
def new_user(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST)
    if not form.is_valid():
        found = User.objects.filter(unit=me(request).unit).order_by("-is_active", "name")
        return render(request, "accounts/users.html", {"users": found, "form": form}, status=422)
    password = secrets.token_urlsafe(9)
    user = actions.create_user(
        password=password, unit=me(request).unit, by=me(request).actor, **form.cleaned_data
    )
    return render(request, "accounts/password_once.html", {"account": user, "password": password})


@requires(Permission.USERS_MANAGE)
@require_POST
def change_user(request: HttpRequest, key: str, what: str) -> HttpResponse:
    account = get_object_or_404(User, unit=me(request).unit, public_id=key)
    if what == "password":
        password = secrets.token_urlsafe(9)
        actions.set_password(user=account, password=password, by=me(request).actor)
        context = {"account": account, "password": password}
        return render(request, "accounts/password_once.html", context)
    if what == "second-step":
        second_step.turn_off(user=account, by=me(request))
        messages.success(request, _("Второй шаг входа отключён: %(name)s") % {"name": account.name})
    elif account != me(request):  # an administrator cannot close the door behind themselves
        actions.set_active(user=account, active=what == "open", by=me(request).actor)
    return redirect("accounts:users")
