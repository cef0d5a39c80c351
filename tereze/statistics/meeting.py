"""The sheet for a meeting with a partner: what was asked, how it went, what is still open.

It leaves the house, so it names no resident: words are redacted, sellers stand as their adverts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tereze.core.clock import now
from tereze.core.wording import span
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Partner, Request, RequestStep, Word
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.redaction import redact
from tereze.disruption.repeating import RepeatSeller
from tereze.disruption.reporters import own_of
from tereze.statistics.line import Line, by_month, line_of
from tereze.statistics.lives import Life, in_chunks, lives_of
from tereze.statistics.sellers import among, sellers_on


LONGEST = 300  # letters of somebody's words
SHOWN = 40  # rows of a table; the rest is counted
TREND = 366  # days of the charts
ASKS = (Word.Kind.QUESTION, Word.Kind.APPEAL)


@dataclass(frozen=True)
class Open:
    """A question nobody answered yet."""

    request: Request
    at: datetime
    kind: str
    for_us: bool
    text: str

    @property
    def waits(self) -> str:
        return span((now() - self.at).total_seconds())


@dataclass(frozen=True)
class Kept:
    """How the agreed times were kept by what was sent in the period."""

    sent: int
    late: int  # with a breach
    running: int  # not answered yet, and still in time
    breaches: dict[str, int]

    @property
    def in_time(self) -> int:
        return self.sent - self.late - self.running


@dataclass(frozen=True)
class Sheet:
    partner: Partner
    since: datetime
    until: datetime
    line: Line
    before: Line  # the period of the same length before
    months: list[tuple[date, Line]]
    questions: list[Open]
    overdue: list[Request]
    refused: list[tuple[Request, str, str]]  # with the reason and their words
    back: list[Life]
    sellers: list[RepeatSeller]
    agreed: list[tuple[str, dict[str, float]]]  # kind, minutes
    source: str
    kept: Kept


def sheet_of(partner: Partner, since: datetime) -> Sheet:
    until = now()
    unit = partner.unit
    lives = lives_of(unit, since, partner=partner)
    year = lives_of(unit, until - timedelta(days=TREND), partner=partner)
    terms = partner.terms_at(until)
    return Sheet(
        partner=partner,
        since=since,
        until=until,
        line=line_of(lives),
        before=line_of(lives_of(unit, since - (until - since), since, partner=partner)),
        months=[(month, line_of(own)) for month, own in by_month(year, unit).items()],
        questions=sorted([*unanswered(partner), *needed(partner)], key=lambda each: each.at),
        overdue=list(partner.requests.overdue().order_by("overdue_at")),
        refused=[refusal_of(life.request) for life in lives if life.refusal],
        back=[life for life in lives if life.reappeared],
        sellers=among(sellers_on(unit, lives), lives),
        agreed=[
            (str(KINDS[kind].name) if kind in KINDS else "", minutes)
            for kind, minutes in (terms.minutes if terms else {}).items()
        ],
        source=terms.source if terms else "",
        kept=kept(lives),
    )


def unanswered(partner: Partner) -> Iterable[Open]:
    """Of each thread its last question nobody replied to, or the appeal that is not decided."""
    waiting: dict[int, Word] = {}
    for word in Word.objects.filter(request__partner=partner).select_related("request"):
        asked = waiting.get(word.request_id)
        if word.kind in ASKS:
            waiting[word.request_id] = word
        elif asked and (asked.kind == Word.Kind.QUESTION or word.kind == Word.Kind.DECISION):
            del waiting[word.request_id]
    for word in waiting.values():
        said = clean(word.request, word.text)
        yield Open(word.request, word.at, word.get_kind_display(), word.from_partner, said)


def needed(partner: Partner) -> Iterable[Open]:
    """They need more before they act."""
    rows = Request.objects.filter(partner=partner, answer=Answer.NEED_MORE, state="answered")
    for row in rows:
        at = row.answered_at or row.created_at
        yield Open(row, at, row.get_answer_display(), True, clean(row, row.answer_text))


def refusal_of(row: Request) -> tuple[Request, str, str]:
    return row, str(dict(Refusal.choices).get(row.refusal, "")), clean(row, row.answer_text)


def clean(row: Request, text: str) -> str:
    said = redact(text, own_of(row.unit, row.links.values_list("kind", "key")))
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def kept(lives: Sequence[Life]) -> Kept:
    sent = [life for life in lives if life.sent]
    breaches = dict(in_chunks([life.request.pk for life in sent], breaches_of))
    waiting = [
        life
        for life in sent
        if life.request.next_deadline is not None and life.request.pk not in breaches
    ]
    return Kept(len(sent), len(breaches), len(waiting), dict(Counter(breaches.values())))


def breaches_of(pks: list[Any]) -> Iterable[Any]:
    """The first one of each request: which clock ran out."""
    steps = RequestStep.objects.filter(request__in=pks, event="overdue").order_by("-at", "-pk")
    return steps.values_list("request", "note")
