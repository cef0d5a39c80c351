"""Four eyes: steps that reach far wait until a second officer agrees. Never the same person."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions.acting import begin_now, end_hold
from tereze.watch.models import Act, Agreement, Decision, Message, Source
from tereze.watch.models.decisions import ActState, Verdict
from tereze.watch.models.messages import Standing
from tereze.watch.radius import Limits, Radius, Step, needs_second, told
from tereze.watch.rights import insist_on


class AlreadyDecidedError(Exception):
    """Somebody was first: the page is shown again as it is now."""


class SamePersonError(Exception):
    """Whoever asked cannot also agree."""


def limits() -> Limits:
    return Limits(**settings.WATCH_ALONE)


def step_of(name: str, message: Message, by: User) -> Step:
    places = [message.source]
    if name == "ban_everywhere":
        places = list(reached_everywhere(message.source))
    lately = Act.objects.filter(officer=by, created_at__gte=now() - timedelta(hours=1))
    radius = Radius(
        chats=len(places),
        people=sum(place.members for place in places),
        hour=lately.values("decision__message").distinct().count(),
    )
    return Step(name=name, radius=radius)


def reached_everywhere(source: Source) -> list[Source]:
    """The chats of the same service that a ban everywhere reaches, this one first."""
    others = Source.objects.watchable(now()).filter(unit=source.unit, kind=source.kind)
    return [source, *others.exclude(pk=source.pk)]


def too_far(ladder: Sequence[str], message: Message, by: User) -> list[Step]:
    """Which of these steps one officer may not take alone."""
    steps = [step_of(name, message, by) for name in ladder]
    return [step for step in steps if needs_second(step, limits())]


def ask(*, decision: Decision, steps: Sequence[Step], acts: Sequence[Act], by: User) -> Agreement:
    """Inside the decision's transaction: its acts that reach too far wait for somebody else."""
    message = decision.message
    asked = Agreement.objects.create(
        decision=decision,
        ladder=[step.name for step in steps],
        radius=told(steps, limits()),
        asked_by=by,
    )
    Act.objects.filter(pk__in=[act.pk for act in acts]).update(
        agreement=asked, state=ActState.ASKED, next_action_at=None, lease_until=None
    )
    record(
        "agreement.asked",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "ladder": asked.ladder, **asked.radius},
    )
    publish("wall")
    return asked


def locked(agreement: Agreement) -> Agreement:
    Message.objects.filter(decisions__agreements=agreement).lock()
    found: Agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("decision__message__source__unit", "asked_by")
        .get(pk=agreement.pk)
    )
    if found.state != Agreement.State.OPEN:
        raise AlreadyDecidedError
    return found


def close(row: Agreement, state: str, by: User) -> None:
    row.state, row.answered_by, row.answered_at = state, by, now()
    row.save(update_fields=["state", "answered_by", "answered_at"])
    message = row.decision.message
    detail = {"decision": row.decision.public_id, "ladder": row.ladder}
    record(
        f"agreement.{state}",
        target=message,
        by=by.actor,
        unit=message.source.unit.slug,
        detail=detail,
    )
    publish("wall")


@transaction.atomic
def agree(*, agreement: Agreement, by: User) -> None:
    """The second person agrees: what waited for it is due. They need the same right themselves."""
    row = locked(agreement)
    if row.asked_by_id == by.pk:
        raise SamePersonError
    insist_on(by, row.ladder)
    begin_now(row.acts.filter(state=ActState.ASKED))
    message = row.decision.message
    end_hold(message, by=by)
    if message.standing == Standing.ASKED:
        message.standing = Standing.BLOCKED
        message.save(update_fields=["standing"])
    close(row, Agreement.State.AGREED, by)


@transaction.atomic
def refuse(*, agreement: Agreement, by: User) -> None:
    """Somebody is against it, or whoever asked thought better. What was done already stays."""
    row = locked(agreement)
    row.acts.filter(state=ActState.ASKED).update(state=ActState.CANCELLED)
    decision, message = row.decision, row.decision.message
    decision.ladder = [step for step in decision.ladder if step not in row.ladder]
    decision.save(update_fields=["ladder"])
    if not decision.acts.exclude(state=ActState.CANCELLED).exists():  # nothing of it is left
        decision.undone_at, decision.undone_by = now(), by
        decision.save(update_fields=["undone_at", "undone_by"])
        held = message.decisions.filter(verdict=Verdict.HOLD, undone_at=None).exists()
        message.standing = Standing.HELD if held else Standing.WAITING
        message.save(update_fields=["standing"])
    else:
        end_hold(message, by=by)
    close(row, Agreement.State.REFUSED, by)


def withdraw(decision: Decision) -> None:
    """The decision itself is taken back: nobody need agree any more."""
    open_ones = decision.agreements.filter(state=Agreement.State.OPEN)
    open_ones.update(state=Agreement.State.WITHDRAWN)


def took_part(decision: Decision, user: User) -> bool:
    """Whether this officer decided, went further, asked for a second person or was the second."""
    involved = {decision.officer_id}
    involved |= set(decision.acts.values_list("officer", flat=True))
    for asked, answered in decision.agreements.values_list("asked_by", "answered_by"):
        involved |= {asked, answered}
    held = Decision.objects.filter(message=decision.message_id, verdict=Verdict.HOLD)
    involved |= set(held.values_list("officer", flat=True))
    return user.pk in involved
