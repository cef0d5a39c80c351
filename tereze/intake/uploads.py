"""Files at the door: bounded while they arrive, so that one large video costs nobody their report."""

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tereze.intake.actions import Incoming
from tereze.intake.media import MAX_FILE, MAX_FILES


class DroppedFile(UploadedFile):  # type: ignore[type-arg] # django-stubs: not generic at run time
    """Stands for a file that was not taken: its name, and why."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(io.BytesIO(), name, size=0)
        self.problem = problem


class BoundedUpload(FileUploadHandler):
    """Stands before Django's own handlers and withholds what is too large or too many.

    It swallows the bytes instead of raising `SkipFile`, which would close the file before.
    """

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.started = self.received = 0
        self.problem = ""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.started += 1
        self.received = 0
        self.problem = "many" if self.started > MAX_FILES else ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > MAX_FILE and not self.problem:
            self.problem = "big"
        return None if self.problem else raw_data

    def file_complete(self, file_size: int) -> DroppedFile | None:
        return DroppedFile(self.file_name or "", self.problem) if self.problem else None


def guard_uploads(request: HttpRequest) -> None:
    """Call before anything reads `request.POST`."""
    request.upload_handlers.insert(0, BoundedUpload(request))


def incoming_files(request: HttpRequest) -> list[Incoming]:
    return [incoming(file) for file in request.FILES.getlist("files")]


def incoming(file: Any) -> Incoming:
    name = file.name or ""
    problem = getattr(file, "problem", "") or ("big" if (file.size or 0) > MAX_FILE else "")
    return Incoming(name, b"", problem) if problem else Incoming(name, file.read())


def refusal(why: str) -> str:
    return {
        "big": _("больше 25 МБ"),
        "many": _("больше 10 файлов за один раз"),
        "empty": _("файл пуст"),
    }.get(why, why)
