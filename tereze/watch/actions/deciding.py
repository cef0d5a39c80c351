"""Decisions: by the chat's table or by an officer. With each: the seal, and the acts it asks for.

A decision, the sealed copy and the due acts are one transaction. So an act that is due has its
copy committed, and when the copy cannot be made there is neither a decision nor an act.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import token_hash
from tereze.detection.typology import SCHEMES
from tereze.live import publish
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Act, Decision, Message, Source
from tereze.watch.models.decisions import ActKind, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.policy import Course, Judged, Policy, Ruling, rule
from tereze.watch.reasons import told
from tereze.watch.sealing import seal


log = logging.getLogger(__name__)
MACHINE = Actor.machine("watch")
LEASE = timedelta(seconds=10)  # ours to carry out at once; after a crash of ours the worker's
HISTORY = 500  # earlier messages copied before a ban erases them


def policy_of(source: Source) -> Policy:
    return Policy(mode=source.mode, threshold=source.threshold, author_act=source.author_act)


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
        for message in waiting.filter(state=State.ASSESSED).order_by("pk"):
            message.source = Source.objects.select_related("unit").get(pk=message.source_id)
            acts += decide_safely(message)
        publish("wall")
    return acts


def decide_safely(message: Message) -> list[Act]:
    """One message that cannot be sealed must not hold up the others, and nothing is done to it."""
    try:
        with transaction.atomic():
            return decide(
                message, limited(message, rule(policy_of(message.source), judged(message)))
            )
    except Exception as error:
        log.exception("message %s could not be decided", message.pk)
        Message.objects.filter(pk=message.pk).update(
            standing=Standing.STUCK, trouble=f"not_sealed:{type(error).__name__}"
        )
        later = now() + timedelta(minutes=1)
        Message.objects.filter(pk=message.pk).update(next_action_at=later, lease_until=None)
        record("message.not_sealed", target=message, by=MACHINE, unit=message.source.unit.slug)
        return []


def limited(message: Message, ruling: Ruling) -> Ruling:
    """A flood of mistakes has an end: beyond the chat's limit of an hour people decide."""
    if ruling.course != Course.ACT:
        return ruling
    lately = Decision.objects.of_machine_lately().filter(message__source=message.source_id)
    if lately.count() < message.source.hourly_limit:
        return ruling
    return Ruling(course=Course.QUEUE, why="hourly_limit")


def decide(message: Message, ruling: Ruling) -> list[Act]:
    message.state, message.trouble = State.DECIDED, ""
    message.next_action_at = message.lease_until = None
    if ruling.course == Course.ACT:
        return block_row(message, ladder=ruling.ladder, policy=snapshot(message, ruling))
    if ruling.course == Course.SHADOW:
        Decision.objects.create(
            message=message,
            verdict=Verdict.SHADOW,
            policy=snapshot(message, ruling),
            ladder=list(ruling.ladder),
            why=told(message),
        )
        message.standing = Standing.SHADOW
    elif ruling.course == Course.QUEUE:
        message.standing = Standing.WAITING
    message.save()
    return []


def snapshot(message: Message, ruling: Ruling) -> dict[str, Any]:
    """The table as it stood: what the register must be able to show years later."""
    return {
        "mode": message.source.mode,
        "threshold": message.source.threshold,
        "outcome": message.outcome,
        "p_illegal": message.p_illegal,
        "scheme": message.scheme,
        "engine": (message.assessment or {}).get("engine", ""),
        "why": ruling.why,
    }


def appeal_token(decision: Decision) -> str:
    """128 bits that only this installation can compute; the row holds no more than their hash."""
    return keyed_hash(decision.public_id, purpose="watch.appeal")[:32]


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
        note=note,
    )
    decision.appeal_hash = token_hash(appeal_token(decision))
    decision.save(force_insert=True)
    seal(message)
    if {"ban", "ban_everywhere"} & set(ladder):
        seal_history(message)
    acts = Act.objects.bulk_create(acts_for(decision, message, ladder))
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


def seal_history(message: Message) -> None:
    """A ban in a supergroup erases everything its author wrote there: copy that first."""
    if not message.author_key:
        return
    earlier = Message.objects.filter(source=message.source, author_key=message.author_key)
    for other in earlier.filter(is_latest=True, seal=None).order_by("-pk")[:HISTORY]:
        other.source = message.source
        seal(other)
        Message.objects.filter(pk=other.pk).update(kept_until=None)


def acts_for(decision: Decision, message: Message, ladder: Sequence[str]) -> list[Act]:
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
    """Where a service keeps each version under its own id, all of them have to go."""
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
    if "restrict" in ladder:
        found.append((source, ActKind.RESTRICT, at + timedelta(hours=source.restrict_hours)))
    if "ban" in ladder or "ban_everywhere" in ladder:
        found.append((source, ActKind.BAN, None))
    if "ban_everywhere" in ladder:
        others = Source.objects.watchable(at).filter(unit=source.unit, kind=source.kind)
        found += [(other, ActKind.BAN, None) for other in others.exclude(pk=source.pk)]
    return found
