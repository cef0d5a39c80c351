"""What a partner tells us unasked. It changes no request by itself: we go and look."""

from django.db import transaction

from tereze import live
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.actions.looking import look_now
from tereze.disruption.models import Partner, PartnerNotice, Request, State
from tereze.disruption.recognition import target_of
from tereze.disruption.transitions import lawful


@transaction.atomic
def take_notice(
    *, partner: Partner, kind: str, url: str, text: str, by: Actor, who: str = ""
) -> PartnerNotice:
    """ "We removed this ourselves", "we saw this seller again". Raises NotAnAddressError."""
    target = target_of(url, bases_of(partner.unit))
    same = {"listing": target.listing} if target.listing else {"address": target.address}
    request = (
        Request.objects.filter(partner=partner, delivered_at__isnull=False, **same)
        .exclude(state=State.CLOSED)
        .order_by("-created_at")
        .first()
    )
    notice = PartnerNotice.objects.create(
        partner=partner,
        kind=kind,
        address=target.address,
        listing=target.listing,
        text=text,
        author=(who or by.name)[:200],
        request=request,
    )
    record(f"partner_notice.{kind}", target=partner, by=by, detail={"notice": notice.public_id})
    if request is not None and request.kind_of.looked_at and lawful("look_asked", request.state):
        look_now(request=request, by=by)
    live.publish("requests")
    return notice
