"""A case's sealed files, to who was let into the case. Nothing sent in runs on the desk's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.casework.actions import export, note_reading
from tereze.casework.models import Case, Evidence
from tereze.casework.views import reader, visible_case
from tereze.intake.media import BROWSERS_SHOW, UNKNOWN


def found(case: Case, evidence_key: str) -> Evidence:
    about = Evidence.objects.filter(subject_kind="case", subject_key=case.public_id)
    return get_object_or_404(about, public_id=evidence_key)


@requires(Permission.EVIDENCE_READ)
@require_safe
@never_cache
def evidence(request: HttpRequest, key: str, evidence_key: str) -> HttpResponse:
    case = visible_case(request, key)
    item = found(case, evidence_key)
    note_reading(evidence=item, by=reader(request).actor)
    return render(request, "casework/evidence.html", {"case": case, "item": item})


@requires(Permission.EVIDENCE_READ)
@require_safe
@never_cache
def file(request: HttpRequest, key: str, evidence_key: str, name: str) -> HttpResponse:
    item = found(visible_case(request, key), evidence_key)
    kept = item.file(name)
    if kept is None:
        raise Http404
    note_reading(evidence=item, by=reader(request).actor)
    inline = kept.media_type in BROWSERS_SHOW
    response = HttpResponse(kept.content(), content_type=kept.media_type if inline else UNKNOWN)
    response["Content-Disposition"] = content_disposition_header(not inline, kept.name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires(Permission.EVIDENCE_READ)
@require_safe
@never_cache
def package(request: HttpRequest, key: str, evidence_key: str) -> HttpResponse:
    item = found(visible_case(request, key), evidence_key)
    made = export(evidence=item, by=reader(request).actor)
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
