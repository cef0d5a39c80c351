"""Every view says who may use it. A test walks the URL conf and fails on one that does not.

The table of roles and permissions is `tereze.accounts.permissions`; here are only the marks.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url


PUBLIC = "public"
LOGGED_IN = "logged in"
KEYED = "keyed"  # a system with a key of its own, for which the view itself asks: 401 without
View = TypeVar("View", bound=Callable[..., Any])


def mark(view: View, access: str | tuple[str, ...]) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody, without a log-in."""
    return mark(view, PUBLIC)


def for_everyone_logged_in(view: View) -> View:
    """Any role. The view itself looks at what the user may see."""
    return mark(view, LOGGED_IN)


def requires(*permissions: str) -> Callable[[View], View]:
    """Whoever holds at least one of these permissions; others get 403 and are told whom to ask."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                return to_login(request)
            if not any(user.can(permission) for permission in permissions):
                raise PermissionDenied(", ".join(permissions))
            if user.owes_second_step:
                return to_second_step(request)
            return view(request, *args, **kwargs)  # type: ignore[no-any-return]

        return mark(guarded, permissions)  # type: ignore[return-value]

    return decorate


def to_second_step(request: HttpRequest) -> HttpResponseBase:
    """Required of this account and not set up yet: first that, then everything else."""
    if getattr(request, "htmx", False):
        response = HttpResponse(status=403)
        response["HX-Redirect"] = resolve_url("accounts:second_step")
        return response
    return redirect("accounts:second_step")


def to_login(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):  # a fragment cannot show a log-in page; the browser goes
        response = HttpResponse(status=401)
        response["HX-Refresh"] = "true"
        return response
    return redirect_to_login(request.get_full_path())
