"""Requests about no page: the filled form itself is sealed, and is what leaves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tereze.accounts.models import Unit
from tereze.casework.actions import Part, StoredPart, store_parts
from tereze.casework.models import Evidence
from tereze.core import outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.capturing import seal_capture
from tereze.disruption.actions.drafting import (
    LONGEST_REASON,
    Drafted,
    Link,
    NoPartnerError,
    add_to,
    connect,
    grounds_for,
)
from tereze.disruption.forms import details
from tereze.disruption.models import Partner, Request
from tereze.disruption.models.request import OPEN
from tereze.disruption.needs import numbers_from
from tereze.disruption.redaction import redact
from tereze.disruption.reporters import own_of
from tereze.disruption.transitions import move


STORIES = ("done", "why")  # told in free words; the other fields name what is asked about


def as_it_leaves(form: Mapping[str, str], unit: Unit, links: Iterable[Link]) -> dict[str, str]:
    """The form without what belongs to the people who reported. Comes before it is sealed."""
    own = own_of(unit, links)
    return {name: redact(text, own) if name in STORIES else text for name, text in form.items()}


def store_form(form: Mapping[str, str]) -> list[StoredPart]:
    """The form as a file in the vault. Comes before the action: no file work in a transaction."""
    outgoing.outside_transaction()
    content = json.dumps(dict(form), ensure_ascii=False, indent=2, sort_keys=True).encode()
    return store_parts([Part("form.json", "application/json", content, outgoing=True)])


@transaction.atomic
def register_form(
    *,
    partner: Partner,
    kind: str,
    form: Mapping[str, str],
    files: Sequence[StoredPart],
    reason: str,
    links: Sequence[Link],
    by: Actor,
    user: Any = None,
    ground: str = "",
    money_left_at: datetime | None = None,
) -> Drafted:
    """Draft a request from a clean form (`details.stored`), sealed at once: it waits to be signed.

    Raises NoPartnerError where no ground carries such a request to this partner.
    """
    fitting = grounds_for(kind, partner)
    if not fitting:
        raise NoPartnerError(f"{partner}: {kind}")
    # the partner's row is the lock, as for pages
    Partner.objects.select_for_update().get(pk=partner.pk)
    shown = details.about(kind, form)
    existing = already_asked(partner, kind, shown, links)
    if existing is not None:
        add_to(existing, list(links), by=by)
        return Drafted(existing, merged=True)
    request = Request.objects.create(
        unit=partner.unit,
        partner=partner,
        kind=kind,
        address=shown,
        form=dict(form),
        ground=ground if ground in fitting else fitting[0],
        reason=redact(reason, own_of(partner.unit, links)).strip()[:LONGEST_REASON],
        created_by=user,
        money_left_at=money_left_at,
        **numbers_from(partner.unit, links),
    )
    connect(request, links)
    move(request, "drafted", by=by)
    seal_capture(
        request=request, files=files, seen_at=now(), facts={}, by=by, kind=Evidence.Kind.FORM
    )
    return Drafted(request, merged=False)


def already_asked(partner: Partner, kind: str, shown: str, links: Sequence[Link]) -> Request | None:
    """The same number or account asked about already; of money, the same report's transfer."""
    rows = Request.objects.filter(partner=partner, kind=kind, state__in=OPEN)
    if kind != "hold_money":
        return rows.filter(address=shown).order_by("-created_at").first()
    reports = [key for link, key in links if link == "report"]
    return rows.filter(links__kind="report", links__key__in=reports).first() if reports else None


@transaction.atomic
def fill_form(
    *, request: Request, form: Mapping[str, str], files: Sequence[StoredPart], by: Actor
) -> None:
    """An officer fills in what the machine could not know; the new form is sealed beside the old."""
    seal_capture(
        request=request, files=files, seen_at=now(), facts={}, by=by, kind=Evidence.Kind.FORM
    )
    Request.objects.filter(pk=request.pk).update(
        form=dict(form), address=details.about(request.kind, form)
    )
    request.refresh_from_db()
