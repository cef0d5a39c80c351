from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tereze.accounts.permissions import Permission
from tereze.core.access import public, requires
from tereze.core.language import SUPPORTED
from tereze.prevention.actions.warnings import (
    current_of,
    publish_warning,
    withdraw_warning,
    write_warning,
)
from tereze.prevention.drafting import draft_for
from tereze.prevention.forms import WarningForm
from tereze.prevention.growing import growing_indicators, growing_schemes
from tereze.prevention.models import PublicWarning
from tereze.watch.models import Message


MOST_SHOWN = 50


@public
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    rows = PublicWarning.objects.published()[:MOST_SHOWN]
    return render(request, "prevention/warnings.html", {"warnings": rows})


@public
@require_safe
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(PublicWarning.objects.published(), public_id=public_id)
    return render(request, "prevention/warning.html", {"warning": row})


@public
@require_safe
def feed(request: HttpRequest, language: str) -> HttpResponse:
    if language not in SUPPORTED:
        raise Http404
    with translation.override(language):
        rss = Rss201rev2Feed(
            title=_("Предупреждения о мошенниках"),
            link=request.build_absolute_uri(reverse("prevention:warnings")),
            description=_("Что делают мошенники в городе сейчас и как не попасться"),
            language=language,
            feed_url=request.build_absolute_uri(),
        )
        for row in PublicWarning.objects.published()[:MOST_SHOWN]:
            rss.add_item(
                title=row.title,
                link=request.build_absolute_uri(
                    reverse("prevention:warning", args=[row.public_id])
                ),
                description=row.body,
                pubdate=row.published_at,
                unique_id=row.public_id,
            )
    return HttpResponse(rss.writeString("utf-8"), content_type=rss.content_type)


@requires(Permission.WARNING_WRITE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {
        "warnings": PublicWarning.objects.visible_to(user).order_by("-created_at")[:100],
        "schemes": growing_schemes(user.unit),
        "indicators": growing_indicators(user.unit),
        "may_use_radar": user.can(Permission.RADAR_USE),
    }
    return render(request, "prevention/desk_warnings.html", context)


@requires(Permission.WARNING_WRITE)
@require_safe
def message_panel(request: HttpRequest, key: str) -> HttpResponse:
    """What residents are told about the scheme of a message of the wall."""
    user: Any = request.user
    message = get_object_or_404(Message.objects.visible_to(user), public_id=key)
    warning = current_of(user.unit, message.scheme) if message.scheme else None
    return render(request, "prevention/message_panel.html", {"warning": warning})


@requires(Permission.WARNING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """A new warning, prefilled from what grows, or a change of one."""
    user: Any = request.user
    row = (
        get_object_or_404(PublicWarning.objects.visible_to(user), public_id=public_id)
        if public_id
        else None
    )
    initial = (
        {name: getattr(row, name) for name in WarningForm.base_fields}
        if row
        else draft_for(request.GET.get("scheme", ""))
    )
    form = WarningForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = write_warning(texts=form.cleaned_data, by=user, warning=row)
        if "publish" in request.POST:
            publish_warning(warning=saved, by=user)
        return redirect("prevention:desk_warnings")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "prevention/write_warning.html", {"form": form, "warning": row}, status=status
    )


@requires(Permission.WARNING_WRITE)
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(PublicWarning.objects.visible_to(user), public_id=public_id)
    if request.POST.get("do") == "publish":
        publish_warning(warning=row, by=user)
    else:
        withdraw_warning(warning=row, by=user)
    return redirect("prevention:desk_warnings")
