"""Looking after the watchers: who is told of a blind chat, and chats that are quieter than ever."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tereze.core.clock import now
from tereze.watch.actions import calling, sources
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Call, Message, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.sources import Health, Mode
from tereze.watch.rhythm import is_too_quiet


HICCUP = timedelta(seconds=60)  # a line that is lost for less calls nobody
HOUR = timedelta(hours=1)
WEEKEND = 5


def call_for_the_blind() -> None:
    """A chat that is not seen for longer than a hiccup: the person named for it, then the chief.
    Whoever has it in hand is not called again until it is blind for another reason."""
    lost = Source.objects.filter(health=Health.BLIND, health_since__lt=now() - HICCUP)
    for source in lost.exclude(mode=Mode.OFF).select_related("unit", "on_call"):
        told = Call.objects.filter(source=source, kind=CallKind.BLIND, at__gte=source.health_since)
        if not told.exists():
            with transaction.atomic():
                calling.call(kind=CallKind.BLIND, source=source)


def compare_with_usual() -> None:
    """The service answers and yet nobody writes, in an hour in which somebody always did."""
    live = [kind for kind, connector in CONNECTORS.items() if connector.is_live]
    watched = Source.objects.watchable(now()).filter(kind__in=live).select_related("unit")
    for source in watched.filter(health=Health.OK):
        if is_too_quiet(*counts(source)):
            sources.note_health(
                source_ids=[source.pk], health=Health.BLIND, reason=sources.TOO_QUIET
            )


def counts(source: Source) -> tuple[int, list[int]]:
    """Messages of the last hour, and of the same hour on earlier days of the same kind for as long
    as messages are kept and the chat was watched."""
    at = now()
    began = source.on_since or source.created_at
    days = [at - timedelta(days=back) for back in range(1, source.retention_days + 1)]
    alike = [day for day in days if is_weekend(source, day) == is_weekend(source, at)]
    return number(source, at), [number(source, day) for day in alike if day - HOUR >= began]


def number(source: Source, until: datetime) -> int:
    within = Message.objects.filter(source=source, received_at__gt=until - HOUR)
    return int(within.filter(received_at__lte=until).count())


def is_weekend(source: Source, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(source.unit.zone)).weekday() >= WEEKEND
