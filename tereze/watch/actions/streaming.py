"""The last look at the stream, written down."""

from typing import Any

from django.db import transaction

from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.models import StreamState


@transaction.atomic
def note_stream(*, trouble: str, **facts: Any) -> None:
    """Numbers of a look that failed stay as they were: what waits still waits."""
    before = StreamState.objects.select_for_update().filter(pk=1).first()
    row = before or StreamState(pk=1)
    said = (row.trouble, row.dead)
    row.at, row.trouble = now(), trouble
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    if (row.trouble, row.dead) != said:
        publish("wall")
