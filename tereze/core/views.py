from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tereze.core import gauges
from tereze.core.access import public, requires
from tereze.core.gallery import examples
from tereze.core.readiness import checks


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """What the loop needs is there; 503 and the name of what is not."""
    states = checks()
    ready = all(state == "ok" for state in states.values())
    return JsonResponse(states, status=200 if ready else 503)


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The process and the loop, for Prometheus."""
    text = generate_latest() + generate_latest(gauges.registry)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Not a missing right: somebody logged in anew beside a page that stayed open."""
    answer = csrf_failure(request, reason)
    if "HX-Request" in request.headers:
        answer.status_code = 412
    return answer


@requires("gallery.view")
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All components in all states, for whoever builds pages."""
    return render(request, "core/gallery.html", examples())


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "core/offline.html")
