from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tereze.core.clock import now
from tereze.statistics import removal
from tereze.statistics.public_line import told


register = template.Library()


@register.simple_tag
def number_link(value: object, url: str) -> str:
    """A figure that opens the list behind it, for who may open lists."""
    return format_html('<a href="{}">{}</a>', url, value) if url else format_html("{}", value)


@register.filter
def days_since(moment: datetime) -> int:
    return (now() - moment).days


@register.filter
def public_number(number: int) -> str:
    """One that is small could point at somebody."""
    return few(told(number))


@register.filter
def few(number: int | None) -> str:
    """A public number; None is one too small to be told."""
    return _("меньше 5") if number is None else str(number)


@register.filter
def minutes_said(minutes: float | None) -> str:
    return "–" if minutes is None else removal.minutes_said(minutes)
