from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.intake.actions import close_key, issue_key
from tereze.intake.models import ApiKey


@requires(Permission.API_KEYS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Any) -> HttpResponse:
    """The partners' keys. A new one is shown in this one answer and never again."""
    secret = ""
    partner = request.POST.get("partner", "").strip()[:200]
    if request.method == "POST" and partner:
        _key, secret = issue_key(unit=request.user.unit, partner=partner, by=request.user)
    rows = ApiKey.objects.filter(unit=request.user.unit).order_by("-created_at")
    context = {"keys": rows, "secret": secret, "partner": partner}
    return render(request, "intake/api/keys.html", context)


@requires(Permission.API_KEYS)
@require_POST
def close(request: Any) -> HttpResponse:
    key = get_object_or_404(
        ApiKey, unit=request.user.unit, hint=request.POST.get("hint", ""), closed_at=None
    )
    close_key(key=key, by=request.user)
    return redirect("intake:api_keys")
