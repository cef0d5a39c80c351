"""What an advert resembles, and who comes back again and again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption.models import Request
from tereze.disruption.reads import reports_sharing
from tereze.disruption.repeating import platforms_with_sellers, repeat_sellers


@requires(Permission.REQUEST_READ)
@require_safe
def panel(request: HttpRequest, key: str) -> HttpResponse:
    """Other adverts and reports with the same photos, number, words or price."""
    user: Any = request.user
    row = get_object_or_404(Request.objects.visible_to(request.user), public_id=key)
    visible = Request.objects.visible_to(request.user)
    found = row.likenesses.filter(other__in=visible).select_related("other__partner")
    later = row.alike.filter(request__in=visible).select_related("request__partner")
    context = {
        "row": row,
        "alike": [(likeness, likeness.other) for likeness in found]
        + [(likeness, likeness.request) for likeness in later],
        "reports": reports_sharing(row, user),
    }
    return render(request, "disruption/alike.html", context)


@requires(Permission.REQUEST_READ)
@require_safe
def sellers(request: HttpRequest) -> HttpResponse:
    """Who was removed more than once, per platform."""
    user: Any = request.user
    names = platforms_with_sellers(user.unit)
    chosen = request.GET.get("platform", "")
    chosen = chosen if chosen in names else next(iter(names), "")
    context = {
        "tabs": [
            {"label": name, "url": f"?platform={slug}", "current": slug == chosen, "badge": None}
            for slug, name in names.items()
        ],
        "sellers": repeat_sellers(user.unit, chosen) if chosen else [],
    }
    return render(request, "disruption/sellers.html", context)
