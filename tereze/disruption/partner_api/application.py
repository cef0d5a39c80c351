"""The application: its routes, its manners, its description."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tereze.core.access import KEYED, mark, public
from tereze.core.api import operations
from tereze.disruption.partner_api import guide, problems, requests, webhooks, writes
from tereze.disruption.partner_api.auth import KeyOfPartner
from tereze.disruption.partner_api.news import WEBHOOKS
from tereze.disruption.partner_api.operations import LONGEST_TOKEN, correlation_of


logger = logging.getLogger(__name__)
LARGEST_BODY = 256 * 1024
LANGUAGES = dict(settings.LANGUAGES)
DEFAULT_LANGUAGE = "ru"
View = Callable[..., HttpResponse]
api = NinjaAPI(
    title="Tereze: the direct line",
    version="1",
    description=(
        "Requests of the cyber-police desk to a platform, and the platform's answers. "
        "The guide with examples is at /api/partner/v1/docs/."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="partner_api",
    auth=KeyOfPartner(),
    openapi_extra={"webhooks": WEBHOOKS},
)
# writes first: `/requests/answers` is no request's id
for router in (writes.router, requests.router, webhooks.router):
    api.add_router("", router)
api.add_exception_handler(problems.Problem, problems.on_problem)
api.add_exception_handler(Http404, problems.on_not_found)
api.add_exception_handler(AuthenticationError, problems.on_no_key)
api.add_exception_handler(HttpError, problems.on_http_error)
api.add_exception_handler(ValidationError, problems.on_invalid)


def addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    """What `path("api/partner/v1/", …)` takes. Every operation carries its mark."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = mark(mannered(pattern.callback), KEYED)
    own: list[URLPattern | URLResolver] = [
        path("", docs),  # whoever opens the base address looks for the guide
        path("docs/", docs, name="docs"),
        path("openapi.json", openapi, name="openapi"),
    ]
    named = [each for each in patterns if getattr(each, "name", "") != "api-root"]
    return [*own, *named, re_path(r".", mark(mannered(unknown), KEYED))], app_name, namespace


def mannered(view: View) -> View:
    """What every answer has in common: language, bounds, their own id, problems as JSON."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            stopped = "not_found" if "\x00" in request.path else out_of_bounds(request)
            response = problems.as_response(request, stopped) if stopped else None
            response = response or safely(view, request, *args, **kwargs)
            if response.status_code == 405:
                allowed = response.get("Allow", "")
                response = problems.as_response(request, "method_not_allowed")
                response["Allow"] = allowed
        response["Content-Language"] = language
        response["Cache-Control"] = "no-store"
        if correlation := correlation_of(request):
            response["X-Correlation-Id"] = correlation
        return response

    return inner


def safely(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """A fault of ours is told to machines as everything else is, and stands in our log."""
    try:
        return view(request, *args, **kwargs)
    except Exception:
        logger.exception("partner API: %s %s", request.method, request.path)
        return problems.as_response(request, "server_error")


def language_of(request: HttpRequest) -> str:
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (short := code.split("-")[0]) in LANGUAGES:
            return short
    return DEFAULT_LANGUAGE


def out_of_bounds(request: HttpRequest) -> str:
    """The length is asked for before anything is read, so that nothing large ever is."""
    if request.method not in {"POST", "PUT", "PATCH"}:
        return ""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        return "length_required"
    return "too_large" if int(length) > LARGEST_BODY else ""


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return problems.as_response(request, "not_found")


def description() -> dict[str, Any]:
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix="api/partner/v1/")
    schema["servers"] = [{"url": settings.PUBLIC_URL}]
    for methods in schema["paths"].values():
        for operation in methods.values():
            as_it_is(operation)
    return schema


def as_it_is(operation: dict[str, Any]) -> None:
    """What the framework cannot know: problems have a type of their own, the token is a must."""
    for status, response in operation["responses"].items():
        if int(status) >= 400 and "application/json" in response.get("content", {}):
            response["content"][problems.TYPE] = response["content"].pop("application/json")
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "Idempotency-Key":
            bounds = {"type": "string", "minLength": 1, "maxLength": LONGEST_TOKEN}
            parameter |= {"required": True, "schema": bounds}


@public
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The developers' guide and the reference as one page of our own."""
    schema = description()
    context = {
        "guide": guide.as_html("developer"),
        "schema": schema,
        "operations": list(operations(schema)),
        "problems": [
            {"code": code, "status": status, "words": words}
            for code, (status, words) in problems.PROBLEMS.items()
        ],
    }
    response = render(request, "disruption/api_docs.html", context)
    # the guide is in English, what surrounds it in the reader's language
    response["Content-Language"] = ", ".join(dict.fromkeys([translation.get_language(), "en"]))
    return response
