from typing import Any

from django import template
from django.urls import reverse

from tereze.core.panels import PANELS


register = template.Library()


@register.inclusion_tag("core/panels.html", takes_context=True)
def panels(context: dict[str, Any], place: str, key: str) -> dict[str, Any]:
    """The panels other apps registered for this place, as far as the reader may see them."""
    user = context["request"].user
    return {
        "panels": [
            {
                "url": reverse(panel.url_name, args=[key]),
                "trigger": ", ".join(
                    ["load", *(f"live:{topic} from:body" for topic in panel.topics)]
                ),
            }
            for panel in PANELS
            if panel.place == place and (panel.permission is None or user.can(panel.permission))
        ]
    }
