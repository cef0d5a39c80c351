"""Looking after the watchers: who is told of a blind chat, and chats that are quieter than ever."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from tereze.core.clock import now
from tereze.watch import rhythm
from tereze.watch.actions import calling, sources
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Call, HourCount, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.sources import Health, Mode


HICCUP = timedelta(seconds=60)  # a line that is lost for less calls nobody
LATELY, OFTEN = timedelta(hours=1), 3  # lost so often, it is no hiccup either
SHORTEST = timedelta(minutes=15)  # hours are not counted finer than that would be fair to


def call_for_the_blind() -> None:
    """A chat that is not seen for longer than a hiccup: the person named for it, then the chief.
    Whoever has it in hand is not called again until it is blind for another reason."""
    lost = Source.objects.filter(health=Health.BLIND, health_since__lt=now() - HICCUP)
    lost = lost.exclude(mode=Mode.OFF).order_by("health_since", "pk")
    for source in lost.select_related("unit", "on_call"):
        told = Call.objects.filter(source=source, kind=CallKind.BLIND, at__gte=source.health_since)
        if not told.exists():
            with transaction.atomic():
                calling.call(kind=CallKind.BLIND, source=source)
                if flaps(source):
                    calling.ring(
                        CallKind.BLIND, source, None, calling.chiefs(source), to_chief=True
                    )


def flaps(source: Source) -> bool:
    """Lost so often that no call about it grows old enough to reach the chief by itself."""
    calls = Call.objects.filter(source=source, kind=CallKind.BLIND, to_chief=False)
    lately = calls.filter(at__gte=now() - LATELY).values_list("at", flat=True)
    times = sorted(set(lately))
    return len(times) >= OFTEN and times[-1] - times[0] >= calling.COME_WITHIN


def count_hours() -> None:
    """The hour that has just ended, of every chat that was seen all through it: a number, no names.
    What is not counted in its time is not counted at all: nobody knows then whether we saw."""
    hour = rhythm.hour_of(now()) - rhythm.HOUR
    end = hour + rhythm.HOUR
    quiet = Q(health=Health.BLIND, health_reason=sources.TOO_QUIET)
    seen = live().filter(
        Q(health=Health.OK, health_since__lte=hour) | quiet,
        on_since__lte=hour,
        last_contact_at__gte=end,
    )
    fresh = seen.exclude(hours__hour=hour)
    for pk, number in with_numbers(fresh, hour, end):
        HourCount.objects.get_or_create(source_id=pk, hour=hour, defaults={"messages": number})
    HourCount.objects.filter(hour__lt=now() - rhythm.HISTORY - rhythm.LONGEST).delete()


def with_numbers(found: Any, begin: datetime, end: datetime) -> list[tuple[int, int]]:
    within = Q(messages__received_at__gte=begin, messages__received_at__lt=end)
    return list(found.annotate(n=Count("messages", filter=within)).values_list("pk", "n"))


def live() -> Any:
    kinds = [kind for kind, connector in CONNECTORS.items() if connector.is_live]
    return Source.objects.watchable(now()).filter(kind__in=kinds)


def compare_with_usual() -> None:
    """The service answers and yet nobody writes, for as long as there never was silence here."""
    for source in live().filter(health=Health.OK).select_related("unit"):
        if rhythm.is_too_quiet(before(source)):
            sources.note_health(
                source_ids=[source.pk], health=Health.BLIND, reason=sources.TOO_QUIET
            )


def before(source: Source) -> list[float]:
    """What was written in stretches like the present silence."""
    at = now()
    since = max(filter(None, (source.on_since, source.last_message_at, source.health_since)))
    if at - since < SHORTEST:
        return []
    counted = source.hours.filter(hour__gte=at - rhythm.HISTORY - rhythm.LONGEST)
    counts = dict(counted.values_list("hour", "messages"))
    return rhythm.stretches(counts, since, at, ZoneInfo(source.unit.zone))
