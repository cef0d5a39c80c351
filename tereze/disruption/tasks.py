"""What the worker does for requests. Nothing here holds a transaction while it looks or sends."""

from datetime import timedelta

from django.db import transaction

from tereze.casework.actions import store_parts
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions, seeing
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.channels.email import receiving, sending
from tereze.disruption.models import Capture, Lookout, Request, State
from tereze.disruption.platforms import platform
from tereze.disruption.verification import (
    Asked,
    Outcome,
    Verdict,
    gone_phrases,
    judge,
    look_at,
    phrases_in,
)
from tereze.indicators import extract


__all__ = ["receiving", "sending"]  # register the letters, both ways
BROWSER = Actor.machine("capture")
LOOKS = Actor.machine("looks")
TRIES = 3
LEASE = timedelta(minutes=2)  # longer than both looks together can take


def asked_about(request: Request) -> Asked:
    return Asked(
        address=request.address,
        platform=platform(request.partner.platform),
        listing=request.listing,
        bases=bases_of(request.unit),
        seen_phrases=frozenset(request.seen_phrases),
    )


@due.handler(Request)
def deadlines(request: Request) -> None:
    actions.check_deadlines(request=request)


@due.handler(Capture, lane="browser", lease=LEASE)
def capture(row: Capture) -> None:
    request = row.request
    if request.state != State.DRAFTED:
        return
    try:
        view = seeing.by_browser(request.address)
    except seeing.NoBrowserError:
        actions.capture_needs_person(request=request, why="no_browser", by=BROWSER)
        return
    verdict = look_at(asked_about(request), view.seen)
    if verdict.outcome is Outcome.COULD_NOT_LOOK:
        not_yet(row, request, verdict)
        return
    seen = view.seen.page
    files = store_parts(view.parts())
    actions.seal_capture(
        request=request,
        files=files,
        seen_at=view.at,
        facts={**view.facts(), "outcome": verdict.outcome, "why": verdict.why},
        by=BROWSER,
        title=seen.main[0] if seen.main else seen.title,
        seen_phrases=sorted(phrases_in(seen, gone_phrases(platform(request.partner.platform))))
        if verdict.outcome is Outcome.THERE
        else (),
        found=extract(f"{seen.title}\n{seen.text}"[:50_000]),
        seconds=view.seconds,
    )


def not_yet(row: Capture, request: Request, verdict: Verdict) -> None:
    """Try a few times: a slow site may answer; a robot check will not, and a person takes over."""
    if row.tries + 1 >= TRIES or verdict.why in {"challenge", "login", "forbidden", "refused"}:
        actions.capture_needs_person(request=request, why=verdict.why, by=BROWSER)
        return
    Capture.objects.filter(pk=row.pk).update(
        tries=row.tries + 1, why=verdict.why, next_action_at=now() + due.pause(row.tries + 1)
    )


@due.handler(Lookout, lane="browser", lease=LEASE)
def look(lookout: Lookout) -> None:
    request = lookout.request
    asked = asked_about(request)
    by_http = seeing.by_http(request.address)
    try:
        view = seeing.by_browser(request.address)
    except seeing.NoBrowserError:
        view = None
    verdict = judge(asked, by_http, view.seen if view else None)
    decides = actions.event_for(request, lookout, verdict.outcome)
    files = store_parts(view.parts()) if view and decides else []
    with transaction.atomic():
        # the partner may have answered while we looked
        lookout = Lookout.objects.select_for_update().get(pk=lookout.pk)
        request.refresh_from_db()
        actions.record_look(
            request=request,
            lookout=lookout,
            verdict=verdict,
            by=LOOKS,
            by_http=str(look_at(asked, by_http)),
            by_browser=str(look_at(asked, view.seen)) if view else "",
            files=files,
        )
