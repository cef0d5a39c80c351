"""What our own looks change."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tereze.casework.actions import StoredPart, seal_evidence
from tereze.casework.models import Evidence
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption.actions.delivery import LOOK_WHILE_OPEN
from tereze.disruption.actions.drafting import connect
from tereze.disruption.agreed import clocks_from, clocks_resumed
from tereze.disruption.channels import CHANNELS
from tereze.disruption.models import Look, Lookout, Request, State
from tereze.disruption.models.request import GONE, WITH_PARTNER
from tereze.disruption.transitions import move
from tereze.disruption.verification import Outcome, Verdict


AFTER_ANSWER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
DAILY = timedelta(days=1)
TERM = timedelta(days=30)
BY = Actor.machine("looks")


def waits_for_look(request: Request) -> bool:
    """They say it is gone; nobody but us may say so for good."""
    said_gone = request.state == State.ANSWERED and request.answer in GONE
    return said_gone or request.state == State.COULD_NOT_LOOK


def event_for(request: Request, lookout: Lookout, outcome: str) -> str:
    """Which step, if any, this look means for the request in its present state."""
    if request.state == State.CLOSED:
        return ""
    if outcome == Outcome.GONE:
        return "" if request.state == State.VERIFIED else "seen_gone"
    if outcome == Outcome.THERE:
        if request.state == State.VERIFIED:
            return "came_back"
        # right after the answer a page may still be on its way out: the first look decides nothing
        return "still_there" if waits_for_look(request) and lookout.looks > 0 else ""
    return "could_not_look" if request.state == State.ANSWERED and waits_for_look(request) else ""


@transaction.atomic
def record_look(
    *,
    request: Request,
    lookout: Lookout,
    verdict: Verdict,
    by: Actor,
    vantages: Sequence[dict[str, str]] = (),
    photos: dict[str, int] | None = None,
    files: Sequence[StoredPart] = (),
    at: datetime | None = None,
) -> str:
    """Write the look down and take the step it means. Returns the event, or nothing."""
    at = at or now()
    event = event_for(request, lookout, verdict.outcome)
    evidence = seal_look(request, verdict, files, at, by) if event and files else None
    Look.objects.create(
        request=request,
        at=at,
        outcome=verdict.outcome,
        why=verdict.why,
        by_http=said_by("http", vantages),
        by_browser=said_by("browser", vantages),
        vantages=list(vantages),
        photos=photos or {},
        evidence=evidence,
    )
    if event:
        take(request, event, verdict, evidence, at, by)
    keep_watch(lookout, verdict, vantages, at)
    plan_next(request, lookout, event, at)
    return event


def said_by(vantage: str, rows: Sequence[dict[str, str]]) -> str:
    """«404 not_found» of that vantage."""
    return next((f"{r['detail']} {r['why']}".strip() for r in rows if r["vantage"] == vantage), "")


def keep_watch(
    lookout: Lookout, verdict: Verdict, vantages: Sequence[dict[str, str]], at: datetime
) -> None:
    """How long we have not been let in, and when all vantages were last used."""
    is_blind = verdict.outcome is Outcome.COULD_NOT_LOOK
    is_full = any(row["vantage"].startswith("browser") for row in vantages)
    Lookout.objects.filter(pk=lookout.pk).update(
        asked=False,
        blind=lookout.blind + 1 if is_blind else 0,
        full_at=at if is_full else lookout.full_at or at,
    )


def seal_look(
    request: Request, verdict: Verdict, files: Sequence[StoredPart], at: datetime, by: Actor
) -> Evidence:
    return seal_evidence(
        unit=request.unit,
        files=files,
        kind=Evidence.Kind.LOOK,
        origin=request.address,
        by=by,
        seen_at=at,
        subject=("request", request.public_id),
        facts={"outcome": str(verdict.outcome), "why": verdict.why},
    )


def take(
    request: Request,
    event: str,
    verdict: Verdict,
    evidence: Evidence | None,
    at: datetime,
    by: Actor,
) -> None:
    note = str(verdict)
    if event == "could_not_look":
        move(request, event, by=by, note=note, evidence=evidence)
        return
    if event == "seen_gone":
        first = request.gone_at or at
        move(
            request, event, by=by, note=note, evidence=evidence, gone_at=first, next_action_at=None
        )
        return
    # back again: the partner's clocks start anew; still there: it was not done, so they go on
    if event == "came_back":
        clocks = {"reopened_at": at, **clocks_from(request, at)}
    else:
        clocks = clocks_resumed(request, at)
    move(request, event, by=by, note=note, evidence=evidence, **clocks)
    CHANNELS[request.partner.channel].bring_back(request, by)


def plan_next(request: Request, lookout: Lookout, event: str, at: datetime) -> None:
    """When to look again: after "gone" at once, at 1, 10 and 60 minutes, then daily for thirty days."""
    if request.state in WITH_PARTNER:
        since, done, following = at, 0, at + LOOK_WHILE_OPEN
    else:
        # gone without a word from them: the series begins with this very look
        unasked = event == "seen_gone" and request.answer not in GONE
        since = at if unasked else lookout.since
        done = 1 if unasked else lookout.looks + 1
        later = since + AFTER_ANSWER[done] if done < len(AFTER_ANSWER) else at + DAILY
        following = max(later, at)
    over = at >= since + TERM
    Lookout.objects.filter(pk=lookout.pk).update(
        since=since, looks=done, next_action_at=None if over else following
    )
    if over and request.state == State.VERIFIED:
        move(request, "closed", by=BY, note="term_over", closed_at=at, next_action_at=None)


@transaction.atomic
def person_looked(
    *, request: Request, gone: bool, files: Sequence[StoredPart], by: Actor, note: str = ""
) -> None:
    """An officer looked where the machine could not; their picture is the proof."""
    lookout, _made = Lookout.objects.get_or_create(request=request)
    lookout.looks = max(lookout.looks, 1)
    outcome = Outcome.GONE if gone else Outcome.THERE
    verdict = Verdict(outcome, "by_officer", note[:300])
    record_look(request=request, lookout=lookout, verdict=verdict, by=by, files=files)


@transaction.atomic
def look_again(*, request: Request, links: Sequence[tuple[str, str]], by: Actor = BY) -> None:
    """Somebody names what was gone: one more asks for it, and we look at once."""
    connect(request, links)
    move(request, "merged", by=by, asked=F("asked") + 1)
    request.refresh_from_db(fields=["asked"])
    Lookout.objects.filter(request=request).update(next_action_at=now(), asked=True)


@transaction.atomic
def look_now(*, request: Request, by: Actor) -> None:
    Lookout.objects.get_or_create(request=request)
    Lookout.objects.filter(request=request).update(next_action_at=now(), asked=True)
    move(request, "look_asked", by=by)
