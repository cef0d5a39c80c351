"""Keys, webhook and its log: for the officer who keeps the partner, and for the partner's manager."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.core import outgoing
from tereze.disruption import actions
from tereze.disruption.models import Partner, PartnerMember, Webhook
from tereze.disruption.partner_api import guide
from tereze.disruption.views.portal import partner_of


LOG = 50
LONGEST_ADDRESS = 500


@requires(Permission.PARTNER_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def for_officer(request: HttpRequest, key: str) -> HttpResponse:
    partner = get_object_or_404(Partner, unit=request.user.unit, public_id=key)  # type: ignore[union-attr]
    return page(request, partner, "core/desk.html")


@requires(Permission.PORTAL_USE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def for_manager(request: HttpRequest) -> HttpResponse:
    partner = partner_of(request)
    member: Any = request.user.partner_member  # type: ignore[union-attr]
    if member.duty != PartnerMember.Duty.MANAGER:
        raise PermissionDenied
    return page(request, partner, "core/partner.html")


def page(request: HttpRequest, partner: Partner, base: str) -> HttpResponse:
    context: dict[str, Any] = {}
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        context = act(request, partner)
        if not context:
            return redirect(request.path)
    events = partner.events.select_related("request").prefetch_related("log").order_by("-at", "-pk")
    context = {
        "base": base,
        "partner": str(partner),
        "row": partner,
        "topic": "requests" if base == "core/desk.html" else f"portal:{partner.public_id}",
        "keys": partner.keys.order_by("closed_at", "-created_at"),
        "webhook": Webhook.objects.filter(partner=partner).first(),
        "page": Paginator(events, LOG).get_page(request.GET.get("page")),
        "notices": partner.notices.select_related("request").order_by("-at")[:LOG],
        "api_url": f"{settings.PUBLIC_URL}/api/partner/v1",
        **context,
    }
    status = 422 if context.get("wrong") else 200
    return render(request, "disruption/partner_systems.html", context, status=status)


def issue(request: Any, partner: Partner) -> dict[str, Any]:
    label = request.POST.get("label", "").strip()
    if not label:
        return {"wrong": {"label": _("Назовите систему, которой нужен ключ.")}}
    _key, secret = actions.issue_partner_key(partner=partner, label=label, by=request.user.actor)
    return {"new_key": secret}


def close(request: Any, partner: Partner) -> dict[str, Any]:
    key = get_object_or_404(partner.keys, public_id=request.POST.get("key", ""))
    actions.close_partner_key(key=key, by=request.user.actor)
    messages.success(request, _("Ключ закрыт: с этой минуты он ничего не открывает."))
    return {}


def set_address(request: Any, partner: Partner) -> dict[str, Any]:
    url = request.POST.get("url", "").strip()
    wrong = what_is_wrong(url)
    if wrong:
        return {"wrong": {"url": wrong}, "typed": url}
    actions.set_webhook(partner=partner, url=url, by=request.user.actor)
    messages.success(request, _("Адрес записан. Отправьте проверочное событие."))
    return {}


def what_is_wrong(url: str) -> str:
    """In words, or nothing. The name is asked for now, so that a slip shows at once."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        host, port = "", 0
    if not host or len(url) > LONGEST_ADDRESS or parts.username is not None:
        return _("Это не адрес. Пример: https://hooks.example.kz/tereze")
    if parts.scheme != "https" and f"{host}:{port}" not in settings.ALLOWED_PRIVATE:
        return _("Адрес должен начинаться с https://")
    try:
        outgoing.guard().resolve(host, port)
    except outgoing.RefusedError:
        return _("Это внутренний адрес: мы туда не ходим.")
    except OSError:
        return _("Такого имени нет в сети: %(host)s") % {"host": host}
    return ""


def webhook_of(partner: Partner) -> Webhook:
    return get_object_or_404(Webhook, partner=partner)


def stop(request: Any, partner: Partner) -> dict[str, Any]:
    actions.stop_webhook(webhook=webhook_of(partner), by=request.user.actor)
    return {}


def change(request: Any, partner: Partner) -> dict[str, Any]:
    actions.change_secret(webhook=webhook_of(partner), by=request.user.actor)
    messages.success(request, _("Секрет сменён. Сутки подписываем обоими."))
    return {}


def ping(request: Any, partner: Partner) -> dict[str, Any]:
    return tried(request, lambda: actions.ping(partner=partner, by=request.user.actor))


def replay(request: Any, partner: Partner) -> dict[str, Any]:
    event = get_object_or_404(partner.events, public_id=request.POST.get("event", ""))
    return tried(request, lambda: actions.replay(event=event, by=request.user.actor))


def tried(request: HttpRequest, act: Any) -> dict[str, Any]:
    try:
        act()
    except actions.WebhookOffError:
        messages.warning(request, _("Вебхук выключен: сначала включите его."))
    else:
        messages.success(request, _("Отправляем. Итог появится в журнале."))
    return {}


ACTS: dict[str, Any] = {
    "key": issue,
    "close_key": close,
    "webhook": set_address,
    "stop": stop,
    "secret": change,
    "ping": ping,
    "replay": replay,
}


@requires(Permission.PORTAL_USE)
@require_safe
def portal_guide(request: HttpRequest, name: str) -> HttpResponse:
    """The page for one audience, as the partner's people read it."""
    partner = partner_of(request)
    html = guide.as_html(name)
    if html is None:
        raise Http404
    context = {"partner": str(partner), "guide": html}
    return render(request, "disruption/portal_guide.html", context)
