"""robots.txt by RFC 9309: kept for a day; refused where it cannot be reached, allowed where there
is none."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from tereze.watch.models import HostRobots


TOKEN = "Tereze"  # noqa: S105 - our name for robots.txt, not a secret
LIMIT = 500 * 1024  # bytes that must be read (RFC 9309, 2.5)
KEPT = timedelta(hours=24)
AGAIN = timedelta(minutes=30)  # after it could not be reached


@dataclass(frozen=True)
class Rules:
    text: str = ""
    reached: bool = True
    parsed: Protego = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parsed", Protego.parse(self.text))

    def allows(self, url: str) -> bool:
        return self.reached and bool(self.parsed.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        return float(self.parsed.crawl_delay(TOKEN) or 0.0)


def kept(origin: str, at: datetime) -> Rules | None:
    """What still holds; nothing where it has to be asked for."""
    row = HostRobots.objects.filter(origin=origin).first()
    if row is None:
        return None
    if row.read_at is not None and row.read_at > at - KEPT:
        return Rules(row.text)
    if row.tried_at > at - AGAIN:
        return rules(row)
    return None


def rules(row: HostRobots) -> Rules:
    """While it cannot be reached, the old one goes on to hold; without one nothing is allowed."""
    return Rules(row.text) if row.read_at is not None else Rules(reached=False)


def keep(origin: str, status: int, body: bytes, at: datetime) -> Rules:
    """`status` 0: no answer at all. 4xx means that there is none; 429 means "not now"."""
    row = HostRobots.objects.get_or_create(origin=origin)[0]
    row.tried_at = at
    if 200 <= status < 300:
        row.text, row.read_at = body.decode("utf-8-sig", "replace").replace("\0", ""), at
    elif 400 <= status < 500 and status != 429:
        row.text, row.read_at = "", at
    row.save()
    return rules(row)
