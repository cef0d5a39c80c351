from typing import Any

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.live import publish
from tereze.prevention.models import PublicWarning
from tereze.prevention.models.warning import WarningState


@transaction.atomic
def write_warning(
    *, texts: dict[str, Any], by: User, warning: PublicWarning | None = None
) -> PublicWarning:
    """A new draft, or a change of one; what is published changes at once, and the journal says so."""
    row = warning or PublicWarning(unit=by.unit, created_by=by)
    for field in FIELDS:
        setattr(row, field, texts.get(field, ""))
    row.save()
    record("warning.changed" if warning else "warning.written", target=row, by=by.actor)
    publish("warnings")
    return row


@transaction.atomic
def publish_warning(*, warning: PublicWarning, by: User) -> None:
    warning.state = WarningState.PUBLISHED
    warning.published_at, warning.published_by = now(), by
    warning.withdrawn_at = warning.withdrawn_by = None
    warning.save()
    record("warning.published", target=warning, by=by.actor, detail={"scheme": warning.scheme})
    publish("warnings")


@transaction.atomic
def withdraw_warning(*, warning: PublicWarning, by: User) -> None:
    warning.state = WarningState.WITHDRAWN
    warning.withdrawn_at, warning.withdrawn_by = now(), by
    warning.save()
    record("warning.withdrawn", target=warning, by=by.actor)
    publish("warnings")


FIELDS = ("scheme", "title_ru", "title_kk", "title_en", "body_ru", "body_kk", "body_en")
