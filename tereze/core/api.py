"""The JSON API: one application, to which each app adds its router.

    from tereze.core.api import api
    api.add_router("/v1/reports", router)      # in the app's urls, before the addresses are built

Callers are partners' systems: they hold keys, not sessions, so every address is public to the table
of roles and asks for a key itself. Described at /api/openapi.json and, for people, at /api/docs/.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from tereze.core.access import PUBLIC, mark, public


api = NinjaAPI(
    title="Tereze",
    version="1",
    description="The single window against internet fraud.",
    openapi_url="/openapi.json",
    docs_url=None,  # ninja's own page loads its scripts from elsewhere
    urls_namespace="api",
)


def addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    """What `path("api/", …)` takes. Every operation carries its mark, like any other view."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            mark(pattern.callback, PUBLIC)
    return [path("docs/", docs, name="docs"), *patterns], app_name, namespace


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page of our own: no script from elsewhere, readable on paper."""
    schema: Any = api.get_openapi_schema()
    return render(
        request, "core/api.html", {"schema": schema, "operations": list(operations(schema))}
    )


def operations(schema: Any) -> Any:
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            yield {
                "method": method.upper(),
                "address": address,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "fields": fields_of(schema, body.get("application/json", {}).get("schema", {})),
                "responses": sorted(operation.get("responses", {}).items(), key=str),
            }


def fields_of(schema: Any, part: Any) -> list[dict[str, Any]]:
    name = str(part.get("$ref", "")).rpartition("/")[2]
    known = schema.get("components", {}).get("schemas", {}).get(name, part)
    required = known.get("required", [])
    return [
        {
            "name": key,
            "type": value.get("type", ""),
            "description": value.get("description", ""),
            "required": key in required,
        }
        for key, value in known.get("properties", {}).items()
    ]
