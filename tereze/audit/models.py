from typing import Any

from django.db import models

from tereze.core.actor import Actor
from tereze.core.clock import now


class AuditEvent(models.Model):
    """One past fact. Holds no foreign keys, so nothing can delete it by cascade."""

    at = models.DateTimeField(default=now, db_index=True)
    kind = models.TextField(db_index=True)  # dotted, past: `report.registered`
    target = models.TextField(db_index=True)  # `intake.Report:2026-000123`
    actor_kind = models.TextField()
    actor_key = models.TextField(blank=True)
    actor_name = models.TextField(blank=True)
    unit = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    # set by the sealer once the row is committed
    position = models.PositiveBigIntegerField(null=True, unique=True)
    previous = models.TextField(blank=True)
    seal = models.TextField(blank=True)

    def __str__(self) -> str:
        return (
            f"{self.at:%Y-%m-%d %H:%M} {self.actor_kind}:{self.actor_key} {self.kind} {self.target}"
        )


class ChainHead(models.Model):
    """How far the chain goes. One row; a chain shorter than this was cut."""

    position = models.PositiveBigIntegerField(default=0)
    seal = models.TextField(blank=True)
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.position} {self.seal[:12]}"


def name_of(target: models.Model | str) -> str:
    if isinstance(target, str):
        return target
    return f"{target._meta.label}:{getattr(target, 'public_id', None) or target.pk}"


def record(
    kind: str,
    *,
    target: models.Model | str,
    by: Actor,
    unit: str | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write one fact, in the caller's transaction. `detail` never holds personal data."""
    if unit is None:
        unit = getattr(getattr(target, "unit", None), "slug", "")
    return AuditEvent.objects.create(
        kind=kind,
        target=name_of(target),
        actor_kind=by.kind,
        actor_key=by.key,
        actor_name=by.name,
        unit=unit,
        detail=detail or {},
    )
