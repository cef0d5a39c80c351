from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tereze.audit.labels import LABELS, label_of
from tereze.audit.models import AuditEvent
from tereze.core.access import requires


@requires("audit.read")
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """The journal of the reader's unit, newest first."""
    slug = request.user.unit.slug  # type: ignore[union-attr] # whoever holds audit.read has a unit
    found = AuditEvent.objects.filter(unit__in=[slug, ""]).order_by("-at", "-pk")
    if kind := request.GET.get("kind", ""):
        found = found.filter(kind=kind)
    if who := request.GET.get("who", "").strip():
        found = found.filter(actor_key=who)
    page = Paginator(found, 100).get_page(request.GET.get("page"))
    rows = [(event, label_of(event.kind)) for event in page]
    context = {
        "page": page,
        "rows": rows,
        "kinds": sorted(LABELS.items()),
        "kind": kind,
        "who": who,
    }
    return render(request, "audit/journal.html", context)
