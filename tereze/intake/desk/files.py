"""Serves what residents sent. Nothing here runs in the desk's own page: each answer is a sandbox."""

import re
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import vault
from tereze.core.access import requires
from tereze.intake import pictures
from tereze.intake.media import BROWSERS_SHOW, EXTENSIONS, UNKNOWN
from tereze.intake.models import Attachment, Report
from tereze.intake.sound import CannotPlayError, to_wav


RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


def visible_file(request: Any, public_id: str) -> Attachment:
    files = Attachment.objects.select_related("report__unit").filter(
        report__in=Report.objects.visible_to(request.user)
    )
    return get_object_or_404(files, public_id=public_id)


@requires(Permission.REPORT_READ)
@require_safe
def attachment(request: Any, public_id: str) -> HttpResponse:
    """The file as it was sent. Pictures and sound open in the browser, the rest is saved."""
    file = visible_file(request, public_id)
    opens = file.media_type in BROWSERS_SHOW or file.media_type.startswith("audio/")
    leave_trace(request, file)
    return served(request, vault.read(file.sha256), file, file.media_type, inline=opens)


@requires(Permission.REPORT_READ)
@require_safe
def drawn(request: Any, public_id: str) -> HttpResponse:
    """A picture of a kind that browsers do not show, drawn anew."""
    file = visible_file(request, public_id)
    picture = pictures.drawn(vault.read(file.sha256)) if file.is_drawn_anew else b""
    if not picture:
        raise Http404
    leave_trace(request, file)
    return served(request, picture, file, "image/jpeg", inline=True)


@requires(Permission.REPORT_READ)
@require_safe
def listen(request: Any, public_id: str) -> HttpResponse:
    """A voice note of any kind as plain sound, which every browser plays."""
    file = visible_file(request, public_id)
    if not file.media_type.startswith(("audio/", "video/3gpp")):
        raise Http404
    try:
        sound = to_wav(vault.read(file.sha256))
    except CannotPlayError as error:
        raise Http404 from error
    leave_trace(request, file)
    return served(request, sound, file, "audio/wav", inline=True)


def leave_trace(request: Any, file: Attachment) -> None:
    start = RANGE.match(request.headers.get("Range", ""))
    if start is None or start[1] == "0":  # a player asks for one file in many pieces
        record(
            "report.file_read",
            target=file.report,
            by=request.user.actor,
            detail={"file": file.sha256[:12]},
        )


def served(
    request: Any, content: bytes, file: Attachment, media_type: str, *, inline: bool
) -> HttpResponse:
    response = partial_or_all(request, content)
    response["Content-Type"] = media_type if inline else UNKNOWN
    response["Content-Disposition"] = content_disposition_header(not inline, safe_name(file)) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "bytes"
    return response


def partial_or_all(request: Any, content: bytes) -> HttpResponse:
    asked = RANGE.match(request.headers.get("Range", ""))
    if asked is None:
        return HttpResponse(content)
    first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    part = HttpResponse(content[first : last + 1], status=206)
    part["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return part


def safe_name(file: Attachment) -> str:
    """The sender's name, without what could lead out of a folder or run by a double click."""
    name = re.sub(r'[\x00-\x1f/\\:*?"<>|]', "_", file.name).strip(". ")[-120:] or "file"
    if file.is_dangerous:
        return f"{name}.evidence"
    ending = EXTENSIONS.get(file.media_type)
    return name if "." in name or not ending else f"{name}.{ending}"
