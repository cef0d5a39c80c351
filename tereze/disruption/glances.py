"""The same address from several vantages: browser and plain HTTP, desktop and mobile, logged out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from tereze.core import outgoing
from tereze.disruption import seeing
from tereze.disruption.models import Partner
from tereze.disruption.verification import Asked, Seen, Verdict, look_at
from tereze.indicators.platforms import PLATFORMS as ADDRESSES


TOKEN_HEADER = "X-Tereze-Look"  # noqa: S105 - its name, not the token
MOST_PHOTOS = 8
ENOUGH = 2048  # bytes of a photo that prove it is still there


@dataclass(frozen=True)
class Glance:
    """What one vantage saw."""

    vantage: str  # browser | browser_mobile | http | http_mobile
    verdict: Verdict
    seen: Seen
    view: seeing.View | None = None

    def as_row(self) -> dict[str, str]:
        return {
            "vantage": self.vantage,
            "outcome": str(self.verdict.outcome),
            "why": self.verdict.why,
            "detail": self.verdict.detail,
            "url": self.seen.url[:500],
        }


def by_http(asked: Asked, secret: outgoing.Secret | None) -> list[Glance]:
    """Both plain looks. A mobile host that does not exist is no vantage."""
    glances = [of("http", asked, seeing.by_http(asked.address, secret=secret))]
    mobile = mobile_address(asked)
    seen = seeing.by_http(mobile or asked.address, mobile=True, secret=secret)
    if not (mobile and seen.failure in {"dns", "refused"}):
        glances.append(of("http_mobile", asked, seen))
    return glances


def by_browser(asked: Asked, secret: outgoing.Secret | None) -> list[Glance]:
    """Both looks in a real browser; none on a machine that has no browser."""
    try:
        view = seeing.by_browser(asked.address, phone=True, secret=secret)
    except seeing.NoBrowserError:
        return []
    desktop = Glance("browser", look_at(asked, view.seen), view.seen, view)
    return [desktop, of("browser_mobile", asked, view.phone)] if view.phone else [desktop]


def of(vantage: str, asked: Asked, seen: Seen) -> Glance:
    return Glance(vantage, look_at(asked, seen), seen)


def mobile_address(asked: Asked) -> str:
    """The same advert on the platform's mobile host; empty where it has none."""
    parts = urlsplit(asked.address)
    own = ADDRESSES.get(asked.platform.slug)
    if asked.platform.mobile and own is not None and own.owns(parts.hostname or ""):
        return urlunsplit(parts._replace(netloc=asked.platform.mobile))
    places = [place.rstrip("/") for place in asked.bases.get(asked.platform.slug, ())]
    here = next((place for place in places if asked.address.startswith(place + "/")), "")
    there = next((place for place in places if is_mobile(place)), "")
    return there + asked.address.removeprefix(here) if here and there else ""


def is_mobile(place: str) -> bool:
    parts = urlsplit(place)
    return (parts.hostname or "").startswith("m.") or parts.path.startswith("/m.")


def secret_of(partner: Partner) -> outgoing.Secret | None:
    """The token that they gave us for our looks; it is shown to their own hosts only."""
    if not partner.look_token:
        return None
    own = ADDRESSES.get(partner.platform)
    places = (urlsplit(place) for place in partner.bases)
    return outgoing.Secret(
        TOKEN_HEADER,
        partner.look_token,
        domains=frozenset({own.domain} if own else ()),
        places=frozenset(f"{place.scheme}://{place.netloc}" for place in places),
    )


def photos_left(addresses: Iterable[str]) -> dict[str, int]:
    """Which of the advert's photos the image host still gives out, though the page is gone."""
    found = {"kept": 0, "deleted": 0, "unknown": 0}
    for address in list(addresses)[:MOST_PHOTOS]:
        found[photo_at(address)] += 1
    return found if any(found.values()) else {}


def photo_at(address: str) -> str:
    agent = seeing.declared_agent()
    try:
        answer = outgoing.fetch(
            address, guard=outgoing.guard(), limit=ENOUGH, seconds=10, agent=agent
        )
    except outgoing.FetchError:
        return "unknown"
    if answer.status in {404, 410}:
        return "deleted"
    is_picture = answer.headers.get("content-type", "").startswith("image/")
    return "kept" if answer.status == 200 and is_picture and answer.body else "unknown"


def verdicts(glances: Sequence[Glance]) -> list[Verdict]:
    return [glance.verdict for glance in glances]
