"""Our own looks as the worker does them: light ones every day, all vantages where it matters."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from tereze.casework.actions import StoredPart, store_parts
from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions, glances, pace
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.actions.looking import waits_for_look
from tereze.disruption.glances import Glance
from tereze.disruption.models import Lookout, Photo, Request, State
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.platforms import platform
from tereze.disruption.verification import Asked, Outcome, Verdict, could_not, decide


LOOKS = Actor.machine("looks")
LEASE = timedelta(minutes=5)  # longer than two browsers that have to be killed, and the photos
BLIND = 3  # looks in a row that were not let in: a person has to look
SERIES = 4  # looks after an answer that use all vantages
THOROUGH = timedelta(days=7)  # who shows robots another page is found at the latest after this
TOGETHER = 300  # looks that get their turns in one go


def asked_about(request: Request) -> Asked:
    return Asked(
        address=request.address,
        platform=platform(request.partner.platform),
        listing=request.listing,
        bases=bases_of(request.unit),
        seen_phrases=frozenset(request.seen_phrases),
    )


# whoever knows better than a glance at the whole page, as of a comment whose page stays
PARTIAL: list[Callable[[Request], Verdict | None]] = []


@due.handler(Lookout, lane="looks", lease=LEASE)
def look(lookout: Lookout) -> None:
    request = lookout.request
    for look_at_part in PARTIAL:
        if (verdict := look_at_part(request)) is not None:
            finish(lookout, request, verdict, [])
            return
    at = now()
    asked = asked_about(request)
    host = pace.host_of(request.address)
    urgent = is_urgent(request, lookout)
    between = pace.pace_for(asked.platform.pace)
    soonest = pace.take_turn(host, pace=between, at=at)
    if soonest is not None and urgent:
        come_back(lookout, request, host, soonest)
        return
    if soonest is not None:
        line_up(lookout, host, soonest, between)
        return
    secret = glances.secret_of(request.partner)
    seen = all_glances(request, lookout, asked, secret)
    verdict = decide(glances.verdicts(seen))
    wait = max(pace.asked_to_wait(glance.seen.headers) for glance in seen)
    pace.remember(host, verdict, at=now(), wait=wait)
    finish(lookout, request, verdict, seen)


def is_urgent(request: Request, lookout: Lookout) -> bool:
    """Somebody waits for it: a partner has answered, or an officer pressed the key."""
    return lookout.asked or waits_for_look(request) or in_series(request, lookout)


def in_series(request: Request, lookout: Lookout) -> bool:
    """The looks at once and after 1, 10 and 60 minutes."""
    return request.state == State.VERIFIED and lookout.looks < SERIES


def come_back(lookout: Lookout, request: Request, host: str, soonest: datetime) -> None:
    """At the next free moment. Where a partner has answered and the host does not let us in for
    long, a person is told at once."""
    at = now()
    why = pace.paused(host, at)
    if why and waits_for_look(request) and soonest > at + pace.TOO_LONG:
        finish(lookout, request, could_not(why, ""), [])
        return
    Lookout.objects.filter(pk=lookout.pk).update(next_action_at=soonest)


def line_up(lookout: Lookout, host: str, soonest: datetime, between: timedelta) -> None:
    """This one and the others that wait for the same host get their turns in one go, so that an
    urgent look never stands behind a day's worth of them."""
    calm = Q(request__state=State.VERIFIED, looks__gte=SERIES) | Q(request__state__in=WITH_PARTNER)
    others = Lookout.objects.filter(
        pace.standing_at(host), calm, asked=False, lease_until=None, next_action_at__lte=now()
    ).exclude(pk=lookout.pk)
    rows = [lookout, *others.order_by("next_action_at").only("pk")[: TOGETHER - 1]]
    turns = pace.give_turns(host, len(rows), pace=between, soonest=soonest)
    for row, turn in zip(rows, turns, strict=True):
        row.next_action_at = turn
    Lookout.objects.bulk_update(rows, ["next_action_at"], batch_size=TOGETHER)


def all_glances(
    request: Request, lookout: Lookout, asked: Asked, secret: outgoing.Secret | None
) -> list[Glance]:
    """Plain HTTP first. The browser only where it can change or confirm something."""
    plain = glances.by_http(asked, secret)
    if not is_thorough(request, lookout) and says_what_we_know(request, plain):
        return plain
    # what a person would see tells the most, so it stands first
    return [*glances.by_browser(asked, secret), *plain]


def is_thorough(request: Request, lookout: Lookout) -> bool:
    if lookout.asked or waits_for_look(request) or in_series(request, lookout):
        return True
    return lookout.full_at is not None and lookout.full_at < now() - THOROUGH


def says_what_we_know(request: Request, plain: list[Glance]) -> bool:
    expected = Outcome.GONE if request.state == State.VERIFIED else Outcome.THERE
    return decide(glances.verdicts(plain)).outcome is expected


def finish(lookout: Lookout, request: Request, verdict: Verdict, seen: list[Glance]) -> None:
    view = next((glance.view for glance in seen if glance.view), None)
    decides = actions.event_for(request, lookout, verdict.outcome)
    files: list[StoredPart] = store_parts(view.parts()) if view and decides else []
    photos = {}
    if verdict.outcome is Outcome.GONE and is_thorough(request, lookout):
        photos = glances.photos_left(photos_of(request))
    with transaction.atomic():
        # the partner may have answered while we looked
        lookout = Lookout.objects.select_for_update().get(pk=lookout.pk)
        request.refresh_from_db()
        actions.record_look(
            request=request,
            lookout=lookout,
            verdict=verdict,
            by=LOOKS,
            vantages=[glance.as_row() for glance in seen],
            photos=photos,
            files=files,
        )


def photos_of(request: Request) -> list[str]:
    rows = Photo.objects.filter(snapshot__request=request).exclude(url="")
    latest = rows.order_by("-snapshot__at", "-snapshot").first()
    return (
        list(rows.filter(snapshot=latest.snapshot).values_list("url", flat=True)) if latest else []
    )
