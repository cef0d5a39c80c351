from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.detection.radar import Topic, find_topics
from tereze.live import publish
from tereze.prevention.listening import heard
from tereze.prevention.models import RadarSweep, RadarTopic


EVERY = timedelta(hours=1)
COMES_BACK = 1.5  # times the people it had when somebody named it
AND_MORE = 2  # but at least so many more
SAME = 0.5  # of the stems of the shorter one


def ask_for_sweeps() -> None:
    """Every city gets its row once; from then on the row says when it is due."""
    for unit in Unit.objects.exclude(pk__in=RadarSweep.objects.values("unit")):
        RadarSweep.objects.get_or_create(unit=unit, defaults={"next_action_at": now()})


def sweep(row: RadarSweep) -> None:
    """Find what grows, outside any transaction; then keep it and say when to look again."""
    at = now()
    topics = find_topics(heard(row.unit, at), until=at)
    with transaction.atomic():
        keep(unit=row.unit, topics=topics)
        RadarSweep.objects.filter(pk=row.pk).update(swept_at=at, next_action_at=at + EVERY)
        publish("radar")


@transaction.atomic
def keep(*, unit: Unit, topics: Iterable[Topic]) -> None:
    """The topics of a sweep in place of those of the last; what was named keeps its name."""
    known = list(RadarTopic.objects.select_for_update().filter(unit=unit))
    RadarTopic.objects.filter(unit=unit).update(is_current=False)
    for place, topic in enumerate(topics):
        row = same_as(topic, known)
        if row is None:
            row = RadarTopic(unit=unit)
        else:
            known.remove(row)
        tell(row, topic, place)
    RadarTopic.objects.filter(unit=unit, is_current=False, named_at=None).delete()


def same_as(topic: Topic, known: Iterable[RadarTopic]) -> RadarTopic | None:
    """The row with most stems in common, if these are at least half of the shorter one's."""

    def common(row: RadarTopic) -> float:
        shared = len(set(topic.stems) & set(row.stems))
        return shared / max(1, min(len(topic.stems), len(row.stems)))

    best = max(known, key=lambda row: (common(row), row.is_current, row.pk), default=None)
    return best if best is not None and common(best) >= SAME else None


def tell(row: RadarTopic, topic: Topic, place: int) -> None:
    row.place, row.is_current, row.found_at = place, True, now()
    row.words, row.stems = list(topic.words), list(topic.stems)
    row.people, row.usual, row.weeks = topic.people, topic.before, list(topic.weeks)
    row.languages, row.near = list(topic.languages), topic.near
    row.first_seen_at = topic.first_seen
    row.examples = [[*example.id, example.text] for example in topic.examples]
    if row.people >= max(COMES_BACK * row.people_then, row.people_then + AND_MORE):
        row.is_hidden = False
    row.save()


@transaction.atomic
def name_topic(*, topic: RadarTopic, scheme: str, reason: str, by: User) -> None:
    """A known scheme, or no fraud: hidden until it grows on."""
    topic.is_hidden, topic.scheme, topic.reason = True, scheme, reason
    topic.named_at, topic.named_by, topic.people_then = now(), by, topic.people
    topic.save(update_fields=NAMED)
    record("radar.named", target=topic, by=by.actor, detail=detail_of(topic))
    publish("radar")


@transaction.atomic
def show_again(*, topic: RadarTopic, by: User) -> None:
    """The name was a mistake: as if nobody had given it."""
    detail = detail_of(topic)
    topic.is_hidden, topic.scheme, topic.reason = False, "", ""
    topic.named_at, topic.named_by, topic.people_then = None, None, 0
    topic.save(update_fields=NAMED)
    record("radar.shown_again", target=topic, by=by.actor, detail=detail)
    publish("radar")


def detail_of(topic: RadarTopic) -> dict[str, Any]:
    return {"scheme": topic.scheme, "words": topic.words, "people": topic.people}


NAMED = ["is_hidden", "scheme", "reason", "named_at", "named_by", "people_then"]
