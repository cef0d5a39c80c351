"""The page is fixed as evidence before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tereze.casework.actions import StoredPart, seal_evidence
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.models import Capture, Photo, Request, Snapshot, State
from tereze.disruption.platforms import Listing
from tereze.disruption.transitions import move
from tereze.indicators import Indicator
from tereze.linking.actions import Subject, record_sightings


@dataclass(frozen=True)
class ReadPage:
    """What was read on the page, from all vantages: kept as rows beside the evidence."""

    listing: Listing
    photos: Sequence[Mapping[str, Any]] = ()
    differences: Sequence[Mapping[str, str]] = ()


@transaction.atomic
def seal_capture(
    *,
    request: Request,
    files: Sequence[StoredPart],
    seen_at: datetime,
    facts: dict[str, Any],
    by: Actor,
    title: str = "",
    seen_phrases: Sequence[str] = (),
    found: Sequence[Indicator] = (),
    seconds: float | None = None,
    kind: str = Evidence.Kind.CAPTURE,
    read: ReadPage | None = None,
) -> None:
    """Seal what was seen; the request may be approved from now on."""
    evidence = seal_evidence(
        unit=request.unit,
        files=files,
        kind=kind,
        origin=request.address,
        by=by,
        seen_at=seen_at,
        subject=("request", request.public_id),
        facts=facts,
    )
    move(
        request,
        "captured" if request.state == State.DRAFTED else "recaptured",
        by=by,
        evidence=evidence,
        captured_at=now(),
        title=title[:300],
        seen_phrases=list(seen_phrases),
    )
    # the step above shows the evidence; here the request itself points to it
    Request.objects.filter(pk=request.pk).update(evidence=evidence)
    request.evidence = evidence
    if read is not None:
        keep_reading(request, evidence, read)
    if found:
        subject = Subject("listing", request.listing or request.address, seen_at)
        record_sightings(unit=request.unit, subject=subject, found=found, by=by)
    Capture.objects.filter(request=request).update(
        state=Capture.State.DONE, why="", next_action_at=None, seconds=seconds
    )


def keep_reading(request: Request, evidence: Evidence, read: ReadPage) -> None:
    listing = read.listing
    snapshot = Snapshot.objects.create(
        unit=request.unit,
        request=request,
        evidence=evidence,
        at=evidence.seen_at,
        platform=request.partner.platform,
        listing=request.listing,
        address=request.address,
        title=listing.title[:300],
        price=listing.price,
        currency=listing.currency,
        seller=listing.seller[:200],
        seller_key=listing.seller_key[:200],
        phones=list(listing.phones),
        text=listing.text[:20_000],
        differences=[dict(difference) for difference in read.differences],
    )
    Photo.objects.bulk_create(Photo(snapshot=snapshot, **photo) for photo in read.photos)


@transaction.atomic
def capture_needs_person(*, request: Request, why: str, by: Actor) -> None:
    """The machine cannot take this picture: no browser, a robot check, a log-in page."""
    Capture.objects.filter(request=request).update(
        state=Capture.State.NEEDS_PERSON, why=why, next_action_at=None
    )
    move(request, "needs_capture", by=by, note=why)


@transaction.atomic
def capture_again(*, request: Request, by: Actor) -> None:
    Capture.objects.filter(request=request).exclude(state=Capture.State.DONE).update(
        state=Capture.State.WAITING, why="", next_action_at=now(), tries=0
    )
    move(request, "capture_asked", by=by)


def attach_screenshot(
    *, request: Request, files: Sequence[StoredPart], by: Actor, seen_at: datetime | None = None
) -> None:
    """An officer's own picture stands in for the machine's. Call `store_parts` first."""
    seal_capture(
        request=request,
        files=files,
        seen_at=seen_at or now(),
        facts={"taken_by": "officer"},
        by=by,
        kind=Evidence.Kind.SCREENSHOT,
    )
