"""How a stranger's site is visited: as robots.txt allows, one request at a time, not too often,
only for what has changed, under our own name.

The pace is shared by all processes and with the looks at adverts (`disruption.pace`); what a host
asked for by `Retry-After` holds for all of us.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.conf import settings

from tereze.core import outgoing
from tereze.core.clock import now
from tereze.disruption import pace
from tereze.disruption.verification import Outcome, Verdict, could_not, same_site
from tereze.indicators.alphabets import text_of
from tereze.watch.clocks import date_of
from tereze.watch.connectors.feeds import robots


LIMIT = 3 * 1024 * 1024
SECONDS = 20.0
REDIRECTS = 5
LONGEST_WAIT = timedelta(minutes=2)  # for our turn at a host; then we come again later
LONGEST_ASKED = 24 * 3600.0
SLOWEST = 60.0  # seconds of a Crawl-delay that we keep to
STATUSES = {401: "forbidden", 403: "forbidden", 404: "page_gone", 410: "page_gone", 451: "forbidden"}  # fmt: skip
FAILURES = {"refused": "private", "address": "address", "redirects": "redirects"}


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What is asked for, and how much of it. `is_aside`: it may lie on another site than the page,
    and that it cannot be had says nothing about the site. `spared`: the host whose pages are not left
    alone because a file on it hangs; anybody may name one in a comment."""

    accept: str = "text/html, application/rss+xml, application/atom+xml, */*;q=0.5"
    limit: int | None = None  # bytes
    longest_wait: timedelta = LONGEST_WAIT
    is_aside: bool = False
    spared: str = ""


PAGE = Errand()


class TroubleError(Exception):
    """Why nothing was read: a code that the wall puts into words. `wait`: seconds until it makes
    sense to come again, where somebody said so."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


@dataclass(frozen=True)
class Validators:
    """By what a site knows that we have seen this already."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Answer:
    url: str  # where the redirects ended
    headers: dict[str, str]
    body: bytes = b""
    encoding: str = "utf-8"
    unchanged: bool = False
    truncated: bool = False
    skew: float = 0.0  # seconds by which their clock is ahead of ours
    validators: Validators = field(default_factory=Validators)

    @property
    def text(self) -> str:
        return text_of(self.body, self.encoding)

    @property
    def dated(self) -> bool:
        return date_of(self.headers.get("date", "")) is not None


LOCKS: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]]" = WeakKeyDictionary()


def lock_of(host: str) -> asyncio.Lock:
    locks = LOCKS.setdefault(asyncio.get_running_loop(), {})
    return locks.setdefault(host, asyncio.Lock())


def agent() -> str:
    """Who visits, what for, and where to complain; `robots.TOKEN` is its name in robots.txt."""
    return f"{robots.TOKEN}/0.1 (police cyber-fraud desk; reads public comments; +{settings.LOOK_CONTACT})"


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


async def get(url: str, *, validators: Validators = Validators(), errand: Errand = PAGE) -> Answer:
    """One page, with its redirects, each of them asked for politely. Raises TroubleError."""
    here = url
    for _hop in range(REDIRECTS + 1):
        rules = await rules_of(here, errand)
        if not rules.allows(here):
            raise TroubleError("robots" if rules.reached else "robots_unreachable")
        found = await visit(here, validators.headers() if here == url else {}, rules.delay, errand)
        target = found.headers.get("location", "")
        if not (300 <= found.status < 400 and found.status != 304 and target):
            return read(found, validators)
        here = urljoin(here, target).partition("#")[0]
        if not errand.is_aside and not same_site(urlsplit(url).hostname, urlsplit(here).hostname):
            raise TroubleError("elsewhere")  # another site is another source, with its own basis
    raise TroubleError("redirects")


def read(found: outgoing.Fetched, asked: Validators) -> Answer:
    headers = {name.lower(): value for name, value in found.headers.items()}
    if found.status == 304:
        return Answer(found.url, headers, unchanged=True, skew=skew(headers), validators=asked)
    if found.status in {429, 503}:
        raise TroubleError("limited", asked_to_wait(headers))
    if found.status >= 500:
        raise TroubleError("server_error", asked_to_wait(headers))
    if found.status != 200:
        raise TroubleError(STATUSES.get(found.status, "status"))
    return Answer(
        found.url,
        headers,
        body=found.body,
        encoding=found.encoding,
        truncated=found.truncated,
        skew=skew(headers),
        validators=Validators(
            headers.get("etag", "")[:500], headers.get("last-modified", "")[:100]
        ),
    )


def asked_to_wait(headers: dict[str, str]) -> float:
    """Seconds or a date; nonsense is nothing, and nobody sends us away for longer than a day."""
    given = headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit() and len(given) < 9:
        return min(float(given), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, TypeError, IndexError):
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now()).total_seconds()), LONGEST_ASKED)


def skew(headers: dict[str, str]) -> float:
    """What lay in a cache on the way was dated when it was made."""
    told = date_of(headers.get("date", ""))
    if told is None:
        return 0.0
    age = headers.get("age", "")
    cached = float(age) if age.isascii() and age.isdigit() and len(age) < 9 else 0.0
    return (told - now()).total_seconds() + cached


async def rules_of(url: str, errand: Errand = PAGE) -> robots.Rules:
    origin = origin_of(url)
    kept = await sync_to_async(robots.kept)(origin, now())
    if kept is not None:
        return kept
    status, body = 0, b""
    try:
        status, body = await robots_txt(f"{origin}/robots.txt", errand)
    except TroubleError as error:
        if error.reason == "redirects":
            status = 404  # RFC 9309, 2.3.1.2: as if there were none
        elif error.reason == "private" or error.wait:
            raise
    return await sync_to_async(robots.keep)(origin, status, body, now())


async def robots_txt(url: str, errand: Errand) -> tuple[int, bytes]:
    for _hop in range(REDIRECTS + 1):
        found = await visit(url, {}, 0.0, replace(PAGE, longest_wait=errand.longest_wait))
        target = {k.lower(): v for k, v in found.headers.items()}.get("location", "")
        if not (300 <= found.status < 400 and target):
            return found.status, found.body[: robots.LIMIT]
        url = urljoin(url, target)
    raise TroubleError("redirects")


async def visit(
    url: str, headers: dict[str, str], delay: float, errand: Errand
) -> outgoing.Fetched:
    """When it is our turn at this host. What it answered decides when the next one is."""
    host = urlsplit(url).netloc.lower()
    async with lock_of(host):
        between = timedelta(seconds=max(settings.WATCH_PACE, min(delay, SLOWEST)))
        await our_turn(host, between, errand.longest_wait)
        sent = {
            "User-Agent": agent(),
            "Accept-Language": "ru,kk;q=0.8",
            "Accept": errand.accept,
            **headers,
        }
        try:
            found = await outgoing.fetch_one(
                url,
                guard=outgoing.guard(),
                limit=errand.limit or LIMIT,
                seconds=SECONDS,
                headers=sent,
            )
        except outgoing.FetchError as error:
            if error.reason not in FAILURES and host != errand.spared:
                await sync_to_async(pace.remember)(host, could_not(error.reason, ""), at=now())
            raise TroubleError(FAILURES.get(error.reason, "network")) from error
        lowered = {name.lower(): value for name, value in found.headers.items()}
        verdict = verdict_of(found.status)
        if not (errand.is_aside and verdict.why == "server_error"):
            await sync_to_async(pace.remember)(host, verdict, at=now(), wait=asked_to_wait(lowered))
        return found


def verdict_of(status: int) -> Verdict:
    if status in {429, 503}:
        return could_not("limited", str(status))
    if status >= 500:
        return could_not("server_error", str(status))
    return Verdict(Outcome.THERE, "page", str(status))


async def our_turn(host: str, between: timedelta, longest: timedelta) -> None:
    begun = now()
    while True:
        soonest: datetime | None = await sync_to_async(pace.take_turn)(host, pace=between, at=now())
        if soonest is None:
            return
        if soonest - begun > longest:
            wait = (soonest - now()).total_seconds()
            why = await sync_to_async(pace.paused)(host, now())
            raise TroubleError("limited" if why == "limited" else "network", wait)
        await asyncio.sleep(max(0.05, (soonest - now()).total_seconds()))
