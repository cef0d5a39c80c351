"""How often one host is visited, by all workers together, and when it is left alone for a while."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from tereze.disruption.models import HostPace
from tereze.disruption.verification import Outcome, Verdict


LONGEST_PAUSE = timedelta(hours=1)
FIRST_PAUSE = timedelta(minutes=1)
TOO_LONG = timedelta(minutes=2)  # to wait for a host that paused us, while a person waits for us
PATIENCE = 3  # failures in a row before a host is left alone
SILENT = {"timeout", "dns", "network", "server_error", "certificate"}


def host_of(address: str) -> str:
    return urlsplit(address).netloc.lower()


def standing_at(host: str) -> Q:
    """Rows whose request is about a page of this host."""
    starts = [f"{scheme}://{host}/" for scheme in ("https", "http")]
    return Q(request__address__startswith=starts[0]) | Q(request__address__startswith=starts[1])


def pace_for(asked: float | None) -> timedelta:
    """The platform's own wish can only slow us down."""
    return timedelta(seconds=max(settings.LOOK_PACE, asked or 0.0))


def take_turn(host: str, *, pace: timedelta, at: datetime) -> datetime | None:
    """None: go now. Otherwise the soonest moment at which it may be tried again."""
    HostPace.objects.get_or_create(host=host)
    rested = Q(last_at=None) | Q(last_at__lte=at - pace)
    awake = Q(paused_until=None) | Q(paused_until__lte=at)
    if HostPace.objects.filter(rested, awake, host=host).update(last_at=at):
        return None
    row = HostPace.objects.get(host=host)
    return max(at, (row.last_at or at) + pace, row.paused_until or at)


def give_turns(host: str, count: int, *, pace: timedelta, soonest: datetime) -> list[datetime]:
    """Moments one after the other, behind those already given: a thousand that wait do not all ask
    again at once."""
    given_until = HostPace.objects.values_list("given_until", flat=True).get(host=host)
    start = max(soonest, given_until or soonest)
    turns = [start + pace * number for number in range(count)]
    HostPace.objects.filter(host=host).update(given_until=start + pace * count)
    return turns


def paused(host: str, at: datetime) -> str:
    """Why we do not go there at present; empty where we do."""
    row = HostPace.objects.filter(host=host, paused_until__gt=at).first()
    return row.why if row else ""


def remember(host: str, verdict: Verdict, *, at: datetime, wait: float = 0.0) -> None:
    """A host that limits us, or is silent again and again, is left alone, longer each time."""
    if verdict.outcome is not Outcome.COULD_NOT_LOOK or verdict.why not in {"limited", *SILENT}:
        HostPace.objects.filter(host=host).exclude(failures=0).update(
            failures=0, paused_until=None, why=""
        )
        return
    row = HostPace.objects.get_or_create(host=host)[0]
    failures = row.failures + 1
    limited = verdict.why == "limited"
    pause = timedelta(0)
    if limited or failures >= PATIENCE:
        doubled = failures - 1 if limited else failures - PATIENCE
        pause = max(FIRST_PAUSE * 2 ** min(doubled, 6), timedelta(seconds=wait))
    HostPace.objects.filter(host=host).update(
        failures=failures,
        why=verdict.why,
        paused_until=at + min(pause, LONGEST_PAUSE) if pause else None,
    )


def asked_to_wait(headers: dict[str, str]) -> float:
    """Seconds from `Retry-After`; a date, or nonsense, is none."""
    given = next((v for name, v in headers.items() if name.lower() == "retry-after"), "")
    return float(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0.0
