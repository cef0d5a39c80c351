from django import template
from django.utils.translation import get_language

from tereze.prevention import wording


register = template.Library()


@register.simple_tag
def scheme_name(slug: str) -> str:
    return wording.scheme_name(slug, get_language())
