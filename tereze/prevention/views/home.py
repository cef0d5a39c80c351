from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tereze.core.access import public
from tereze.prevention.models import PublicWarning
from tereze.prevention.wording import four_rules


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The single window's door."""
    context = {
        "rules": four_rules(get_language()),
        "warnings": PublicWarning.objects.published()[:3],
    }
    return render(request, "prevention/home.html", context)
