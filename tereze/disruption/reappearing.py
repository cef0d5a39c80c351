"""Finding again what was removed: when a page was captured, and when anybody names an address."""

from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.actions.drafting import NoPartnerError, bases_of
from tereze.disruption.kinds import LOOKED_AT
from tereze.disruption.models import Request, RequestLink, Snapshot, State
from tereze.disruption.reads import address_of, gone_sharing
from tereze.disruption.recognition import NotAnAddressError, Target, target_of
from tereze.disruption.resemblance import matches
from tereze.linking.models import Sighting


OVERLAP = 200  # sightings that are read again: another transaction may have come later
BACKWARDS = 2_000  # after a start
AT_ONCE = 1_000
seen_up_to: dict[str, int] = {}


@due.handler(Snapshot, lane="likeness")
def compare(snapshot: Snapshot) -> None:
    """Right after a capture: who else shows these photos, this number, these words?"""
    actions.keep_traits(snapshot=snapshot)
    actions.recognise(snapshot=snapshot, found=matches(snapshot))


@due.every(15, name="reappearances")
def follow_sightings() -> None:
    """Residents and watched chats name adverts: one that was removed is looked at at once, one that
    shares a number with a removed one gets a draft. Safe to repeat."""
    rows = Sighting.objects.filter(
        indicator__type__in=["listing", "url"],
        indicator__hub=False,
        subject_kind__in=["report", "message"],
        pk__gt=start(),
    )
    for sighting in rows.select_related("indicator", "unit").order_by("pk")[:AT_ONCE]:
        follow(sighting)
        seen_up_to["sighting"] = max(seen_up_to.get("sighting", 0), sighting.pk)


def start() -> int:
    if "sighting" in seen_up_to:
        return max(0, seen_up_to["sighting"] - OVERLAP)
    newest = Sighting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return max(0, newest - BACKWARDS)


def follow(sighting: Sighting) -> None:
    try:
        target = target_of(address_of(sighting.indicator), bases_of(sighting.unit))
    except (NotAnAddressError, KeyError):
        return
    if not target.platform:
        return
    link = (sighting.subject_kind, sighting.subject_key)
    last = last_about(sighting, target)
    try:
        if last is not None:
            seen_again(sighting, last, link)
        elif target.kind == "remove_listing":
            named_anew(sighting, target, link)
    except (NoPartnerError, ValueError):
        return  # nobody to ask about it: the report's own page says so


def last_about(sighting: Sighting, target: Target) -> Request | None:
    same = {"listing": target.listing} if target.listing else {"address": target.address}
    rows = Request.objects.filter(unit=sighting.unit, kind__in=LOOKED_AT, **same)
    return rows.order_by("-created_at").first()


def seen_again(sighting: Sighting, last: Request, link: tuple[str, str]) -> None:
    """The very advert that was removed is named once more."""
    if last.overturned_at or last.gone_at is None or sighting.at < last.gone_at or has(last, link):
        return
    if last.state == State.VERIFIED:
        actions.look_again(request=last, links=[link])
    elif last.state == State.CLOSED:
        actions.draft_again(gone=[last], url=last.address, links=[link], how=["address"])


def named_anew(sighting: Sighting, target: Target, link: tuple[str, str]) -> None:
    """An advert nobody asked about yet, named together with a number of one that was removed."""
    gone = [
        request
        for request in gone_sharing(*link, sighting.unit)
        if request.gone_at and request.gone_at < sighting.at and request.kind in LOOKED_AT
    ]
    if gone and sighting.at <= now():
        actions.draft_again(gone=gone[:3], url=target.address, links=[link], how=["phone"])


def has(request: Request, link: tuple[str, str]) -> bool:
    return RequestLink.objects.filter(request=request, kind=link[0], key=link[1]).exists()
