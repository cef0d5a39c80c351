from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.live import publish
from tereze.prevention.drafting import draft_for
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


def propose_warning(*, scheme: str, by: User) -> PublicWarning | None:
    """A draft from the typology, once: what was written or published of the scheme lately will do."""
    texts = draft_for(scheme)
    if not texts:
        return None
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=by.unit_id)  # two officers make one draft
        if lately := current_of(by.unit, scheme):
            return lately
        for language in ("ru", "kk", "en"):
            with translation.override(language):
                opening = _("Сейчас об этом пишут в чатах города.")
            texts[f"body_{language}"] = f"{opening} {texts[f'body_{language}']}"
        return write_warning(texts=texts, by=by)


def current_of(unit: Unit, scheme: str) -> PublicWarning | None:
    """The newest of the scheme that is a draft, or was published within the last two weeks."""
    rows = PublicWarning.objects.filter(unit=unit, scheme=scheme)
    current = Q(state=WarningState.DRAFT) | Q(
        state=WarningState.PUBLISHED, published_at__gte=now() - CURRENT
    )
    found: PublicWarning | None = rows.filter(current).order_by("-created_at").first()
    return found


CURRENT = timedelta(days=14)
FIELDS = ("scheme", "title_ru", "title_kk", "title_en", "body_ru", "body_kk", "body_en")
