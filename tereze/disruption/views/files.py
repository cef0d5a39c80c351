"""Evidence files, to officers and to whom they were sent. Foreign pages never run here."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.casework.actions import export, note_reading
from tereze.casework.models import Evidence, EvidenceFile
from tereze.disruption.models import Request
from tereze.disruption.templatetags.disruption import picture
from tereze.disruption.thumbnails import NoPictureError, thumbnail
from tereze.disruption.views.request import found


SHOWN = {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"}
KEPT = {"application/wacz"}  # a download under its own name: a viewer knows it by that


def serve(file: EvidenceFile) -> HttpResponse:
    """Pictures are shown; anything else is a download that no browser will run."""
    kind = file.media_type if file.media_type in SHOWN | KEPT else "application/octet-stream"
    response = HttpResponse(file.content(), content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    if kind not in SHOWN:
        name = file.name if kind in KEPT else f"{file.name}.txt"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def serve_thumbnail(row: Request) -> HttpResponse:
    """The advert's picture as small as a list shows it."""
    file = picture(row)
    if file is None:
        raise Http404
    try:
        small = thumbnail(file)
    except NoPictureError:
        raise Http404 from None
    response = HttpResponse(small, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def evidence_of(row: Request, key: str) -> Evidence:
    """Of this request, or a partner's file that one of its steps rests on."""
    own = Q(subject_kind="request", subject_key=row.public_id)
    used = Q(unit=row.unit, pk__in=row.steps.values("evidence"))
    return get_object_or_404(Evidence.objects.filter(own | used), public_id=key)


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def evidence(request: HttpRequest, key: str, evidence: str) -> HttpResponse:
    row = found(request, key)
    item = evidence_of(row, evidence)
    note_reading(evidence=item, by=request.user.actor)  # type: ignore[union-attr]
    context = {"row": row, "item": item, "custody": item.custody.all(), "files": item.files.all()}
    return render(request, "disruption/evidence.html", context)


@requires(Permission.REQUEST_READ)
@require_safe
def evidence_file(request: HttpRequest, key: str, evidence: str, name: str) -> HttpResponse:
    file = evidence_of(found(request, key), evidence).file(name)
    if file is None:
        raise Http404
    return serve(file)


@requires(Permission.REQUEST_READ)
@require_safe
def row_thumbnail(request: HttpRequest, key: str) -> HttpResponse:
    return serve_thumbnail(found(request, key))


@requires(Permission.EVIDENCE_READ)
@require_safe
@never_cache
def package(request: HttpRequest, key: str, evidence: str) -> HttpResponse:
    item = evidence_of(found(request, key), evidence)
    made = export(evidence=item, by=request.user.actor)  # type: ignore[union-attr]
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
