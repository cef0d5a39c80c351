"""Decisions: by the chat's table or by an officer. With each: the seal, and the acts it asks for.

A decision, the sealed copy and the due acts are one transaction. So an act that is due has its
copy committed, and when the copy cannot be made there is neither a decision nor an act.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import token_hash
from tereze.detection.typology import SCHEMES
from tereze.intake import receipts
from tereze.live import publish
from tereze.watch import evidence
from tereze.watch.actions import asking_owners, calling, trial
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Act, Call, Decision, Message, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import ActKind, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.models.sources import Mode, QuietAct
from tereze.watch.policy import Course, Judged, Policy, Ruling, cell, rule
from tereze.watch.reasons import rules_of, told
from tereze.watch.sealing import seal
from tereze.watch.workshop import rulebook


log = logging.getLogger(__name__)
MACHINE = Actor.machine("watch")
LEASE = timedelta(seconds=10)  # ours to carry out at once; after a crash of ours the worker's
HISTORY = 500  # earlier messages copied before a ban erases them


def policy_of(source: Source, scheme: str = "") -> Policy:
    """The one cell of the table that speaks: this chat, this scheme, this hour."""
    chat = Policy(
        mode=source.mode if trial.is_open(source) else at_most_review(source.mode),
        threshold=source.threshold,
        author_act=source.author_act,
        leave=source.quiet_act == QuietAct.LEAVE and source.is_quiet(now()),
    )
    return cell(chat, source.schemes.get(scheme))


def at_most_review(mode: str) -> str:
    """What is written as automatic and never earned it goes to people."""
    return Mode.REVIEW if mode == Mode.AUTOMATIC else mode


def judged(message: Message) -> Judged:
    scheme = SCHEMES.get(message.scheme)
    return Judged(
        outcome=message.outcome,
        p_illegal=message.p_illegal,
        has_article=scheme is not None and bool(scheme.law.get("ru")),
        exempt=message.exempt,
    )


def decide_all(keys: Iterable[int]) -> list[Act]:
    """Decide what waits, each message once. The acts come back leased to the caller."""
    acts: list[Act] = []
    with transaction.atomic():
        waiting = Message.objects.select_for_update().filter(pk__in=list(keys))
        found = list(waiting.filter(state=State.ASSESSED).order_by("pk"))
        chats = {message.source_id for message in found}
        known = Source.objects.select_related("unit").in_bulk(chats)
        brake = Brake(known.values())
        for message in found:
            message.source = known[message.source_id]
            acts += decide_safely(message, brake)
        publish("wall")
    return acts


def decide_safely(message: Message, brake: "Brake") -> list[Act]:
    """One message that cannot be sealed must not hold up the others, and nothing is done to it."""
    try:
        with transaction.atomic():
            policy = policy_of(message.source, message.scheme)
            ruling = limited(message, up_to_date(message, rule(policy, judged(message))), brake)
            acts = decide(message, ruling, policy)
    except Exception as error:
        log.exception("message %s could not be decided", message.pk)
        Message.objects.filter(pk=message.pk).update(
            standing=Standing.STUCK, trouble=f"not_sealed:{type(error).__name__}"
        )
        later = now() + timedelta(minutes=1)
        Message.objects.filter(pk=message.pk).update(next_action_at=later, lease_until=None)
        record("message.not_sealed", target=message, by=MACHINE, unit=message.source.unit.slug)
        return []
    if ruling.course == Course.ACT:
        brake.count(message.source)
    return acts


def up_to_date(message: Message, ruling: Ruling) -> Ruling:
    """What a rule found that was taken back since is for people to decide."""
    engine = str((message.assessment or {}).get("engine", ""))
    if ruling.course not in {Course.ACT, Course.SHADOW}:
        return ruling
    if rulebook.is_out_of_date(engine, message.source.unit_id):
        return Ruling(course=Course.QUEUE, why="rules_changed")
    return ruling


def limited(message: Message, ruling: Ruling, brake: "Brake") -> Ruling:
    """A flood of mistakes has an end: beyond the chat's limit of an hour people decide."""
    if ruling.course != Course.ACT:
        return ruling
    if not brake.is_on(message.source):
        return ruling
    if not is_told(message.source):
        calling.call(kind=CallKind.FLOOD, source=message.source)
    return Ruling(course=Course.QUEUE, why="hourly_limit")


def is_told(source: Source) -> bool:
    """Somebody was called about this flood: whoever came is not called again by every message."""
    since = max(filter(None, (source.counted_from, now() - timedelta(hours=1))))
    return bool(Call.objects.filter(kind=CallKind.FLOOD, source=source, at__gte=since).exists())


class Brake:
    """Where the machine stops: in one chat, or in all chats of the unit together, because a rule
    that is wrong is wrong everywhere. What was blocked before a person let it go on is past.

    The rows are counted when first asked about, and the decisions made since are added to them.
    """

    def __init__(self, sources: Collection[Source]) -> None:
        self.sources = sources

    @cached_property
    def here(self) -> Counter[int]:
        return Counter(blocked_lately(self.sources))

    @cached_property
    def everywhere(self) -> Counter[int]:
        units = {source.unit_id for source in self.sources}
        found = counted().filter(message__source__unit__in=units)
        return Counter(numbers(found, "message__source__unit"))

    def is_on(self, source: Source) -> bool:
        return (
            self.here[source.pk] >= source.hourly_limit
            or self.everywhere[source.unit_id] >= settings.WATCH_UNIT_HOURLY
        )

    def count(self, source: Source) -> None:
        self.here[source.pk] += 1
        self.everywhere[source.unit_id] += 1


def halted(sources: Sequence[Source]) -> list[Source]:
    brake = Brake(sources)
    return [source for source in sources if brake.is_on(source)]


def blocked_lately(sources: Collection[Source]) -> dict[int, int]:
    return numbers(counted().filter(message__source__in=sources), "message__source")


def counted() -> QuerySet[Decision]:
    since = Q(message__source__counted_from=None) | Q(at__gte=F("message__source__counted_from"))
    return Decision.objects.of_machine_lately().filter(since)


def numbers(found: QuerySet[Decision], by: str) -> dict[int, int]:
    return dict(found.order_by().values_list(by).annotate(number=Count("pk")))


def decide(message: Message, ruling: Ruling, policy: Policy) -> list[Act]:
    message.state, message.trouble = State.DECIDED, ""
    message.next_action_at = message.lease_until = None
    if ruling.course == Course.ACT and message.source.is_web:
        asking_owners.ask_row(message, policy=snapshot(message, ruling, policy))
        return []
    if ruling.course == Course.ACT:
        return block_row(message, ladder=ruling.ladder, policy=snapshot(message, ruling, policy))
    if ruling.course == Course.SHADOW:
        Decision.objects.create(
            message=message,
            verdict=Verdict.SHADOW,
            policy=snapshot(message, ruling, policy),
            ladder=list(ruling.ladder),
            why=told(message),
            rules=rules_of(message),
        )
        message.standing = Standing.SHADOW
    elif ruling.course == Course.QUEUE:
        message.standing = Standing.WAITING
    message.save()
    return []


def snapshot(message: Message, ruling: Ruling, policy: Policy) -> dict[str, Any]:
    """The table as it stood: what the register must be able to show years later."""
    return {
        "mode": policy.mode,
        "threshold": policy.threshold,
        "outcome": message.outcome,
        "p_illegal": message.p_illegal,
        "scheme": message.scheme,
        "engine": (message.assessment or {}).get("engine", ""),
        "why": ruling.why,
    }


def appeal_token(decision: Decision) -> str:
    """The author's code: digits that can be read aloud, as a receipt is. 89 bits that only this
    installation can compute; the row holds no more than their hash."""
    return receipts.with_check_digit(
        int(keyed_hash(decision.public_id, purpose="watch.appeal"), 16)
    )


def block_row(
    message: Message,
    *,
    ladder: Sequence[str],
    policy: dict[str, Any] | None = None,
    officer: User | None = None,
    note: str = "",
) -> list[Act]:
    """The decision to block: sealed copies, then the acts, all due at once."""
    decision = Decision(
        message=message,
        verdict=Verdict.BLOCK,
        officer=officer,
        policy=policy or {},
        ladder=list(ladder),
        why=told(message),
        rules=rules_of(message),
        note=note,
    )
    decision.appeal_hash = token_hash(appeal_token(decision))
    evidence.mark(decision, message)
    decision.save(force_insert=True)
    if {"ban", "ban_everywhere"} & set(ladder):
        seal_history(message)
    seal(message)
    acts = Act.objects.bulk_create(acts_for(decision, message, ladder, officer=officer))
    message.state, message.standing = State.SEALED, Standing.BLOCKED
    message.trouble, message.kept_until = "", None
    message.next_action_at = message.lease_until = None
    message.save()
    record(
        "message.blocked",
        target=message,
        by=officer.actor if officer else MACHINE,
        unit=message.source.unit.slug,
        detail={"ladder": list(ladder), "decision": decision.public_id, **(policy or {})},
    )
    return acts


def history_of(message: Message) -> QuerySet[Message]:
    """What else its author wrote there of which there is no copy, the newest first."""
    if not message.author_key:
        return Message.objects.none()
    theirs = Message.objects.filter(source=message.source_id, author_key=message.author_key)
    other = theirs.filter(is_latest=True, seal=None).exclude(pk=message.pk)
    return other.order_by("-pk")[:HISTORY]


def seal_history(message: Message) -> None:
    """A ban in a supergroup erases everything its author wrote there: copy that first. The rows are
    locked before the chain of seals is, as everywhere."""
    history = Message.objects.filter(pk__in=[one.pk for one in history_of(message)])
    history.lock()
    history.update(kept_until=None)
    for other in history.order_by("-pk"):
        other.source = message.source
        seal(other)


def hold_row(message: Message, *, officer: User) -> Decision:
    """The sealed copy first, as before any act; then the author is silent for a while."""
    decision = Decision(
        message=message, verdict=Verdict.HOLD, officer=officer, ladder=["hold"], why=told(message)
    )
    decision.appeal_hash = token_hash(appeal_token(decision))
    evidence.mark(decision, message)
    decision.save(force_insert=True)
    seal(message)
    Act.objects.bulk_create(acts_for(decision, message, ["hold"], officer=officer))
    message.standing, message.kept_until = Standing.HELD, None
    message.save(update_fields=["standing", "kept_until"])
    record(
        "message.held",
        target=message,
        by=officer.actor,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "hours": message.source.hold_hours},
    )
    return decision


def acts_for(
    decision: Decision, message: Message, ladder: Sequence[str], *, officer: User | None = None
) -> list[Act]:
    if not CONNECTORS[message.source.kind].is_live:
        return []  # words from a file: there is nobody to act upon
    at, author = now(), (message.author or {}).get("id", "")
    target = {
        "message": message.external_id,
        "author": author,
        "sent": message.sent_at.isoformat(),
        "versions": versions_of(message),
    }
    acts = []
    for source, kind, until in steps(message, ladder, at):
        if kind == ActKind.DELETE or author:
            acts.append(
                Act(
                    decision=decision,
                    officer=officer,
                    source=source,
                    kind=kind,
                    target=target,
                    until=until,
                    next_action_at=at,
                    lease_until=at + LEASE,
                )
            )
    return acts


def versions_of(message: Message) -> list[str]:
    """Where a service keeps each version or picture under its own id, all of them have to go."""
    if album := (message.text or {}).get("album"):
        return list(album)
    if message.version == 1:
        return []
    earlier = Message.objects.filter(source=message.source, external_id=message.external_id)
    found = earlier.exclude(revision=message.external_id).values_list("revision", flat=True)
    return [*found.order_by("version")]


def steps(
    message: Message, ladder: Sequence[str], at: datetime
) -> list[tuple[Source, str, datetime | None]]:
    source = message.source
    found: list[tuple[Source, str, datetime | None]] = []
    if "delete" in ladder:
        found.append((source, ActKind.DELETE, None))
    if "hold" in ladder:
        found.append((source, ActKind.RESTRICT, at + source.term("hold")))
    if "restrict" in ladder:
        found.append((source, ActKind.RESTRICT, at + source.term("restrict")))
    if "ban" in ladder or "ban_everywhere" in ladder:
        found.append((source, ActKind.BAN, at + source.term("ban")))
    if "ban_everywhere" in ladder:
        others = Source.objects.watchable(at).filter(unit=source.unit, kind=source.kind)
        found += [
            (other, ActKind.BAN, at + other.term("ban")) for other in others.exclude(pk=source.pk)
        ]
    return found
