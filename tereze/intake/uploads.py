"""Files at the door: bounded while they arrive, so that one large video costs nobody their report."""

from typing import IO, Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tereze.intake.actions import Incoming
from tereze.intake.media import MAX_FILE, MAX_FILES


class BoundedUpload(FileUploadHandler):
    """Stands before Django's own handlers and drops what is too large or too many, by name."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.dropped: list[Incoming] = []
        self.started = 0
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0
        self.started += 1
        if self.started > MAX_FILES:
            self.drop("many")

    def drop(self, problem: str) -> None:
        self.dropped.append(Incoming(self.file_name or "", b"", problem))
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MAX_FILE:
            self.drop("big")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        return None


def guard_uploads(request: HttpRequest) -> BoundedUpload:
    """Call before anything reads `request.POST`."""
    handler = BoundedUpload(request)
    request.upload_handlers.insert(0, handler)
    return handler


def incoming_files(request: HttpRequest, handler: BoundedUpload | None = None) -> list[Incoming]:
    taken = [
        Incoming(file.name or "", b"", "big")
        if (file.size or 0) > MAX_FILE
        else Incoming(file.name or "", file.read())
        for file in request.FILES.getlist("files")
    ]
    return [*taken, *(handler.dropped if handler else ())]


def refusal(why: str) -> str:
    return {
        "big": _("больше 25 МБ"),
        "many": _("больше 10 файлов за один раз"),
        "empty": _("файл пуст"),
    }.get(why, why)
