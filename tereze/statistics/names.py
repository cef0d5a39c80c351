"""How slugs are called on screen."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tereze.detection.typology import SCHEMES
from tereze.indicators.platforms import PLATFORMS


BRANDS = {
    "instagram": "Instagram",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "tiktok": "TikTok",
    "facebook": "Facebook",
}


def platform_name(slug: str) -> str:
    if slug in ("", "none"):
        return _("без площадки")
    return PLATFORMS[slug].name if slug in PLATFORMS else BRANDS.get(slug, slug)


def scheme_name(slug: str) -> str:
    if slug in ("", "none"):
        return _("не определена")
    found = SCHEMES.get(slug)
    return (found.name.get(get_language() or "ru") or found.name["ru"]) if found else slug


def district_name(name: str) -> str:
    return _("не указан") if name in ("", "none") else name
