"""How quickly fraud comes down, for everybody."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tereze.core.access import public
from tereze.intake.channels.web.door import receiving_unit
from tereze.statistics.public_line import Public, public_line


FRESH = 60  # seconds: a crowd at the page counts the year once a minute


@public
@require_safe
def line(request: HttpRequest) -> HttpResponse:
    unit = receiving_unit()
    found = Public([], [])
    if unit is not None:
        key = f"public-line:{unit.pk}:{get_language()}"
        found = cache.get_or_set(key, lambda: public_line(unit), FRESH) or found
    chart = [(row.name, row.median) for row in reversed(found.months) if row.median is not None]
    context = {"months": found.months, "named": found.named, "chart": chart}
    return render(request, "statistics/public_line.html", context)
