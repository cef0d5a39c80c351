"""What the worker does for requests. Nothing here holds a transaction while it looks or sends."""

from datetime import timedelta

from tereze.casework.actions import store_parts
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions, captures, glances, reappearing, seeing
from tereze.disruption.actions.capturing import ReadPage
from tereze.disruption.channels.email import receiving, sending
from tereze.disruption.looks import asked_about
from tereze.disruption.models import Capture, Request, State
from tereze.disruption.verification import Outcome, Verdict, gone_phrases, phrases_in
from tereze.disruption.webhooks import sending as webhook_sending
from tereze.disruption.webhooks import telling as webhook_telling
from tereze.indicators import extract


# they, and `looks`, register their own work
__all__ = ["reappearing", "receiving", "sending", "webhook_sending", "webhook_telling"]
BROWSER = Actor.machine("capture")
TRIES = 3
LEASE = timedelta(minutes=2)  # longer than both looks together can take


@due.handler(Request)
def deadlines(request: Request) -> None:
    actions.check_deadlines(request=request)


@due.handler(Capture, lane="browser", lease=LEASE)
def capture(row: Capture) -> None:
    request = row.request
    if request.state != State.DRAFTED:
        return
    asked = asked_about(request)
    try:
        secret = glances.secret_of(request.partner)
        taken = captures.take(request.address, asked.platform.slug, secret=secret)
    except seeing.NoBrowserError:
        actions.capture_needs_person(request=request, why="no_browser", by=BROWSER)
        return
    reading = captures.understand(taken, asked)
    if reading.verdict.outcome is Outcome.COULD_NOT_LOOK:
        not_yet(row, request, reading.verdict)
        return
    seen, listing = taken.view.seen.page, reading.listing
    numbers = " ".join(number for sight in reading.sights for number in sight.listing.phones)
    files = store_parts(captures.parts_of(taken, reading))
    actions.seal_capture(
        request=request,
        files=files,
        seen_at=taken.view.at,
        facts=captures.facts_of(taken, reading),
        by=BROWSER,
        title=listing.title or (seen.main[0] if seen.main else seen.title),
        seen_phrases=sorted(phrases_in(seen, gone_phrases(asked.platform)))
        if reading.verdict.outcome is Outcome.THERE
        else (),
        found=extract(f"{seen.title}\n{numbers}\n{seen.text}"[:50_000]),
        seconds=taken.view.seconds,
        read=ReadPage(listing, taken.photos, reading.differences),
    )


def not_yet(row: Capture, request: Request, verdict: Verdict) -> None:
    """Try a few times: a slow site may answer; a robot check will not, and a person takes over."""
    if row.tries + 1 >= TRIES or verdict.why in {
        "challenge",
        "login",
        "forbidden",
        "refused",
        "memory",
    }:
        actions.capture_needs_person(request=request, why=verdict.why, by=BROWSER)
        return
    Capture.objects.filter(pk=row.pk).update(
        tries=row.tries + 1, why=verdict.why, next_action_at=now() + due.pause(row.tries + 1)
    )
