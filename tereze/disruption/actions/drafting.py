"""From an address to a draft that waits for its capture."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from tereze.accounts.models import Unit
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import public_id
from tereze.detection.typology import GROUNDS
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Capture, Lookout, Partner, Request, RequestLink, State
from tereze.disruption.models.request import OPEN
from tereze.disruption.needs import numbers_from
from tereze.disruption.recognition import Bases, Target, target_of
from tereze.disruption.redaction import redact
from tereze.disruption.reporters import own_of
from tereze.disruption.transitions import move


LONGEST_REASON = 2000
LONGEST_BATCH = 500
Link = tuple[str, str]  # (report | case | series, public id)


@dataclass(frozen=True)
class Drafted:
    request: Request
    merged: bool  # into one that was already there


@dataclass(frozen=True)
class Batch:
    key: str
    drafted: list[Request]
    merged: list[Request]
    refused: list[tuple[str, str]]  # the line, and why: address | partner


class NoPartnerError(Exception):
    """Nobody is registered whom one could ask about this address."""


def bases_of(unit: Unit) -> Bases:
    return {
        partner.platform: partner.bases
        for partner in Partner.objects.of(unit).exclude(platform="")
        if partner.bases
    }


def partner_for(unit: Unit, target: Target, kind: str) -> Partner:
    """Whose page it is; else the only one who can do such a thing, as the regulator restricts."""
    owner = owner_of(unit, target)
    if owner is not None and grounds_for(kind, owner):
        return owner
    able = [row for row in Partner.objects.of(unit) if grounds_for(kind, row)]
    if len(able) != 1:
        raise NoPartnerError(target.address)
    return able[0]


def owner_of(unit: Unit, target: Target) -> Partner | None:
    """By the plug-in that reads its pages; a network without one goes by the partner's own name."""
    if not target.platform:
        return None
    own = Q(platform=target.platform) | Q(slug=target.platform)
    return Partner.objects.of(unit).filter(own).order_by("-platform").first()


def grounds_for(kind: str, partner: Partner) -> list[str]:
    """The legal grounds that carry this kind of request to this kind of partner, best first."""
    return [
        ground.slug
        for carried in KINDS[kind].grounds
        for ground in GROUNDS.values()
        if ground.kind == carried and partner.kind in ground.partner_kinds
    ]


@transaction.atomic
def draft_request(
    *,
    unit: Unit,
    url: str,
    reason: str,
    by: Actor,
    kind: str = "remove_listing",
    partner: Partner | None = None,
    ground: str = "",
    part: str = "",
    links: Iterable[Link] = (),
    user: Any = None,
    batch: str = "",
) -> Drafted:
    """Draft a request, or add to the one that is already open about the same page, or the same
    `part` of it: a comment, by the name that stands behind the `#` of its address.

    Raises NotAnAddressError for a text that is no address, NoPartnerError where nobody is known.
    """
    target = target_of(url, bases_of(unit))
    if part:
        target = replace(target, address=f"{target.address}#{part}"[:2000], listing="")
    partner = partner or partner_for(unit, target, kind)
    fitting = grounds_for(kind, partner)
    if not fitting:
        raise NoPartnerError(f"{partner}: {kind}")
    # the partner's row is the lock: two officers pasting one address make one request
    Partner.objects.select_for_update().get(pk=partner.pk)
    links = list(links)
    existing = already_there(unit, partner, kind, target)
    if existing is not None:
        add_to(existing, links, by=by)
        return Drafted(existing, merged=True)
    request = Request.objects.create(
        unit=unit,
        partner=partner,
        kind=kind,
        url=url.strip()[:2000],
        address=target.address,
        listing=target.listing,
        ground=ground if ground in fitting else fitting[0],
        reason=redact(reason, own_of(unit, links)).strip()[:LONGEST_REASON],
        created_by=user,
        batch=batch,
        **numbers_from(unit, links),
    )
    connect(request, links)
    Capture.objects.create(request=request, next_action_at=now())
    move(request, "drafted", by=by)
    return Drafted(request, merged=False)


def already_there(unit: Unit, partner: Partner, kind: str, target: Target) -> Request | None:
    same = {"listing": target.listing} if target.listing else {"address": target.address}
    return (
        Request.objects.filter(unit=unit, partner=partner, kind=kind, **same)
        .filter(state__in=[*OPEN, State.VERIFIED])
        .order_by("-created_at")
        .first()
    )


def add_to(request: Request, links: list[Link], *, by: Actor) -> None:
    """One more asks for it. If it was gone already, somebody may have seen it back: look now."""
    connect(request, links)
    move(request, "merged", by=by, asked=F("asked") + 1)
    request.refresh_from_db(fields=["asked"])
    if request.state == State.VERIFIED:
        Lookout.objects.filter(request=request).update(next_action_at=now())


def connect(request: Request, links: Iterable[Link]) -> None:
    RequestLink.objects.bulk_create(
        [RequestLink(request=request, kind=kind, key=key) for kind, key in links],
        ignore_conflicts=True,
    )


def draft_many(*, unit: Unit, text: str, by: Actor, **fields: Any) -> Batch:
    """A pasted list, one address a line or inside sentences; each is a transaction of its own."""
    batch = Batch(public_id(), [], [], [])
    for line in addresses_in(text)[:LONGEST_BATCH]:
        try:
            done = draft_request(unit=unit, url=line, by=by, batch=batch.key, **fields)
        except NoPartnerError:
            batch.refused.append((line, "partner"))
        except ValueError:
            batch.refused.append((line, "address"))
        else:
            (batch.merged if done.merged else batch.drafted).append(done.request)
    return batch


def addresses_in(text: str) -> list[str]:
    """Lines that are one word are taken whole; from sentences only what looks like an address."""
    found: list[str] = []
    for line in text.splitlines():
        words = line.split()
        found += words if len(words) == 1 else [word for word in words if like_address(word)]
    return list(dict.fromkeys(found))


def like_address(word: str) -> bool:
    plain = word.strip("<>«»\"'()[],;.").lower()
    return "://" in plain or plain.startswith("www.") or ("." in plain and "/" in plain.rstrip("/"))
