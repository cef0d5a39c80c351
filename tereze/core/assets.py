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


class HashedFiles(ManifestStaticFilesStorage):
    """Names carry a hash once `tereze serve` has gathered the files; before that, plain names."""

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name


class LastingFiles(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def with_assets(application: Any) -> Starlette:
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return Starlette(
        routes=[
            Mount("/static", LastingFiles(directory=root)),
            Mount("/", application),
        ],
        # the event stream is left alone by the middleware itself
        middleware=[Middleware(GZipMiddleware, minimum_size=800)],
    )
