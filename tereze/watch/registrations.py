"""What the wall adds to the house: due work, ticks, live topic, menu, readiness."""

import time
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tereze.accounts.permissions import Permission
from tereze.audit import labels
from tereze.core import due, gauges, navigation, panels, readiness
from tereze.core.clock import now
from tereze.disruption import looks
from tereze.disruption.channels.email import claiming
from tereze.intake import judging, pictures
from tereze.live import register_topic
from tereze.watch import journal, partial, reported, work  # noqa: F401 - they register handlers
from tereze.watch.actions import (
    asking,
    deliveries,
    raids,
    retention,
    shifts,
    sources,
    trial,
    watching,
)
from tereze.watch.clocks import Steps
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Appeal, ChatRequest, Message, RuleRelease, Source, StreamState
from tereze.watch.models.requests import RequestState
from tereze.watch.models.sources import Health, Mode
from tereze.watch.pictures import drawn
from tereze.watch.submissions import letters, reading  # noqa: F401 - registers the reader
from tereze.watch.workshop import rulebook


judging.register(rulebook.rules_of)
pictures.drawn_by(drawn)
pictures.shown_at("message", lambda key: reverse("watch:message", args=[key]))
SILENCE = timedelta(seconds=60)  # no answer of the service for so long: nobody is watching


@due.every(5, name="watch.silence")
def notice_silence() -> None:
    """The watch process itself may be gone: then nobody else would say that we are blind."""
    live = [kind for kind, connector in CONNECTORS.items() if connector.is_live]
    before = now() - SILENCE
    never = Q(last_contact_at=None, health_since__lt=before)
    silent = Source.objects.watchable(now()).filter(
        never | Q(last_contact_at__lt=before), kind__in=live
    )
    keys = list(silent.exclude(health=Health.BLIND).values_list("pk", flat=True))
    if keys:
        sources.note_health(source_ids=keys, health=Health.BLIND, reason="silence")


STEPS = Steps()


@due.every(5, name="watch.clock")
def notice_a_jump() -> None:
    """Of our own clock, while it can be seen: later both ends look alike."""
    if jumped := STEPS.jump(time.monotonic(), now()):
        trial.break_off(jumped=jumped)


@due.every(15, name="watch.blind")
def call_for_the_blind() -> None:
    watching.call_for_the_blind()


@due.every(300, name="watch.rhythm")
def compare_with_usual() -> None:
    watching.count_hours()
    watching.compare_with_usual()


@due.every(30, name="watch.expiry")
def switch_off_expired() -> None:
    sources.switch_off_expired()


@due.every(60, name="watch.trial")
def close_what_is_wrong() -> None:
    trial.close_what_is_wrong()


@due.every(60, name="watch.retention")
def forget() -> None:
    retention.forget_all()
    retention.forget_submissions()
    raids.forget()
    shifts.forget()
    deliveries.forget()


@due.every(60, name="watch.duty")
def look_who_is_there() -> None:
    shifts.look_who_is_there()


def blind_sources() -> int:
    return Source.objects.exclude(mode=Mode.OFF).filter(health=Health.BLIND).count()


def watchers() -> str:
    blind = blind_sources()
    return f"{blind} sources are blind" if blind else "ok"


def stream() -> str:
    seen = StreamState.lately()
    if seen is None or not (seen.trouble or seen.dead):
        return "ok"
    return (
        f"{seen.waiting} messages wait in the stream, {seen.workers} workers, {seen.dead} given up"
    )


def stream_numbers() -> dict[str, float]:
    seen = StreamState.lately()
    if seen is None:
        return {}
    return {name: float(getattr(seen, name)) for name in ("waiting", "oldest", "workers", "dead")}


def waiting(user: Any) -> int:
    found = Message.objects.visible_to(user).for_people()
    count: int = found.exclude(source__kind="replay").count()
    return count


def requests_for_us(user: Any) -> int:
    asked = ChatRequest.objects.visible_to(user).exclude(
        state__in=[RequestState.CONFIRMED, RequestState.WITHDRAWN]
    )
    return len(asking.waiting_for_us(list(asked)))


def open_appeals(user: Any) -> int:
    count: int = Appeal.objects.visible_to(user).open().count()
    return count


def unreadable_rules() -> str:
    units = RuleRelease.objects.values_list("unit", flat=True).distinct()
    names = sorted(name for unit in units for name in rulebook.broken(unit))
    return f"rules of the house that cannot be read: {', '.join(names)}" if names else "ok"


claiming.register(letters.claim)
looks.PARTIAL.append(partial.look)
labels.register(journal.LABELS)
readiness.register("watchers", watchers)
readiness.register("stream", stream)
readiness.register("rules", unreadable_rules)
gauges.register(
    "tereze_blind_sources", "Watched chats we cannot see", lambda: {"": blind_sources()}
)
gauges.register(
    "tereze_stream",
    "Messages that wait, age of the oldest in seconds, workers, given up",
    stream_numbers,
    label="what",
)
register_topic("wall", lambda user, key: user.can(Permission.WALL_VIEW))
register_topic("submissions", lambda user, key: user.can(Permission.WALL_VIEW))
register_topic("workshop", lambda user, key: user.can(Permission.RULE_EDIT))
register_topic("calls", lambda user, key: user.can(Permission.WALL_VIEW))
panels.register("desk", "watch:calls", permission=Permission.WALL_VIEW, order=2, topics=["calls"])
panels.register(
    "desk", "watch:shift_offers", permission=Permission.WALL_VIEW, order=3, topics=["calls"]
)
navigation.register_public(_("Обжаловать удаление в чате"), "watch:appeal_code", order=60)
navigation.register(
    _("Стена"),
    "watch:wall",
    permission=Permission.WALL_VIEW,
    key="w",
    order=40,
    badge=waiting,
)
navigation.register_public(_("Прислать чат WhatsApp"), "watch:whatsapp", order=30)
navigation.register(
    _("Чаты WhatsApp"),
    "watch:submissions",
    permission=Permission.WALL_VIEW,
    key="h",
    order=42,
    badge=requests_for_us,
)
navigation.register(
    _("Реестр админов"),
    "watch:administrators",
    permission=Permission.CHAT_ADMINISTRATORS,
    key="y",
    order=43,
)
navigation.register(_("Смена"), "watch:shift", permission=Permission.WALL_VIEW, key="j", order=41)
navigation.register(
    _("Чаты"), "watch:sources", permission=Permission.SOURCE_MANAGE, key="s", order=45
)
navigation.register(_("Правила"), "watch:rules", permission=Permission.RULE_EDIT, key="b", order=47)
navigation.register(
    _("Обжалования"),
    "watch:appeals",
    permission=Permission.APPEAL_ANSWER,
    key="o",
    order=46,
    badge=open_appeals,
)
