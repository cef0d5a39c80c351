from django import template
from django.utils.html import format_html


register = template.Library()


@register.simple_tag
def number_link(value: object, url: str) -> str:
    """A figure that opens the list behind it, for who may open lists."""
    return format_html('<a href="{}">{}</a>', url, value) if url else format_html("{}", value)
