"""What stands about requests on the pages of reports and cases."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.detection.typology import SCHEMES
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request
from tereze.disruption.reads import gone_sharing, pages_named
from tereze.disruption.recognition import Target
from tereze.disruption.views.drafting import draft_url
from tereze.intake.models import Report
from tereze.linking.reads import shared_with


@requires(Permission.REQUEST_READ)
@require_safe
def report_panel(request: HttpRequest, key: str) -> HttpResponse:
    """Requests for this report, and one key to draft those that are missing."""
    user: Any = request.user
    report = get_object_or_404(Report.objects.visible_to(user), public_id=key)
    rows = list(Request.objects.visible_to(user).about("report", key).select_related("partner"))
    missing = [page for page in pages_named(user.unit, "report", key) if not covered(page, rows)]
    may_draft = user.can(Permission.REQUEST_DRAFT)
    addresses = [page.address for page in missing]
    context = {
        "rows": rows,
        "missing": missing,
        "again": gone_sharing("report", key, user.unit),
        "report": report,
        "may_draft": may_draft,
        "draft_url": draft_url(addresses, reason_for(report, missing), [("report", key)]),
    }
    return render(request, "disruption/panel.html", context)


def covered(page: Target, rows: list[Request]) -> bool:
    return any(
        (page.listing and row.listing == page.listing) or row.address == page.address
        for row in rows
    )


@requires(Permission.REQUEST_DRAFT)
@require_POST
def draft_for_report(request: HttpRequest, key: str) -> HttpResponse:
    """One key: every page this report names is drafted, with what is known as the reason."""
    user: Any = request.user
    report = get_object_or_404(Report.objects.visible_to(user), public_id=key)
    pages = pages_named(user.unit, "report", key)
    batch = actions.draft_many(
        unit=user.unit,
        text="\n".join(page.address for page in pages),
        reason=reason_for(report, pages),
        links=[("report", key)],
        by=user.actor,
        user=user,
    )
    made = [*batch.drafted, *batch.merged]
    if len(made) == 1:
        return redirect("disruption:request", made[0].public_id)
    if batch.drafted:
        return redirect("disruption:batch", batch.key)
    messages.info(request, _("Обо всех этих адресах уведомления уже есть."))
    return redirect("disruption:queue")


def reason_for(report: Report, pages: list[Target]) -> str:
    """What the partner reads, in the partner's language: the scheme and how many others name the
    same, in nobody's own words."""
    asked = Partner.objects.of(report.unit).filter(platform__in=[page.platform for page in pages])
    with translation.override(asked.values_list("language", flat=True).first() or "ru"):
        return told_in_words(report)


def told_in_words(report: Report) -> str:
    language = "kk" if translation.get_language() == "kk" else "ru"
    scheme = SCHEMES.get(report.scheme)
    others = {
        other.key for other in shared_with("report", report.public_id) if other.kind == "report"
    }
    lines = [
        _("Признаки схемы: %(scheme)s.") % {"scheme": scheme.name[language]}
        if scheme
        else _("Признаки интернет-мошенничества."),
        _("Сообщений жителей с теми же признаками: %(n)d.") % {"n": len(others) + 1},
    ]
    return " ".join(lines)


@requires(Permission.REQUEST_READ)
@require_safe
def case_panel(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    rows = Request.objects.visible_to(user).about("case", key).select_related("partner")
    context = {
        "rows": list(rows),
        "may_draft": user.can(Permission.REQUEST_DRAFT),
        "draft_url": draft_url([], "", [("case", key)]),
    }
    return render(request, "disruption/panel.html", context)
