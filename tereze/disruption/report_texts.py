"""Residents paste an advert's own words into their reports: by them it finds those reports, also
where nobody wrote a number or an address down."""

from datetime import timedelta

from tereze.core.clock import now
from tereze.disruption.likeness import pieces_of, quotes
from tereze.disruption.models import Request, Snapshot
from tereze.intake.models import Report


BACK = timedelta(days=90)
MOST = 5_000  # reports, the newest ones


def reports_quoting(request: Request) -> set[str]:
    """Reports of the city whose story holds most of this advert's text."""
    read = Snapshot.objects.filter(request=request).exclude(text="").order_by("-at", "-pk")
    pieces = pieces_of(read.values_list("text", flat=True).first() or "")
    if not pieces:
        return set()
    told = Report.objects.filter(unit=request.unit, received_at__gte=now() - BACK)
    rows = told.order_by("-received_at").values_list("public_id", "masked_text")[:MOST]
    return {key for key, text in rows.iterator(chunk_size=500) if quotes(text, pieces)}
