from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tereze.core.templatetags.tereze import status
from tereze.detection.typology import CHANNELS, SCHEMES
from tereze.detection.typology_types import Clock, Script
from tereze.intake.media import kind_name
from tereze.intake.models import Report, State


register = template.Library()
TONES = {State.OPEN: "attention", State.KUI: "good"}


@register.simple_tag
def state(report: Report) -> SafeString:
    return status(report.get_state_display(), TONES.get(State(report.state), "plain"))


@register.filter
def in_language(text: Any) -> str:
    """A text of the typology in the reader's language; law and scripts have no English."""
    language = get_language() or "ru"
    return str(text.get(language) or text["ru"])


@register.filter
def scheme_name(slug: str) -> str:
    return in_language(SCHEMES[slug].name) if slug in SCHEMES else ""


@register.filter
def fraud_channel_name(slug: str) -> str:
    return in_language(CHANNELS[slug]) if slug in CHANNELS else ""


@register.filter
def media_kind(media_type: str) -> str:
    return kind_name(media_type)


@register.filter
def basis(clock: Clock) -> str:
    """Why a clock is as long as it is, with the day it was checked."""
    return f"{in_language(clock.basis)} ({clock.checked:%d.%m.%Y})"


@register.filter
def script_title(script: Script) -> str:
    return in_language(script.title)
