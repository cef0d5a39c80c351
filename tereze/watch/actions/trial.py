"""Whether the machine may act by itself: only after it was watched thinking, and found right.

A chat runs seven days in shadow, and officers decide about fifty texts on which the machine would
have acted; of those it must have been right about 98 in a hundred. Copies of one text and texts of
one author are one verdict: nobody opens the gate, or closes it, by posting the same fifty times.
Nor by deciding again what a colleague has decided: see `tereze.watch.verdicts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.db.models import Q

from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.live import publish
from tereze.watch import evidence
from tereze.watch.actions import calling
from tereze.watch.clusters import clusters
from tereze.watch.connectors import CONNECTORS
from tereze.watch.evidence import mark_of
from tereze.watch.models import Decision, Message, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import Verdict
from tereze.watch.models.sources import Mode
from tereze.watch.verdicts import word_of


MACHINE = Actor.machine("watch")
SHADOW = timedelta(days=7)
GAP = timedelta(days=1)  # the most that one silence adds to the time in shadow
GRAIN = timedelta(minutes=1)  # what is shorter is counted with the next message
APART = timedelta(hours=1)  # clocks that differ by more prove nothing
VERDICTS = 50
PRECISION = 0.98
ENOUGH = 10  # verdicts about one scheme that can close the automatic for it
LATELY = timedelta(days=90)
# what is counted and what its mark covers: no text and no author is opened for it
COUNTED = (
    "public_id", "verdict", "officer", "undone_at", "undone_by", "mark", "message__public_id",
    "message__outcome", "message__p_illegal", "message__scheme", "message__text_key",
    "message__author_trail",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How long in shadow, how many verdicts, how many of them agreed with the machine."""

    shadow: timedelta = timedelta()
    verdicts: int = 0
    right: int = 0
    lowered_from: float | None = None  # above it, only what was said since is counted

    @property
    def precision(self) -> float:
        return self.right / self.verdicts if self.verdicts else 0.0

    @property
    def percent(self) -> float:
        return int(self.precision * 1000) / 10  # never rounded up

    @property
    def days(self) -> int:
        return self.shadow.days

    @property
    def lacks(self) -> tuple[str, ...]:
        found = {
            "shadow": self.shadow < SHADOW,
            "verdicts": self.verdicts < VERDICTS,
            "precision": self.verdicts > 0 and self.right < PRECISION * self.verdicts,
        }
        return tuple(name for name, missing in found.items() if missing)


class NotProvenError(Exception):
    """The machine has not yet been found right often and long enough here."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        super().__init__(", ".join(trial.lacks))


def keep_count(source: Source, *, before: str) -> None:
    """A stretch in shadow ends with the mode; the next one begins with its first message."""
    if source.mode != before and source.shadow_told is not None:
        insist_on_evidence(source)
        source.shadow_told = None
        count(source)


def insist_on_evidence(source: Source) -> None:
    """What was edited past the program counts for nothing: the count begins anew, and is journalled."""
    if evidence.holds(source):
        return
    source.shadowed, source.shadow_told, source.carried = timedelta(), None, {}
    count(source)
    record("source.evidence_void", target=source, by=MACHINE, unit=source.unit.slug)


def note_threshold(source: Source, *, before: float) -> None:
    """What people found right above a higher threshold says nothing of what a lower one deletes
    besides. Back at the higher one, all of it counts again."""
    known = lowered = source.carried.get("lowered")
    if source.threshold < before:
        lowered = {"from": before, "at": now().isoformat()}
    elif known and source.threshold >= known["from"]:
        lowered = None
    if lowered != known:
        insist_on_evidence(source)
        source.carried = {**source.carried, "lowered": lowered}
        count(source)


def note_shadow(rows: Iterable[Message], told_at: Iterable[tuple[int, datetime | None]]) -> None:
    """Inside the transaction that stores messages: what is new, and by chat what the service itself
    said the time was.

    Time in shadow counts from message to message by the clock of the service, so a clock of ours
    that was set ahead adds nothing: as soon as the two differ, nothing counts. A silence longer than
    a day counts as a day.
    """
    fresh = {row.source_id for row in rows if row.source.mode == Mode.SHADOW}
    times = sorted((at, pk) for pk, at in told_at if at is not None and pk in fresh)
    told = {pk: at for at, pk in times}
    if not told:
        return
    shadowed = Source.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=told, mode=Mode.SHADOW
    )
    for source in shadowed.select_related("unit").order_by("pk"):
        at = told[source.pk]
        if abs(now() - at) > APART:
            continue
        insist_on_evidence(source)
        gap = at - source.shadow_told if source.shadow_told else GRAIN
        if gap >= GRAIN:
            source.shadowed += min(gap, GAP) if source.shadow_told else timedelta()
            source.shadow_told = at
            count(source)
            source.save(update_fields=["shadowed", "shadow_told", "carried", "evidence"])


@transaction.atomic
def break_off(*, jumped: timedelta) -> None:
    """Our clock was set while we ran. Where the service's clock is the same one, it jumped along: what
    lies between the last message and the next counts for nothing."""
    record(
        "clock.jumped",
        target="clock",
        by=MACHINE,
        detail={"seconds": round(jumped.total_seconds())},
    )
    running = Source.objects.select_for_update(of=("self",), no_key=True).exclude(shadow_told=None)
    for source in running.select_related("unit").order_by("pk"):
        insist_on_evidence(source)
        source.shadow_told = None
        count(source)
        source.save(update_fields=["shadowed", "shadow_told", "carried", "evidence"])


def count(source: Source) -> None:
    """After what was counted has changed by the program's own hand; what was edited stays edited."""
    source.evidence = evidence.evidence_of(source)


def verdicts(source: Source) -> list[tuple[str, bool, int]]:
    """(scheme, whether the machine was right, number of the cluster) of each word said."""
    found = Decision.objects.filter(
        at__gte=now() - LATELY,
        message__source=source,
        message__outcome="illegal",
        message__p_illegal__gte=source.threshold,
    ).exclude(verdict__in=[Verdict.SHADOW, Verdict.HOLD])
    if lowered := source.carried.get("lowered"):
        since = datetime.fromisoformat(lowered["at"])
        found = found.filter(Q(at__gte=since) | Q(message__p_illegal__lt=lowered["from"]))
    people = Q(officer__isnull=False)
    answered = Q(officer=None) & (Q(undone_at__isnull=False) | Q(appeals__state="upheld"))
    rows = found.agreed().filter(people | answered).order_by("pk")
    last: dict[tuple[int, int | None], tuple[Message, bool | None]] = {}
    for decision in rows.select_related("message").only(*COUNTED):
        who, right = word_of(decision, upheld=decision.by_machine)
        if right and not compare_digest(decision.mark, mark_of(decision, decision.message)):
            continue  # nobody decided that by way of the program
        last[(decision.message_id, who)] = (decision.message, right)
    made = [(message, right) for message, right in last.values() if right is not None]
    numbers = clusters([(one.public_id, one.text_key, one.author_trail) for one, _right in made])
    return [
        (message.scheme, right, number)
        for (message, right), number in zip(made, numbers, strict=True)
    ]


def counted(found: Iterable[tuple[str, bool, int]], *, scheme: str = "") -> tuple[int, int]:
    """How many clusters, and in how many of them every verdict agreed with the machine."""
    every: dict[int, bool] = {}
    for slug, right, number in found:
        if not scheme or slug == scheme:
            every[number] = every.get(number, True) and right
    return len(every), sum(every.values())


def trial_of(source: Source) -> Trial:
    number, right = counted(verdicts(source)) if source.pk else (0, 0)
    if not evidence.holds(source):
        return Trial(verdicts=number, right=right)
    if lowered := source.carried.get("lowered"):
        return Trial(
            shadow=source.shadowed, verdicts=number, right=right, lowered_from=lowered["from"]
        )
    return Trial(
        shadow=source.shadowed,
        verdicts=number + source.carried.get("verdicts", 0),
        right=right + source.carried.get("right", 0),
    )


def schemes_of(source: Source) -> dict[str, Trial]:
    """The same by scheme, as far as there are verdicts."""
    found = verdicts(source)
    result = {}
    for slug in {scheme for scheme, _right, _number in found}:
        number, right = counted(found, scheme=slug)
        result[slug] = Trial(verdicts=number, right=right)
    return result


def insist(source: Source) -> None:
    if source.mode == Mode.AUTOMATIC and CONNECTORS[source.kind].is_live:
        trial = trial_of(source)
        if trial.lacks:
            raise NotProvenError(trial)


def proof_of(source: Source) -> str:
    """Written where the gate was opened by the way that leads there, and valid for that alone."""
    told = f"{source.public_id}:{source.chat_id}:{source.threshold:.6f}"
    return keyed_hash(told, purpose="watch.proven")


def is_open(source: Source) -> bool:
    """Whether the machine may act. A row that says so without proof was edited past the gate."""
    if source.mode != Mode.AUTOMATIC:
        return False
    is_live = CONNECTORS[source.kind].is_live
    return not is_live or compare_digest(source.proof, proof_of(source))


def prove(source: Source) -> None:
    source.proof = proof_of(source) if source.mode == Mode.AUTOMATIC else ""


def is_wrong_too_often(trial: Trial) -> bool:
    return trial.verdicts >= ENOUGH and trial.right < PRECISION * trial.verdicts


def close_what_is_wrong() -> None:
    """The gate closes as it opened: where people decide otherwise, they decide again."""
    automatic = Source.objects.filter(mode=Mode.AUTOMATIC).select_related("unit")
    for source in automatic.exclude(kind="replay"):
        by_scheme = schemes_of(source)
        wrong = [slug for slug, trial in by_scheme.items() if is_wrong_too_often(trial)]
        wrong = [slug for slug in wrong if source.schemes.get(slug, {}).get("mode") not in CLOSED]
        if is_wrong_too_often(trial_of(source)):
            close(source)
        elif wrong:
            close(source, wrong)


CLOSED = {Mode.OFF, Mode.SHADOW, Mode.REVIEW}


@transaction.atomic
def close(source: Source, schemes: Iterable[str] = ()) -> None:
    """To people: the whole chat, or some schemes of it; and somebody is called."""
    row = (
        Source.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit")
        .get(pk=source.pk)
    )
    if schemes:
        for slug in schemes:
            row.schemes[slug] = {**row.schemes.get(slug, {}), "mode": str(Mode.REVIEW)}
    else:
        row.mode = Mode.REVIEW
    row.save(update_fields=["mode", "schemes"])
    detail = {"schemes": sorted(schemes)}
    record("source.closed", target=row, by=MACHINE, unit=row.unit.slug, detail=detail)
    calling.call(kind=CallKind.TRIAL, source=row)
    publish("wall")
