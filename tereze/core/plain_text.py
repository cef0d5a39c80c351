"""What is typed is text. The byte zero is in no text, and PostgreSQL keeps it in no column."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


ZERO = "\x00"


class PlainTextMiddleware:
    """An address, a question or a form that holds it is refused before any page reads it."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_args: Any) -> None:
        if getattr(view, "csrf_exempt", False):  # the API and the public form judge for themselves
            return
        if any(ZERO in text for text in typed(request)):
            raise BadRequest("a byte zero")


def typed(request: HttpRequest) -> Iterator[str]:
    yield request.path
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            yield name
            yield from values
