from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from tereze.accounts.forms import CodeForm, LoginForm, needs_code
from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.access import for_everyone_logged_in, public
from tereze.core.navigation import first_page


PENDING = "login_pending"  # the user whose password was right and whose code is awaited


@public
@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        request.session.cycle_key()
        if needs_code(form.user):
            request.session[PENDING] = form.user.pk
            return redirect(f"{reverse('accounts:code')}?next={next_page(request)}")
        return enter(request, form.user)
    return render(request, "accounts/login.html", {"form": form, "next": next_page(request)})


@public
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    user = User.objects.filter(pk=request.session.get(PENDING, 0), is_active=True).first()
    if user is None:
        return redirect("accounts:login")
    form = CodeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        del request.session[PENDING]
        return enter(request, user, form.device)
    return render(request, "accounts/code.html", {"form": form, "next": next_page(request)})


def enter(request: HttpRequest, user: User, device: Any = None) -> HttpResponse:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if device is not None:
        otp_login(request, device)
    record("user.logged_in", target=user, by=user.actor, detail={"code": device is not None})
    return redirect(next_page(request) or "desk")


def next_page(request: HttpRequest) -> str:
    """Where the user was going, as long as it is a page of ours."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else ""


@for_everyone_logged_in
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        record("user.logged_out", target=request.user, by=request.user.actor)
    logout(request)
    return redirect("/")


@for_everyone_logged_in
def desk(request: HttpRequest) -> HttpResponse:
    """The first page after log-in."""
    if not isinstance(request.user, User):
        return redirect("accounts:login")
    page = first_page(request.user)
    if page is None:
        raise PermissionDenied
    return redirect(page)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Called by axes after too many wrong passwords; the right one does not open it either."""
    messages.error(request, _("Слишком много попыток. Подождите 15 минут."))
    form = LoginForm(request)
    return render(request, "accounts/login.html", {"form": form, "next": ""}, status=429)
