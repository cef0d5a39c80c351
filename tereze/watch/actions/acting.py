"""The rows behind an act: may it happen, what came of it, what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.audit.models import record
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import sources, telling
from tereze.watch.models import Act, Decision, Message, Seal, Source
from tereze.watch.models.decisions import ActKind, ActState, Look
from tereze.watch.models.messages import Standing, State
from tereze.watch.models.sources import Health, Mode


if TYPE_CHECKING:
    from tereze.watch.order import Outcome

MACHINE = Actor.machine("watch")
TRIES = 40  # about seven hours with growing pauses; then a person must look
FIRST_WAIT = timedelta(seconds=2)


class NotSealedError(Exception):
    """An act without a sealed copy. It cannot happen, and if it does, nothing is done."""


def pause(act: Act) -> timedelta:
    return due.pause(act.attempts)


def ready(act: Act) -> bool:
    """Whether the act may happen now. An act without its sealed copy never may."""
    if not Seal.objects.filter(message__decisions=act.decision_id).exists():
        raise NotSealedError(act.pk)
    if act.is_undo:
        return original_is_settled(act)
    decision = Decision.objects.get(pk=act.decision_id)
    if decision.undone_at is not None:
        settle(act, ActState.CANCELLED)
        return False
    if decision.by_machine and Source.objects.get(pk=act.source_id).mode == Mode.OFF:
        settle(act, ActState.CANCELLED, "source_off")
        return False
    return True


def original_is_settled(act: Act) -> bool:
    """Undoing waits until the act it reverses has either happened or failed."""
    reverses = {ActKind.UNBAN: ActKind.BAN, ActKind.UNRESTRICT: ActKind.RESTRICT}
    kind = reverses.get(ActKind(act.kind))
    waiting = Act.objects.filter(
        decision=act.decision_id, source=act.source_id, kind=kind, state=ActState.WAITING
    )
    if kind is None or not waiting.exists():
        return True
    Act.objects.filter(pk=act.pk).update(next_action_at=now() + FIRST_WAIT, lease_until=None)
    return False


def settle(act: Act, state: str, result: str = "") -> None:
    Act.objects.filter(pk=act.pk).update(
        state=state, result=result, next_action_at=None, lease_until=None
    )


@transaction.atomic
def note_act(*, act: Act, outcome: Outcome) -> Act:
    """What came of trying. A done act is due again for its look."""
    row: Act = Act.objects.select_for_update().get(pk=act.pk)
    if row.state != ActState.WAITING:
        return row
    if outcome.again_in is not None:
        try_again(row, outcome)
        return row
    row.state, row.result, row.done_at = outcome.state, outcome.result[:500], now()
    row.attempts, row.last_error = 0, ""
    row.next_action_at = now() if row.state == ActState.DONE else None
    if row.state == ActState.GONE:
        row.look, row.looked_at = Look.NOT_FOUND, now()
    if row.state != ActState.DONE:
        row.lease_until = None
    row.save()
    record(
        f"act.{row.state}",
        target=row.decision.message,
        by=MACHINE,
        unit=row.source.unit.slug,
        detail={"act": row.kind, "source": row.source.public_id, "result": row.result},
    )
    advance(row)
    return row


def try_again(row: Act, outcome: Outcome) -> None:
    at = now() + (outcome.again_in or FIRST_WAIT)
    row.attempts, row.last_error = row.attempts + 1, outcome.result[:500]
    row.next_action_at, row.lease_until = at, None
    if row.attempts > TRIES:
        row.state, row.result, row.next_action_at = ActState.FAILED, outcome.result[:500], None
    row.save()
    if outcome.blind:
        sources.note_health(source_ids=[row.source_id], health=Health.BLIND, reason=outcome.blind)
    message = Message.objects.filter(pk=row.decision.message_id)
    message.filter(standing=Standing.BLOCKED).update(trouble=f"retrying:{row.kind}")
    if row.state == ActState.FAILED:
        advance(row)
    publish("wall")


@transaction.atomic
def note_look(*, act: Act, look: str, again_in: timedelta | None) -> None:
    row: Act = Act.objects.select_for_update().get(pk=act.pk)
    row.lease_until = None
    if again_in is not None and row.attempts < TRIES:
        row.attempts, row.next_action_at = row.attempts + 1, now() + again_in
        row.save()
        return
    row.look, row.looked_at, row.next_action_at = look or Look.UNKNOWN, now(), None
    row.save()
    detail = {"act": row.kind, "look": row.look, "source": row.source.public_id}
    record(
        "act.looked",
        target=row.decision.message,
        by=MACHINE,
        unit=row.source.unit.slug,
        detail=detail,
    )
    advance(row)


def advance(row: Act) -> None:
    """Where the message stands once this act is settled; telling comes last."""
    decision = Decision.objects.select_related("message").get(pk=row.decision_id)
    message = decision.message
    acts = [act for act in decision.acts.all() if not act.is_undo]
    if row.is_undo:
        note_undo(message, row)
    elif any(act.state == ActState.WAITING for act in acts):
        return
    else:
        note_progress(message, decision, acts)
    publish("wall")


def note_progress(message: Message, decision: Decision, acts: list[Act]) -> None:
    failed = [act for act in acts if act.state == ActState.FAILED]
    wrong = [act for act in acts if act.look == Look.CONTRADICTED]
    if failed or wrong:
        message.standing = Standing.STUCK if decision.undone_at is None else message.standing
        message.trouble = f"{(failed or wrong)[0].kind}:{(failed or wrong)[0].result or 'look'}"
    else:
        message.trouble = ""
    looked = all(act.look or act.state in {ActState.FAILED, ActState.CANCELLED} for act in acts)
    message.state = State.LOOKED if looked else State.ACTED
    message.save(update_fields=["standing", "trouble", "state"])
    worked = any(act.state in {ActState.DONE, ActState.GONE} for act in acts)
    if looked and worked and decision.undone_at is None:
        telling.tell(decision=decision)


def note_undo(message: Message, row: Act) -> None:
    if row.state == ActState.FAILED or row.look == Look.CONTRADICTED:
        message.trouble = f"{row.kind}:{row.result or 'look'}"
        message.standing = Standing.STUCK
        message.save(update_fields=["trouble", "standing"])


def sealed_words(act: Act) -> str:
    """The deleted text as the copy has it, for putting it back."""
    seal = Seal.objects.get(message__decisions=act.decision_id)
    parts = seal.content["text"] or {}
    words = str(parts.get("text") or parts.get("caption") or "")
    message = Message.objects.select_related("source__unit").get(pk=seal.message_id)
    with translation.override(message.source.language):
        written = timezone.localtime(message.sent_at).strftime("%d.%m %H:%M")
        opening = _("Публикация участника от %(time)s была удалена ошибочно. Её текст:") % {
            "time": written
        }
    return f"{opening}\n\n{words[:3800]}"
