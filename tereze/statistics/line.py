"""The direct line in figures: per platform and month, counted from lives.

Each step is a time from one moment to another. What has not happened yet counts as "at least so
long" until the request is closed, so that a partner who answers only the easy ones is not quick.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tereze.accounts.models import Unit
from tereze.disruption.repeating import RepeatSeller
from tereze.statistics.lives import Life, Told
from tereze.statistics.period import local_day
from tereze.statistics.removal import Time, quantile, rounded
from tereze.statistics.sellers import among


def minutes(start: datetime | None, end: datetime | None, otherwise: datetime) -> Time | None:
    """None where the first of the two has not happened, or came after the second."""
    if start is None or (end is not None and end < start):
        return None
    return Time(max(0.0, ((end or otherwise) - start).total_seconds() / 60), end is not None)


def report_sent(life: Life) -> Time | None:
    return minutes(life.reported, life.sent, life.until)


def sent_acknowledged(life: Life) -> Time | None:
    return minutes(life.sent, life.acknowledged, life.verified or life.until)


def sent_acted(life: Life) -> Time | None:
    return minutes(life.sent, life.acted, life.until)


def sent_verified(life: Life) -> Time | None:
    return minutes(life.sent, life.verified, life.until) if life.is_looked_at else None


def report_verified(life: Life) -> Time | None:
    if not life.is_looked_at or life.sent is None:
        return None
    return minutes(life.reported, life.verified, life.until)


def online(life: Life) -> Time | None:
    """All the time it stood there, the times it was back included."""
    if not life.is_looked_at or life.sent is None:
        return None
    return Time(life.online.total_seconds() / 60, life.verified is not None and not life.is_there)


STEPS: dict[str, Callable[[Life], Time | None]] = {
    "report_sent": report_sent,
    "sent_acknowledged": sent_acknowledged,
    "sent_acted": sent_acted,
    "sent_verified": sent_verified,
    "report_verified": report_verified,
    "online": online,
}
SHOWS: dict[str, Callable[[Life], bool]] = {
    "requests": lambda life: life.sent is not None,
    "waiting": lambda life: life.sent is None,
    "acknowledged": lambda life: life.acknowledged is not None,
    "acted": lambda life: life.sent is not None and life.acted is not None,
    "verified": lambda life: life.verified is not None,
    "open": lambda life: life.is_there,
    "refused": lambda life: life.refusal != "",
    "overturned": lambda life: life.overturned,
    "reappeared": lambda life: life.reappeared,
    "held": lambda life: life.request.held_amount is not None,
}


@dataclass(frozen=True)
class Step:
    n: int  # measured
    open: int  # not over yet, or never: counted as "at least so long"
    median: float | None  # None: fewer than half have got so far
    p90: float | None


@dataclass(frozen=True)
class Line:
    """One platform, or all, in one period."""

    requests: int
    waiting: int
    acknowledged: int
    acted: int
    verified: int
    open: int
    refused: int
    overturned: int
    reappeared: int
    refusals: dict[str, int]
    steps: dict[str, Step]
    victims: int
    money: Decimal
    held: int
    held_amount: Decimal


def line_of(lives: Sequence[Life]) -> Line:
    counts = {name: sum(map(shown, lives)) for name, shown in SHOWS.items()}
    reasons = Counter(life.refusal for life in lives if life.refusal)
    lost = losses(lives)
    amounts = [life.request.held_amount or Decimal(0) for life in lives]
    return Line(
        **counts,
        refusals=dict(reasons.most_common()),
        steps={name: step_of(lives, name) for name in STEPS},
        victims=victims(lost),
        money=sum((told.amount for told in lost), Decimal(0)),
        held_amount=sum(amounts, Decimal(0)),
    )


def step_of(lives: Iterable[Life], name: str) -> Step:
    times = [time for life in lives if (time := STEPS[name](life)) is not None]
    measured = sum(time.gone for time in times)
    return Step(
        n=measured,
        open=len(times) - measured,
        median=rounded(quantile(times, Fraction(1, 2))),
        p90=rounded(quantile(times, Fraction(9, 10))),
    )


def losses(lives: Iterable[Life]) -> list[Told]:
    """One report may name several adverts: its money was lost once."""
    return list({told.pk: told for life in lives for told in life.lost}.values())


def victims(lost: Iterable[Told]) -> int:
    """People, where they left a contact; otherwise reports."""
    return len({told.teller or told.pk for told in lost})


def by_platform(lives: Iterable[Life]) -> dict[str, list[Life]]:
    """The one with the most requests first."""
    found: dict[str, list[Life]] = defaultdict(list)
    for life in lives:
        found[life.platform].append(life)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def by_month(lives: Iterable[Life], unit: Unit) -> dict[date, list[Life]]:
    """In the city's months, the newest last."""
    found: dict[date, list[Life]] = defaultdict(list)
    for life in lives:
        found[month_of(life, unit)].append(life)
    return dict(sorted(found.items()))


def within(lives: Iterable[Life], unit: Unit, *, platform: str = "", month: str = "") -> list[Life]:
    """Of one platform, one month ("2026-11"), both or neither."""
    return [
        life
        for life in lives
        if (not platform or life.platform == platform)
        and (not month or f"{month_of(life, unit):%Y-%m}" == month)
    ]


def month_of(life: Life, unit: Unit) -> date:
    return local_day(life.counted_at, unit).replace(day=1)


def as_json(lives: Sequence[Life], unit: Unit, sellers: Sequence[RepeatSeller]) -> dict[str, Any]:
    """The published form under `direct_line` of `tereze figures --json`."""
    return {
        platform: {
            **line_json(own, sellers),
            "months": {
                f"{month:%Y-%m}": line_json(part, sellers)
                for month, part in by_month(own, unit).items()
            },
        }
        for platform, own in by_platform(lives).items()
    }


def line_json(lives: Sequence[Life], sellers: Sequence[RepeatSeller]) -> dict[str, Any]:
    line = line_of(lives)
    return {
        **{name: getattr(line, name) for name in SHOWS},
        "refusals": line.refusals,
        "minutes": {name: vars(step) for name, step in line.steps.items()},
        "repeat_sellers": len(among(sellers, lives)),
        "victims": line.victims,
        "money_lost": float(line.money),
        "held_amount": float(line.held_amount),
    }
