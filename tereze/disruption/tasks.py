"""What the worker does for requests. Nothing here holds a transaction while it looks or sends."""

from datetime import timedelta

from tereze.casework.actions import store_parts
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions, captures, glances, pace, reappearing, seeing
from tereze.disruption.actions.capturing import ReadPage
from tereze.disruption.channels.email import receiving, sending
from tereze.disruption.looks import asked_about
from tereze.disruption.models import Capture, Request, State
from tereze.disruption.verification import Asked, Outcome, Verdict, gone_phrases, phrases_in
from tereze.disruption.webhooks import sending as webhook_sending
from tereze.disruption.webhooks import telling as webhook_telling
from tereze.indicators import extract


# they, and `looks`, register their own work
__all__ = ["reappearing", "receiving", "sending", "webhook_sending", "webhook_telling"]
BROWSER = Actor.machine("capture")
TRIES = 3
LEASE = timedelta(minutes=2)  # longer than both looks together can take
GRASPING = {"memory", "hung"}  # its own scripts keep it from being taken: once more without them
HOPELESS = {"challenge", "login", "forbidden", "refused"}
TOGETHER = 300  # captures that get their turns in one go


@due.handler(Request)
def deadlines(request: Request) -> None:
    actions.check_deadlines(request=request)


@due.handler(Capture, lane="browser", lease=LEASE)
def capture(row: Capture) -> None:
    request = row.request
    if request.state != State.DRAFTED:
        return
    asked = asked_about(request)
    if waits_for_turn(row, asked):
        return
    try:
        secret = glances.secret_of(request.partner)
        scripts = row.why not in GRASPING
        taken = captures.take(request.address, asked.platform.slug, secret=secret, scripts=scripts)
    except seeing.NoBrowserError:
        actions.capture_needs_person(request=request, why="no_browser", by=BROWSER)
        return
    reading = captures.understand(taken, asked)
    wait = pace.asked_to_wait(taken.view.seen.headers)
    pace.remember(pace.host_of(request.address), reading.verdict, at=now(), wait=wait)
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


def waits_for_turn(row: Capture, asked: Asked) -> bool:
    """A pasted list does not storm a host: its captures and our looks share the host's pace, and
    what comes in between is taken before those whose turn is later."""
    host, between = pace.host_of(asked.address), pace.pace_for(asked.platform.pace)
    soonest = pace.take_turn(host, pace=between, at=now())
    if soonest is None:
        return False
    if (why := pace.paused(host, now())) and soonest > now() + pace.TOO_LONG:
        actions.capture_needs_person(request=row.request, why=why, by=BROWSER)
        return True
    waiting = Capture.objects.filter(pace.standing_at(host), next_action_at__lte=now())
    others = waiting.filter(lease_until=None).exclude(pk=row.pk).order_by("next_action_at", "pk")
    rows = [row, *others.only("pk")[: TOGETHER - 1]]
    for number, each in enumerate(rows):
        each.next_action_at = soonest + between * number
    Capture.objects.bulk_update(rows, ["next_action_at"], batch_size=TOGETHER)
    return True


def not_yet(row: Capture, request: Request, verdict: Verdict) -> None:
    """Try a few times: a slow site may answer; a robot check will not, and a person takes over."""
    hopeless = verdict.why in HOPELESS or (verdict.why in GRASPING and row.why in GRASPING)
    if row.tries + 1 >= TRIES or hopeless:
        actions.capture_needs_person(request=request, why=verdict.why, by=BROWSER)
        return
    Capture.objects.filter(pk=row.pk).update(
        tries=row.tries + 1, why=verdict.why, next_action_at=now() + due.pause(row.tries + 1)
    )
