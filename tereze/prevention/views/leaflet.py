import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from tereze.core.access import public
from tereze.core.language import SUPPORTED
from tereze.detection.typology import LEAFLET, SCHEMES
from tereze.prevention.wording import four_rules, language_of


MOST_ADVICE = 4


@public
@require_safe
def leaflet(request: HttpRequest) -> HttpResponse:
    """A5, in the language asked for; with `?scheme=` it speaks of one scheme."""
    wanted = request.GET.get("lang", "")
    if wanted in SUPPORTED:
        with translation.override(wanted):
            return sheet(request)
    return sheet(request)


def sheet(request: HttpRequest) -> HttpResponse:
    language = language_of(translation.get_language())
    slug = request.GET.get("scheme", "")
    scheme = SCHEMES.get(slug)
    address = f"{settings.PUBLIC_URL}{reverse('prevention:check')}"
    code = segno.make(address, error="m")
    context = {
        "language": language,
        "languages": [(code, name) for code, name in settings.LANGUAGES if code != language],
        "slug": slug if scheme else "",
        "title": scheme.name[language] if scheme else LEAFLET.title[language],
        "lead": scheme.mechanics[language] if scheme else LEAFLET.lead[language],
        "advice": [line[language] for line in scheme.advice[:MOST_ADVICE]] if scheme else [],
        "rules": four_rules(language),
        "if_happened": LEAFLET.if_happened[language],
        "steps": [step[language] for step in LEAFLET.steps],
        "check": LEAFLET.check[language],
        "phones": LEAFLET.phones[language],
        "footer": LEAFLET.footer[language],
        "address": address.removeprefix("https://").removeprefix("http://"),
        "qr": code.svg_data_uri(border=1, scale=4),
    }
    return render(request, "prevention/leaflet.html", context)
