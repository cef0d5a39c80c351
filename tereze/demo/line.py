"""The direct line's year in the example city: requests that lived through everything that happens.

Each is made by the actions officers and moderators use, at its own moments; the figures count these
rows. The addresses are made up, so each is closed in the end: nobody shall look at them any more.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import moved_to, now
from tereze.disruption import actions
from tereze.disruption.models import Lookout, Partner, Snapshot
from tereze.disruption.verification import Outcome, Verdict
from tereze.intake.models import Loss, Report


HOURS = (9, 18)  # when most of it happens, in the city
ADDRESSES = {
    "olx": "https://www.olx.kz/d/obyavlenie/primer-ID{}.html",
    "kolesa": "https://kolesa.kz/a/show/{}",
    "krisha": "https://krisha.kz/a/show/{}",
}
# how many, and minutes to the answer: usual ones and slow ones
PLATFORMS = {
    "olx": (40, (4, 14), (25, 80)),
    "kolesa": (16, (8, 26), (40, 150)),
    "krisha": (8, (6, 20), (60, 200)),
}
STORIES = {
    # platform, which one of it -> what happened instead of plain "removed"
    ("olx", 33): "refused",
    ("olx", 31): "back",
    ("olx", 36): "asked",
    ("olx", 27): "silent",
    ("kolesa", 13): "refused_evidence",
    ("kolesa", 14): "late",
    ("krisha", 6): "not_done",
}
REFUSALS = {
    "refused": ("no_violation", "Магазин проверен, документы на товар есть."),
    "refused_evidence": ("insufficient_evidence", "По снимку обман не виден, пришлите переписку."),
}
SELLERS = {
    # adverts of one hand: the account, the name it shows
    ("olx", 24): ("olx:user:primer7", "Ермек"),
    ("olx", 32): ("olx:user:primer7", "Ермек Т."),
    ("olx", 37): ("olx:user:primer7", "Е. Т."),
}
REASON = "Продавец просит предоплату, товара нет; сообщения жителей."


@dataclass(frozen=True)
class People:
    operative: User
    chief: User
    moderator: User


def live_through(unit: Unit) -> None:
    rng = random.Random(161)
    told = list(losses(unit))
    for platform, (count, usual, slow) in PLATFORMS.items():
        people = People(
            User.objects.get(username="operative"),
            User.objects.get(username="chief"),
            User.objects.get(username=platform),
        )
        for number, at in enumerate(working_moments(unit, rng, count)):
            report = told.pop() if told and (platform, number) not in STORIES else None
            minutes = rng.uniform(*(usual if rng.random() < 0.8 else slow))
            life = Life(unit, people, platform, number, report)
            life.live(report.received_at if report else at, minutes, rng)
    # agreed at the meeting: its figures may be published by name
    Partner.objects.filter(unit=unit, slug="olx").update(named_in_public=True)


def losses(unit: Unit) -> Iterator[Report]:
    """Residents who lost money on an advert: a request followed each of these."""
    rows = Report.objects.filter(unit=unit, loss=Loss.LOST, scheme__in=ON_ADVERTS)
    yield from rows.order_by("received_at").masked()[:4]


ON_ADVERTS = ("ad_prepayment", "rent_deposit", "car_deposit", "fake_delivery_link")


def working_moments(unit: Unit, rng: random.Random, count: int) -> list[datetime]:
    """So many since the start of the year, on working hours, the last one some days ago."""
    zone = ZoneInfo(unit.zone)
    today = now().astimezone(zone)
    days = max(today.timetuple().tm_yday - 4, 30)
    found = []
    for _ in range(count):
        day = today - timedelta(days=rng.uniform(3, days))
        while day.weekday() > 4:
            day -= timedelta(days=1)
        found.append(day.replace(hour=rng.randrange(*HOURS), minute=rng.randrange(60)))
    return sorted(found)


class Life:
    def __init__(
        self, unit: Unit, people: People, platform: str, number: int, report: Report | None
    ) -> None:
        self.unit, self.people, self.report = unit, people, report
        code = f"Ex{number:03d}" if platform == "olx" else str(150_000_100 + number)
        self.url = ADDRESSES[platform].format(code)
        self.story = STORIES.get((platform, number), "")
        self.seller = SELLERS.get((platform, number))
        note = f"Пример из истории города: {self.url}".encode()
        self.files = store_parts([Part("primer.txt", "text/plain", note, outgoing=True)])

    @transaction.atomic
    def live(self, at: datetime, minutes: float, rng: random.Random) -> None:
        at = self.ask(at, rng)
        answered = at + timedelta(minutes=minutes)
        if self.story in REFUSALS:
            reason, text = REFUSALS[self.story]
            self.answer(answered, "refused", text=text, refusal=reason)
        elif self.story == "silent":  # gone without a word: our own look found it
            answered = self.look(at + timedelta(minutes=34), Outcome.GONE)
        else:
            answered = self.until_gone(at, answered, rng)
        if self.story == "back":
            again = self.look(answered + timedelta(days=3), Outcome.THERE)
            answered = self.until_gone(again, again + timedelta(minutes=minutes / 2), rng)
        with moved_to(answered + timedelta(hours=1)):
            actions.close(
                request=self.request, why="пример из истории", by=self.people.operative.actor
            )

    def ask(self, at: datetime, rng: random.Random) -> datetime:
        """Drafted, captured, signed; with the partner from the moment returned."""
        operative = self.people.operative
        with moved_to(at + timedelta(minutes=rng.uniform(1, 5))):
            self.request = actions.draft_request(
                unit=self.unit,
                url=self.url,
                reason=REASON,
                links=[("report", self.report.public_id)] if self.report else [],
                by=operative.actor,
                user=operative,
            ).request
            actions.seal_capture(
                request=self.request,
                files=self.files,
                seen_at=now(),
                facts={"example": True},
                by=operative.actor,
            )
        sent = at + timedelta(minutes=rng.uniform(6, 9))
        with moved_to(sent):
            actions.approve(request=self.request, user=self.people.chief)
        if self.seller:
            self.keep_seller(*self.seller)
        return sent

    def keep_seller(self, account: str, name: str) -> None:
        """What a capture would have read of who sells."""
        assert self.request.evidence is not None  # noqa: S101 - sealed just before
        row = Snapshot.objects.create(
            unit=self.unit,
            request=self.request,
            evidence=self.request.evidence,
            at=self.request.created_at,
            platform=self.request.partner.platform,
            listing=self.request.listing,
            address=self.request.address,
            seller=name,
            seller_key=account,
            next_action_at=None,
        )
        actions.keep_traits(snapshot=row)

    def until_gone(self, sent: datetime, answered: datetime, rng: random.Random) -> datetime:
        """The moderator's answer and our own look; in some stories more happens in between."""
        if self.story == "asked":
            self.answer(sent + timedelta(minutes=3), "need_more", text="Какой номер в жалобах?")
            with moved_to(sent + timedelta(minutes=9)):
                text = "Номер тот же, что в объявлении."
                actions.supply(request=self.request, text=text, by=self.people.operative.actor)
        elif self.story == "late":
            answered = self.miss_the_deadline() + timedelta(minutes=50)
        elif self.story == "not_done":
            self.answer(sent + timedelta(minutes=7), "done")
            for minute in (8, 9):
                self.look(sent + timedelta(minutes=minute), Outcome.THERE)
        else:
            with moved_to(sent + (answered - sent) * rng.uniform(0.2, 0.6)):
                actions.acknowledge(request=self.request, by=self.people.moderator.actor)
        self.answer(answered, "done")
        return self.look(answered + timedelta(seconds=rng.uniform(15, 50)), Outcome.GONE)

    def miss_the_deadline(self) -> datetime:
        self.request.refresh_from_db()
        late = self.request.acknowledge_by or now()
        with moved_to(late):
            actions.check_deadlines(request=self.request)
        return late

    def answer(self, at: datetime, answer: str, *, text: str = "", refusal: str = "") -> None:
        self.request.refresh_from_db()
        with moved_to(at):
            actions.answer(
                request=self.request,
                answer=answer,
                by=self.people.moderator.actor,
                text=text,
                refusal=refusal,
            )

    def look(self, at: datetime, outcome: Outcome) -> datetime:
        self.request.refresh_from_db()
        why = "not_found" if outcome is Outcome.GONE else "listing"
        with moved_to(at):
            actions.record_look(
                request=self.request,
                lookout=Lookout.objects.get(request=self.request),
                verdict=Verdict(outcome, why),
                by=self.people.operative.actor,
                at=at,
            )
        return at
