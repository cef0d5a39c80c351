"""What the page frames need: scripts, theme, the live stream's address. Pages use `tereze`."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tereze.core import navigation
from tereze.core.clock import now


register = template.Library()
# No eval and no style element: the content-security policy forbids both.
HTMX = '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,"scrollIntoViewOnBoost":false,"refreshOnHistoryMiss":true}'
SCRIPTS = ("base", "keys", "time", "live", "swaps", "small")  # in this order: all use the first


@register.simple_tag(takes_context=True)
def theme_attribute(context: dict[str, Any]) -> SafeString:
    """The reader's choice is known before the first paint, so nothing flashes."""
    request = context.get("request")
    theme = request.COOKIES.get("tereze_theme") if request else ""
    return format_html(' data-theme="{}"', theme) if theme in ("light", "dark") else SafeString("")


@register.simple_tag
def desk_scripts() -> SafeString:
    files = ["django_htmx/htmx-2.min.js", *(f"core/desk/{name}.js" for name in SCRIPTS)]
    scripts = format_html_join(
        "", '<script src="{}" defer></script>', ((static(file),) for file in files)
    )
    return format_html('<meta name="htmx-config" content="{}">{}', HTMX, scripts)


@register.simple_tag(takes_context=True)
def desk_attributes(context: dict[str, Any]) -> SafeString:
    return format_html(
        ' data-live-url="{}" data-csrf="{}" data-words="{}"',
        reverse("live"),
        context.get("csrf_token", ""),
        "|".join(words()),
    )


def words() -> list[str]:
    """What desk/time.js says while time passes; the same strings as tereze.core.wording."""
    return [
        _("только что"),
        _("%(span)s назад"),
        _("%(n)s дн"),
        _("%(n)s ч"),
        _("%(n)s мин"),
        _("меньше минуты"),
        _("осталось %(span)s"),
        _("просрочено на %(span)s"),
    ]


@register.simple_tag
def live_dot() -> SafeString:
    return format_html(
        '<span class="live" data-live-dot data-state="wait" role="status"><span class="live-dot" aria-hidden="true"></span>'
        '<span data-when="on">{}</span><span data-when="off">{}</span><span data-when="wait">{}</span></span>',
        _("на связи"),
        _("нет связи"),
        _("соединяется"),
    )


@register.simple_tag(takes_context=True)
def unit_name(context: dict[str, Any]) -> str:
    unit = getattr(getattr(context.get("request"), "user", None), "unit", None)
    if unit is None:
        return ""
    return str(unit.name_kk or unit.name) if get_language() == "kk" else str(unit.name)


@register.simple_tag(takes_context=True)
def city_clock(context: dict[str, Any]) -> SafeString:
    """The time in the city, ticking; officers compare it with the caller's words."""
    unit = getattr(getattr(context.get("request"), "user", None), "unit", None)
    zone = unit.zone if unit else settings.TIME_ZONE
    return format_html(
        '<time class="desk-clock" data-clock="{}" title="{}">{}</time>',
        zone,
        _("Время в городе: %(zone)s") % {"zone": zone},
        timezone.localtime(now()).strftime("%H:%M"),
    )


@register.simple_tag
def public_links() -> list[dict[str, Any]]:
    return navigation.public_links()
