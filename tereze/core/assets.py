"""Our own static files, served by the application itself: no CDN, no proxy needed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from tereze.core.bodies import BoundedBody


class HashedFiles(ManifestStaticFilesStorage):
    """Names carry a hash once `tereze serve` has gathered the files; before that, plain names."""

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name


class LastingFiles(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def plain_headers(application: Any) -> Any:
    """ASGI wants header names in lower case; Django writes `Content-Length`, and the compressing
    middleware then adds a second one that browsers refuse."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def lowered(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.lower(), value) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await application(scope, receive, lowered)

    return wrapped


def with_assets(application: Any) -> Starlette:
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return Starlette(
        routes=[
            Mount("/static", LastingFiles(directory=root)),
            Mount("/", plain_headers(application)),
        ],
        # the event stream is left alone by the middleware itself
        middleware=[Middleware(BoundedBody), Middleware(GZipMiddleware, minimum_size=800)],
    )
