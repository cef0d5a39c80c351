"""What /readyz and /metrics say of the journal."""

from datetime import timedelta

from tereze.audit import witness
from tereze.audit.chain import is_lost
from tereze.audit.models import AuditEvent
from tereze.core import gauges, readiness
from tereze.core.clock import now


PATIENCE = timedelta(minutes=1)


def journal() -> str:
    known = witness.recall()
    if known and is_lost(known):
        return "a link that was there is gone: run `tereze audit verify`"
    if AuditEvent.objects.filter(position=None, at__lt=now() - PATIENCE).exists():
        return "rows wait for their seal longer than a minute: is `tereze clock` running?"
    return "ok"


def unsealed() -> gauges.Values:
    return {"": AuditEvent.objects.filter(position=None).count()}


readiness.register("journal", journal)
gauges.register("tereze_journal_unsealed", "Rows of the journal that wait for a seal", unsealed)
