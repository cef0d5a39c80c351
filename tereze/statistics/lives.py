"""What happened to each request, in bulk: a handful of queries, however many requests there are.

Counted is a request in the month in which it reached the partner; one that waits to be sent, in the
month in which it was drafted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.disruption.kinds import LOOKED_AT, About
from tereze.disruption.models import Partner, Request, RequestLink, RequestStep, State
from tereze.disruption.models.request import GONE, OPEN, Answer
from tereze.intake.models import Loss, Report
from tereze.intake.models import State as ReportState
from tereze.linking.models import Sighting


Seen = tuple[datetime, str, str]  # when, in what kind of thing, its key
Step = tuple[str, datetime, str]  # event, when, note
Spell = tuple[datetime, datetime | None]
EVENTS = ("answered", "still_there", "seen_gone", "came_back", "overturned")
AT_ONCE = 500  # values in one question to the database
CORRECTION = "correct_removal"
HEAVY = ("form", "reason", "answer_text", "seen_phrases", "url")


@dataclass(frozen=True)
class Told:
    """A report that names the advert: who told it is only a keyed hash here."""

    pk: int
    at: datetime
    teller: str
    lost: bool
    amount: Decimal


@dataclass(frozen=True)
class Life:
    request: Request
    first_seen: datetime
    reported: datetime | None
    acted: datetime | None  # they said so and it held, or we saw it gone without a word of theirs
    spells: tuple[Spell, ...]  # when it stood online
    backs: tuple[datetime, ...]
    overturned: bool
    reappeared: bool
    told: tuple[Told, ...]  # between the first report and the removal
    at: datetime  # what is still running is counted up to here

    @property
    def platform(self) -> str:
        return self.request.partner.platform or self.request.partner.slug

    @property
    def sent(self) -> datetime | None:
        return self.request.delivered_at

    @property
    def acknowledged(self) -> datetime | None:
        return self.request.acknowledged_at

    @property
    def verified(self) -> datetime | None:
        return self.request.gone_at

    @property
    def counted_at(self) -> datetime:
        return self.sent or self.request.created_at

    @property
    def is_looked_at(self) -> bool:
        return self.request.kind in LOOKED_AT

    @property
    def is_there(self) -> bool:
        """Still, or again: a request whose page came back is open once more."""
        gone_or_over = (State.VERIFIED, State.CLOSED)
        return (
            self.is_looked_at and self.sent is not None and self.request.state not in gone_or_over
        )

    @property
    def refusal(self) -> str:
        """A refusal that stands; one that was taken back is none."""
        refused = self.request.answer == Answer.REFUSED
        return (self.request.refusal or "other") if refused else ""

    @property
    def until(self) -> datetime:
        """How long it was waited for what did not happen."""
        return self.request.closed_at or self.at

    @property
    def online(self) -> timedelta:
        return sum(((end or self.at) - start for start, end in self.spells), timedelta(0))

    @property
    def lost(self) -> list[Told]:
        return [told for told in self.told if told.lost]


def lives_of(
    unit: Unit,
    since: datetime,
    until: datetime | None = None,
    *,
    partner: Partner | None = None,
) -> list[Life]:
    """Oldest first. Withdrawn before it was sent counts nowhere."""
    sent = Q(delivered_at__gte=since)
    waiting = Q(delivered_at=None, created_at__gte=since, state__in=OPEN)
    if until is not None:
        sent &= Q(delivered_at__lt=until)
        waiting &= Q(created_at__lt=until)
    rows = Request.objects.filter(sent | waiting, unit=unit)
    if partner is not None:
        rows = rows.filter(partner=partner)
    return Reading(unit, rows).lives()


class Reading:
    """Everything the lives of these requests are made of."""

    def __init__(self, unit: Unit, rows: QuerySet[Request]) -> None:
        self.unit, self.at = unit, now()
        self.requests = list(rows.select_related("partner").defer(*HEAVY).order_by("pk"))
        pks = [row.pk for row in self.requests]
        self.steps = grouped(in_chunks(pks, steps_of))
        self.links = grouped(in_chunks(pks, links_of))
        self.gone = dict(in_chunks(self.keys("request"), gone_of))
        self.wrong = set(in_chunks([row.public_id for row in self.requests], corrected))
        named = {row.listing for row in self.requests} | {row.address for row in self.requests}
        self.named = grouped(in_chunks(sorted(named - {""}), lambda part: seen_in(unit, part)))
        told = {key for seen in self.named.values() for _at, kind, key in seen if kind == "report"}
        keys = sorted(told.union(self.keys("report")))
        self.told = dict(in_chunks(keys, lambda part: told_in(unit, part)))

    def keys(self, wanted: str) -> list[str]:
        return [key for links in self.links.values() for kind, key in links if kind == wanted]

    def lives(self) -> list[Life]:
        return sorted((self.life(row) for row in self.requests), key=lambda life: life.counted_at)

    def life(self, row: Request) -> Life:
        steps: list[Step] = sorted(self.steps.get(row.pk, []), key=lambda step: step[1])
        told = self.told_about(row)
        named = [at for at, _kind, _key in self.named_in(row)]
        first = min([row.created_at, *named, *(each.at for each in told)])
        spells = spells_of(first, steps, row.closed_at)
        backs = tuple(at for event, at, _note in steps if event == "came_back")
        end = spells[-1][1] or self.at
        return Life(
            request=row,
            first_seen=first,
            reported=told[0].at if told else None,
            acted=acted_at(steps),
            spells=spells,
            backs=backs,
            overturned=self.was_overturned(row, steps),
            reappeared=bool(backs) or self.is_again(row),
            told=tuple(each for each in told if each.at <= end),
            at=self.at,
        )

    def named_in(self, row: Request) -> list[Seen]:
        """Where anybody named this very advert: by its listing, or by its address."""
        if row.kind_of.about != About.PAGE:
            return []
        return [seen for value in {row.listing, row.address} for seen in self.named.get(value, [])]

    def told_about(self, row: Request) -> list[Told]:
        keys = {key for _at, kind, key in self.named_in(row) if kind == "report"}
        keys |= {key for kind, key in self.links.get(row.pk, []) if kind == "report"}
        return sorted((self.told[key] for key in keys if key in self.told), key=lambda t: t.at)

    def is_again(self, row: Request) -> bool:
        """A new address of what had been removed."""
        before = [
            self.gone.get(key) for kind, key in self.links.get(row.pk, []) if kind == "request"
        ]
        return row.kind in LOOKED_AT and any(at and at < row.created_at for at in before)

    def was_overturned(self, row: Request, steps: list[Step]) -> bool:
        """An appeal was right, or what we asked for was put back at our own request."""
        alone = not any(kind == "request" for kind, _key in self.links.get(row.pk, []))
        correction = row.kind == CORRECTION and row.answer == Answer.DONE and alone
        return (
            correction
            or row.public_id in self.wrong
            or any(event == "overturned" for event, _at, _note in steps)
        )


def acted_at(steps: list[Step]) -> datetime | None:
    """When they said that it is done, if it was; where they said nothing, when we saw it gone."""
    said: datetime | None = None
    for event, at, note in steps:
        if event == "answered" and note.partition(":")[0] in GONE:
            said = said or at
        elif event == "seen_gone":
            return said or at
        elif event == "still_there":
            said = None  # it was not done
    return said


def spells_of(first: datetime, steps: list[Step], closed: datetime | None) -> tuple[Spell, ...]:
    """From–to; the last is open while it stands there. Closed unseen: nobody looked any more."""
    spells: list[Spell] = [(first, None)]
    for event, at, _note in steps:
        start, end = spells[-1]
        if event == "seen_gone" and end is None:
            spells[-1] = (start, at)
        elif event == "came_back" and end is not None:
            spells.append((at, None))
    start, end = spells[-1]
    spells[-1] = (start, end or closed)
    return tuple(spells)


def steps_of(pks: list[Any]) -> Iterable[Any]:
    rows = RequestStep.objects.filter(request__in=pks, event__in=EVENTS).order_by("at", "pk")
    for pk, *step in rows.values_list("request", "event", "at", "note"):
        yield pk, tuple(step)


def links_of(pks: list[Any]) -> Iterable[Any]:
    rows = RequestLink.objects.filter(request__in=pks, kind__in=["report", "request"])
    for pk, kind, key in rows.values_list("request", "kind", "key"):
        yield pk, (kind, key)


def gone_of(keys: list[str]) -> Iterable[Any]:
    return Request.objects.filter(public_id__in=keys).values_list("public_id", "gone_at")


def corrected(keys: list[str]) -> Iterable[Any]:
    done = RequestLink.objects.filter(
        kind="request", key__in=keys, request__kind=CORRECTION, request__answer=Answer.DONE
    )
    return done.values_list("key", flat=True)


def seen_in(unit: Unit, values: list[str]) -> Iterable[Any]:
    rows = Sighting.objects.filter(
        unit=unit, indicator__type__in=["listing", "url"], indicator__value_key__in=values
    ).exclude(subject_kind="listing")
    for value, *seen in rows.values_list(
        "indicator__value_key", "at", "subject_kind", "subject_key"
    ):
        yield value, tuple(seen)


def told_in(unit: Unit, keys: list[str]) -> Iterable[Any]:
    """A repeat tells of the same money."""
    rows = Report.objects.filter(unit=unit, public_id__in=keys)
    for pk, key, at, teller, loss, amount, state in rows.values_list(
        "pk", "public_id", "received_at", "reporter_key", "loss", "amount", "state"
    ):
        lost = loss == Loss.LOST and state != ReportState.REPEAT
        yield key, Told(pk, at, teller, lost, (amount or Decimal(0)) if lost else Decimal(0))


def in_chunks(values: Sequence[Any], read: Callable[[list[Any]], Iterable[Any]]) -> Iterator[Any]:
    for start in range(0, len(values), AT_ONCE):
        yield from read(list(values[start : start + AT_ONCE]))


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
