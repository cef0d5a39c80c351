"""Money that has just left: the requests to hold it stand ready before the resident hangs up.

A report says that money left within the last day; within seconds there is a draft for the bank and
one for the anti-fraud centre, filled in from what the resident said. An officer checks and signs.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.forms import register_form, store_form
from tereze.disruption.forms.details import PAID_TO, stored
from tereze.disruption.models import Partner, RequestLink
from tereze.disruption.told import reason_in
from tereze.indicators import Indicator, extract
from tereze.intake.masking import contact_values, own_in
from tereze.intake.models import Loss, Report


BY = Actor.machine("urgent")
STILL_MOVING = timedelta(hours=24)
EVERY = 2.0  # seconds


@due.every(EVERY, name="money that has just left")
def draft_for_fresh_losses() -> None:
    for report in fresh_losses():
        draft_for(report, list(who_can_hold(report)))


def fresh_losses() -> QuerySet[Report]:
    """Reports of today whose money left within a day and for which nothing was drafted yet."""
    since = now() - STILL_MOVING
    asked = RequestLink.objects.filter(
        kind="report", key=OuterRef("public_id"), request__kind="hold_money"
    )
    moving = Q(money_left_at__gte=since) | Q(money_left_at=None)
    rows = Report.objects.filter(moving, loss=Loss.LOST, received_at__gte=since)
    return rows.filter(~Exists(asked)).select_related("unit").order_by("-received_at")[:20]


def who_can_hold(report: Report) -> Iterator[Partner]:
    """The bank from which it left, where we know that bank by name, and the anti-fraud centre."""
    partners = Partner.objects.of(report.unit)
    banks = list(partners.filter(kind=Partner.Kind.BANK).order_by("pk"))
    said = str(report.details.get("bank_from", "")).casefold()
    named = [bank for bank in banks if said and bank.name.casefold() in said]
    yield from (named or [bank for bank in banks if bank.slug == "banks"])[:1]
    yield from partners.filter(kind=Partner.Kind.ANTIFRAUD)[:1]


def draft_for(report: Report, partners: list[Partner]) -> None:
    """All of them or none: a report with one draft counts as drafted for."""
    left_at = report.money_left_at or report.received_at
    form = form_of(report, left_at)
    files = store_form(form)
    with transaction.atomic():
        for partner in partners:
            register_form(
                partner=partner,
                kind="hold_money",
                form=form,
                files=files,
                reason=reason_in(partner.language, [report]),
                links=[("report", report.public_id)],
                by=BY,
                money_left_at=left_at,
            )


def form_of(report: Report, left_at: datetime) -> dict[str, str]:
    receiver = receiver_of(report)
    return stored(
        {
            "left_at": left_at,
            "amount": report.amount,
            "bank": str(report.details.get("bank_from", ""))[:300],
            "to": receiver.value if receiver else "",
        }
    )


def receiver_of(report: Report) -> Indicator | None:
    """Where the money went: what stands in that field, else what the story names, never their own."""
    own = contact_values(str(report.reporter.get("contact", "")))
    for text in (str(report.details.get("money_to", "")), report.text):
        found = [item for item in extract(text) if item.type in PAID_TO]
        foreign = [i for i in found if i.value not in own and i.value not in own_in(text, found)]
        if foreign:
            return min(foreign, key=lambda item: PAID_TO.index(item.type))
    return None
