"""What stands about requests on the pages of reports and cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.models import Request
from tereze.disruption.reads import gone_sharing
from tereze.disruption.recognition import target_of
from tereze.disruption.views.drafting import draft_url
from tereze.indicators.platforms import listing_address
from tereze.linking.models import Indicator


@requires(Permission.REQUEST_READ)
def report_panel(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    rows = list(Request.objects.visible_to(user).about("report", key).select_related("partner"))
    addresses = pages_named(user.unit, "report", key)
    asked = {row.address for row in rows} | {row.listing for row in rows}
    fresh = [found for found in addresses if not {found["address"], found["listing"]} & asked]
    context = {
        "rows": rows,
        "fresh": fresh,
        "again": gone_sharing("report", key, user.unit),
        "draft_url": draft_url(
            [found["address"] for found in fresh],
            _("Признаки интернет-мошенничества."),
            [("report", key)],
        )
        if fresh and user.can(Permission.REQUEST_DRAFT)
        else "",
    }
    return render(request, "disruption/panel.html", context)


@requires(Permission.REQUEST_READ)
def case_panel(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    rows = Request.objects.visible_to(user).about("case", key).select_related("partner")
    context = {
        "rows": list(rows),
        "fresh": [],
        "again": [],
        "draft_url": draft_url([], "", [("case", key)])
        if user.can(Permission.REQUEST_DRAFT)
        else "",
    }
    return render(request, "disruption/panel.html", context)


def pages_named(unit: Any, kind: str, key: str) -> list[dict[str, str]]:
    """Pages that this subject names and that somebody could take down."""
    bases = bases_of(unit)
    pages: dict[str, dict[str, str]] = {}
    for row in Indicator.objects.of(kind, key).filter(type__in=["listing", "url"], hub=False):
        try:
            target = target_of(address_of(row), bases)
        except (ValueError, KeyError):
            continue
        if target.platform:
            pages[target.listing or target.address] = {
                "address": target.address,
                "listing": target.listing,
            }
    return list(pages.values())


def address_of(row: Indicator) -> str:
    if row.type == "listing":
        platform, _colon, number = row.value_key.partition(":")
        return listing_address(platform, number)
    return row.value_key
