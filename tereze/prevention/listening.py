"""What the radar hears: residents' reports and what was flagged on the wall, of five weeks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tereze.accounts.models import Unit, User
from tereze.detection import Assessment
from tereze.detection.radar import WEEK, WEEKS_BEFORE, Told
from tereze.intake.models import Report
from tereze.intake.models import State as ReportState
from tereze.watch.models import Message
from tereze.watch.models.messages import FLAGGED, Standing


REPORT, MESSAGE = "report", "message"
MOST = 50_000  # of each, the newest: a flood must not hold the worker up
NOT_FRAUD = (Standing.RELEASED, Standing.UNDONE)  # an officer looked and found none


def heard(unit: Unit, until: datetime) -> Iterator[Told]:
    """Working copies only: what is masked there stays so here."""
    since = until - WEEK * (WEEKS_BEFORE + 1)
    yield from reports(unit, since)
    yield from messages(unit, since)


def reports(unit: Unit, since: datetime) -> Iterator[Told]:
    """A resident found it worth telling, so it counts whatever the engine thinks of it."""
    rows = (
        Report.objects.filter(unit=unit, received_at__gte=since)
        .exclude(state=ReportState.NO_OFFENCE)
        .exclude(assessment={})
        .masked()
        .order_by("-received_at")[:MOST]
    )
    for row in rows.iterator(chunk_size=1000):
        yield Told(
            id=(REPORT, row.public_id),
            text=row.masked_text,
            at=row.received_at,
            assessment=Assessment.from_json(row.assessment),
            author=f"{REPORT}:{row.reporter_key}" if row.reporter_key else "",
            vouched=True,
            scheme=row.scheme if row.scheme_by_id else "",
        )


def messages(unit: Unit, since: datetime) -> Iterator[Told]:
    rows = (
        Message.objects.filter(source__unit=unit, sent_at__gte=since, is_latest=True)
        .filter(outcome__in=FLAGGED)
        .exclude(standing__in=NOT_FRAUD)
        .exclude(masked="")
        .defer("text", "author")
        .order_by("-sent_at")[:MOST]
    )
    for row in rows.iterator(chunk_size=1000):
        if row.assessment:
            yield Told(
                id=(MESSAGE, row.public_id),
                text=row.masked,
                at=row.sent_at,
                assessment=Assessment.from_json(row.assessment),
                author=f"{MESSAGE}:{row.author_trail}" if row.author_trail else "",
            )


def still_visible(user: User, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Of these reports and messages, those that this officer may open and that still are there."""
    by_kind = {kind: [key for k, key in keys if k == kind] for kind in (REPORT, MESSAGE)}
    rows = Report.objects.visible_to(user).masked().filter(public_id__in=by_kind[REPORT])
    said = (
        Message.objects.visible_to(user)
        .filter(public_id__in=by_kind[MESSAGE])
        .exclude(masked="")
        .select_related("source")
        .defer("text", "author", "assessment")
    )
    found: dict[tuple[str, str], Any] = {(REPORT, row.public_id): row for row in rows}
    return found | {(MESSAGE, row.public_id): row for row in said}
