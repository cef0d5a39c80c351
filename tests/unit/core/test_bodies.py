"""A body past the bound is cut, not refused: what came first is still read."""

import asyncio
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from tereze.core.bodies import BoundedBody


def passed_on(chunks: list[bytes], largest: int) -> bytes:
    heard: list[bytes] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            heard.append(message["body"])
            more = message["more_body"]

    waiting = [
        {"type": "http.request", "body": chunk, "more_body": at < len(chunks) - 1}
        for at, chunk in enumerate(chunks)
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError

    bounded = BoundedBody(application, largest)
    asyncio.run(bounded({"type": "http"}, receive, send))
    assert not waiting, "the rest is read and thrown away"
    return b"".join(heard)


def test_what_is_within_the_bound_passes_unchanged() -> None:
    assert passed_on([b"a" * 10, b"b" * 10], largest=20) == b"a" * 10 + b"b" * 10


def test_what_is_beyond_it_is_thrown_away() -> None:
    assert passed_on([b"a" * 10, b"b" * 15, b"c" * 9], largest=20) == b"a" * 10


def test_a_form_cut_in_its_file_still_has_its_words() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nstory\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
        + b"v"
        * 5000
    )
    request: WSGIRequest = RequestFactory().generic(
        "POST", "/report/", body, content_type="multipart/form-data; boundary=x"
    )
    assert request.POST["text"] == "story"
