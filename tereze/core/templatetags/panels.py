from typing import Any

from django import template
from django.urls import reverse

from tereze.core.panels import PANELS


register = template.Library()


@register.inclusion_tag("core/panels.html", takes_context=True)
def panels(context: dict[str, Any], place: str, *keys: str) -> dict[str, Any]:
    """The panels other apps registered for this place, as far as the reader may see them."""
    can = getattr(context["request"].user, "can", lambda _permission: False)
    return {
        "panels": [
            {
                "url": reverse(panel.url_name, args=keys),
                "trigger": ", ".join(
                    ["load", *(f"live:{topic} from:body" for topic in panel.topics)]
                ),
            }
            for panel in PANELS
            if panel.place == place and (panel.permission is None or can(panel.permission))
        ]
    }
