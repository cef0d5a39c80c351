"""The wall: what needs a person first, what was just done, every chat side by side."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Case, IntegerField, Max, Q, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.watch.actions import deciding, shifts
from tereze.watch.asks import Ask, asks_for
from tereze.watch.cards import cards_of
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Message, Raid, Source, StreamState
from tereze.watch.models.calls import CallKind
from tereze.watch.models.messages import Standing
from tereze.watch.models.sources import HANDED_OVER, Mode, SourceQuerySet
from tereze.watch.picture_words import not_read_here
from tereze.watch.summoned import called_for
from tereze.watch.words import blind_title, blind_words, sight_words


# Whatever happens in eight hours, the page never holds more than this; the rest is a number.
WAITING = 25
DONE = 8
IN_A_CHAT = 12
CHATS = 8
RAIDS = 5
NAMED = 5  # chats of one trouble; the others are a number
RECENT = timedelta(hours=12)
DECIDED = [
    Standing.BLOCKED,
    Standing.REQUESTED,
    Standing.CONFIRMED,
    Standing.UNDONE,
    Standing.CLOSED,
]
# what could not be done, then what asks for a decision; a file streamed through comes last
URGENCY = Case(
    When(standing=Standing.STUCK, then=Value(0)),
    When(source__kind="replay", then=Value(4)),
    When(source__kind=HANDED_OVER, then=Value(2)),  # where seconds count comes first
    When(standing=Standing.SHADOW, then=Value(3)),
    When(outcome="illegal", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def officer_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def fragment(request: HttpRequest, template: str, part: str = "live") -> str:
    return f"{template}#{part}" if getattr(request, "htmx", False) else template


@requires(Permission.WALL_VIEW)
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    context = overview(user, chosen=request.GET.get("chosen", ""))
    return render(request, fragment(request, "watch/wall.html"), context)


def overview(user: User, *, chosen: str = "") -> dict[str, Any]:
    on = Source.objects.visible_to(user).exclude(mode=Mode.OFF)
    replay = last_replay(on)
    submitted = on.filter(kind=HANDED_OVER).order_by("-last_message_at")
    live = on.exclude(kind__in=["replay", HANDED_OVER]).order_by("title")
    watched = [*live, *submitted, *replay]
    earlier_files = Q(source__kind="replay") & ~Q(source__in=replay)
    messages = Message.objects.visible_to(user).select_related("source").exclude(earlier_files)
    for_people = messages.for_people()
    number = for_people.count()
    waiting = list(for_people.order_by(URGENCY, "-pk")[:WAITING])
    if chosen and chosen not in {row.public_id for row in waiting}:
        waiting += for_people.filter(public_id=chosen)
    done = messages.filter(
        standing__in=DECIDED,
        decisions__at__gte=now() - RECENT,
    ).annotate(last_done=Max(Coalesce("decisions__undone_at", "decisions__at")))
    stopped = deciding.halted(watched)
    blind = [source for source in watched if source.is_blind]
    called = called_for(blind, [CallKind.BLIND])
    asks, stream = asks_for(user), StreamState.lately()
    return {
        "waiting": cards_of(waiting, user),
        "more": max(0, number - len(waiting)),
        "done": cards_of(list(done.order_by("-last_done")[:DONE]), user),
        "blind": blind_together(blind, called),
        "stream": stream,
        "ending": [source for source in live if source.ends_soon][:NAMED],
        "halted": halted_together(stopped),
        "may_let_go_on": user.can(Permission.WALL_BAN),
        "asks": asks,
        "deserted": shifts.is_deserted(user.unit),
        "raids": raids_of(user),
        "chats": [chat_column(source, user) for source in watched[:CHATS]],
        "other_chats": watched[CHATS:],
        "hour": messages.filter(received_at__gte=now() - timedelta(hours=1)).count(),
        "alarms": alarms(waiting, watched, stopped, asks, stream),
    }


def blind_together(blind: Sequence[Source], called: Mapping[int, str]) -> list[dict[str, Any]]:
    """Chats that one trouble blinds are one line: two hundred would hide what waits below them."""
    troubles: dict[tuple[str, str], list[Source]] = {}
    for source in blind:
        troubles.setdefault((blind_title(source), blind_words(source)), []).append(source)
    return [
        {
            "sources": sources[:NAMED],
            "more": len(sources[NAMED:]),
            "title": blind_title(sources[0], len(sources)),
            "why": why,
            "since": min(source.health_since for source in sources),
            "called": "; ".join(sorted({called[s.pk] for s in sources if s.pk in called})[:NAMED]),
        }
        for (_title, why), sources in troubles.items()
    ]


def halted_together(stopped: Sequence[Source]) -> dict[str, Any]:
    """One line and one key, as for the blind: a flood, or a wrong rule, halts many at once."""
    blocked = deciding.blocked_lately(stopped)
    sources = sorted(stopped, key=lambda source: -blocked.get(source.pk, 0))
    if not stopped:
        return {}
    return {
        "sources": sources[:NAMED],
        "more": len(sources[NAMED:]),
        "blocked": sum(blocked.values()),
        "keys": " ".join(source.public_id for source in sources),
    }


def raids_of(user: User) -> list[Raid]:
    found = Raid.objects.open().filter(unit=user.unit_id).select_related("source", "first__source")
    return list(found.order_by("-last_at")[:RAIDS])


def last_replay(on: SourceQuerySet) -> list[Source]:
    """A file that somebody streams through the wall beside the chats; the one before is history."""
    return list(on.filter(kind="replay", created_at__gte=now() - RECENT).order_by("-pk")[:1])


def alarms(
    waiting: list[Message],
    watched: list[Source],
    stopped: list[Source],
    asks: list[Ask],
    stream: StreamState | None,
) -> str:
    """What the page makes a sound for when it is new: chats that are blind or halted, stuck
    messages, colleagues who wait for a second person, a stream that is behind."""
    keys = [m.public_id for m in waiting if m.standing == Standing.STUCK]
    keys += [f"{s.public_id}{s.health_reason}" for s in watched if s.is_blind]
    keys += [f"{source.public_id}halted" for source in stopped]
    keys += [ask.agreement.public_id for ask in asks if not ask.is_own]
    if stream is not None:
        keys += [stream.trouble] * bool(stream.trouble) + [f"dead{stream.dead}"] * bool(stream.dead)
    return " ".join(keys)


def chat_column(source: Source, user: User, size: int = IN_A_CHAT) -> dict[str, Any]:
    latest = Message.objects.filter(source=source, is_latest=True).select_related("source")
    return {
        "source": source,
        "why": blind_words(source) if source.is_blind else "",
        "title": blind_title(source),
        "pictures": not_read_here(source),
        "sight": sight_words(source) if CONNECTORS[source.kind].is_live else "",
        "cards": cards_of(list(latest.order_by("-pk")[:size]), user),
    }


@requires(Permission.WALL_VIEW)
@require_safe
def chat(request: HttpRequest, key: str) -> HttpResponse:
    """One chat alone: for a phone, and for looking back further than the wall does."""
    user = officer_of(request)
    source = Source.objects.visible_to(user).filter(public_id=key).first()
    if source is None:
        raise Http404
    column = chat_column(source, user, size=100)
    return render(request, fragment(request, "watch/chat.html"), column)
