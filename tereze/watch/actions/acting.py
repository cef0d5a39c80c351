"""The rows behind acts: may they happen, what came of them, what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions import lists, telling, undoing
from tereze.watch.models import Act, Decision, Message, MessagePicture, Seal
from tereze.watch.models.decisions import ActKind, ActState, Look, Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.models.sources import Mode
from tereze.watch.undoing import needs_person


MACHINE = Actor.machine("watch")
TRIES = 40  # about seven hours with growing pauses; then a person must look
# An author stays silenced by mistake while a right is missing: within three minutes that is a person's.
# A deletion goes on, so that it happens as soon as the right is back; the wall shows its loss.
TRIES_TO_FREE_WITHOUT_RIGHT = 4
FIRST_WAIT = timedelta(seconds=2)
# The watch process has its connection to the service open; a worker must first open one. So an
# officer's act is due for everybody only after this, and for the watch process at once.
HEAD_START = timedelta(seconds=1)
AFTERWARDS = HEAD_START * 3
LEASE = timedelta(seconds=10)  # held on to by whoever is slow, if nobody has taken it meanwhile


class NotSealedError(due.GiveUp):
    """An act without a sealed copy. It cannot be made, and if there is one, it is not done."""


class NotOursError(Exception):
    """Somebody else has taken the act over, while this process stood still."""


@dataclass(frozen=True)
class Permit:
    """That an act may happen now. Given by `permits` alone, after its copy was committed."""

    act: Act
    lacks_pictures: bool = False  # its message has some of which no copy is sealed yet


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of an act: a new state or a time to try again, and what a look showed."""

    act: Act
    state: str = ""
    words: str = ""
    again_in: timedelta | None = None
    told_to_wait: bool = False  # by the service, which is there: no reason to give up
    lacks_right: bool = False
    look: str = Look.NONE
    look_again_in: timedelta | None = None


def pause(act: Act) -> timedelta:
    return due.pause(act.attempts)


def permits(acts: Sequence[Act]) -> list[Permit]:
    """Which of these acts may happen now. One without its sealed copy never may."""
    unsealed = MessagePicture.objects.filter(message=OuterRef("decision__message"), seal=None)
    found = Act.objects.filter(pk__in=[act.pk for act in acts]).values_list(
        "pk",
        "state",
        "source__mode",
        "source__until",
        "decision__undone_at",
        "decision__message__seal",
        Exists(unsealed),
    )
    given = []
    facts: dict[int, tuple[Any, ...]] = {row[0]: row[1:] for row in found}
    for act in acts:
        state, mode, until, undone_at, seal, lacks_pictures = facts[act.pk]
        if seal is None:
            raise NotSealedError(f"act {act.pk} has no sealed copy")
        if act.is_undo:
            allowed = may_be_reversed(act)
        elif state == ActState.ASKED:
            allowed = False
        elif state != ActState.WAITING:
            allowed = True
        elif undone_at is not None:
            allowed = settle(act, "")
        elif mode == Mode.OFF or until is None or until <= now():
            allowed = settle(act, "source_off")
        elif act.kind == ActKind.RESTRICT and undoing.is_banned(act):
            allowed = settle(act, "")
        else:
            allowed = True
        if allowed:
            given.append(Permit(act, lacks_pictures and not act.is_undo))
    return given


def is_leased(act: Act) -> bool:
    """Ours still, as far as the row says that we have."""
    return act.lease_until is None or now() < act.lease_until


def hold_on(act: Act) -> None:
    """Just before the service is called: is the act still ours? A process that was stopped for
    longer than its lease comes back into a world in which another has done it."""
    if is_leased(act):
        return
    until = now() + LEASE
    mine = Act.objects.filter(pk=act.pk, state=ActState.WAITING, lease_until=act.lease_until)
    if not mine.update(lease_until=until):
        raise NotOursError(f"act {act.pk}")
    act.lease_until = until


def settle(act: Act, words: str) -> bool:
    """The act is not done at all."""
    Act.objects.filter(pk=act.pk).update(
        state=ActState.CANCELLED, result=words, next_action_at=None, lease_until=None
    )
    if words:  # nobody wanted that: a person must see it
        stuck = Message.objects.filter(decisions=act.decision_id)
        stuck.update(standing=Standing.STUCK, trouble=f"{act.kind}:{words}")
        publish("wall")
    return False


def may_be_reversed(act: Act) -> bool:
    """Undoing waits until the act it reverses has either happened or failed."""
    kind = undoing.REVERSES.get(ActKind(act.kind))
    waiting = Act.objects.filter(
        decision=act.decision_id, source=act.source_id, kind=kind, state=ActState.WAITING
    )
    if kind is None or not waiting.exists():
        held = kind is not None and act.state == ActState.WAITING and undoing.is_held_otherwise(act)
        return settle(act, "") if held else True
    Act.objects.filter(pk=act.pk).update(next_action_at=now() + FIRST_WAIT, lease_until=None)
    return False


def bring_forward() -> None:
    """Called by the watch process alone."""
    at = now()
    fresh = Act.objects.filter(state=ActState.WAITING, attempts=0, lease_until=None)
    ahead = fresh.filter(next_action_at__gt=at, next_action_at__lte=at + HEAD_START)
    if ahead.exists():  # a look is cheap; an update takes the write lock
        due_now(ahead)


@transaction.atomic
def due_now(acts: QuerySet[Act]) -> None:
    """Those of which nobody writes something down at this moment: they have their own time."""
    keys = list(acts.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Act.objects.filter(pk__in=keys).update(next_action_at=now())


def begin_now(acts: QuerySet[Act]) -> None:
    """Due, and with their whole term before them: what was refused, or waited for a second officer,
    has held nobody yet."""
    at = now()
    for act in acts.select_related("source", "decision"):
        if act.until is not None:
            silent = "hold" if act.decision.verdict == Verdict.HOLD else "restrict"
            act.until = at + act.source.term("ban" if act.kind == ActKind.BAN else silent)
        act.state, act.next_action_at = ActState.WAITING, at + HEAD_START
        act.result, act.look, act.looked_at, act.attempts = "", Look.NONE, None, 0
        act.save()


def end_hold(message: Message, *, by: User) -> None:
    """A person has looked: what comes after the hold stands for itself."""
    for decision in message.decisions.filter(verdict=Verdict.HOLD, undone_at=None):
        decision.undone_at, decision.undone_by = now(), by
        decision.save(update_fields=["undone_at", "undone_by"])
        # after the acts of the new decision: if it restricts too, there is nothing to lift
        Act.objects.bulk_create(undoing.reversals(decision, due=now() + AFTERWARDS))


@transaction.atomic
def note(*, results: Sequence[Result]) -> None:
    """Write down what came of acts, and where their messages stand now. Telling comes last."""
    keys = {result.act.decision_id for result in results}
    Message.objects.filter(decisions__in=keys).lock()
    by_decision = sorted(results, key=lambda result: result.act.decision_id)
    for key, group in groupby(by_decision, key=lambda result: result.act.decision_id):
        decision = (
            Decision.objects.select_for_update(of=("self",))
            .select_related("message__source__unit")
            .get(pk=key)
        )
        acts = {act.pk: act for act in decision.acts.select_related("source")}
        noted = [put_result(acts[result.act.pk], result) for result in group]
        said = [fact for fact in noted if fact]
        if said:
            record(
                "message.acted",
                target=decision.message,
                by=MACHINE,
                unit=decision.message.source.unit.slug,
                detail={"decision": decision.public_id, "acts": said},
            )
        advance(decision, list(acts.values()))
    publish("wall")


def put_result(row: Act, result: Result) -> dict[str, str]:
    """The row after it; what the journal says, nothing for an attempt that will be repeated."""
    if row.state == ActState.WAITING:
        if result.again_in is not None:
            try_again(row, result)
            return {}
        row.state, row.result, row.done_at = result.state, result.words[:500], now()
        row.attempts, row.last_error, row.next_action_at = 0, "", None
        if row.kind in {ActKind.BAN, ActKind.UNBAN} and row.state != ActState.FAILED:
            lists.bans_changed(row.source.unit_id)
        if row.state == ActState.GONE:
            row.look, row.looked_at = Look.NOT_FOUND, now()
    if row.state == ActState.DONE and row.look == Look.NONE:
        put_look(row, result)
    row.lease_until = None
    row.save()
    fact = {"act": row.kind, "state": row.state, "look": row.look, "source": row.source.public_id}
    return {**fact, "result": row.result}


def put_look(row: Act, result: Result) -> None:
    if result.look == Look.NONE and result.look_again_in is not None and row.attempts < TRIES:
        row.attempts, row.next_action_at = row.attempts + 1, now() + result.look_again_in
        return
    row.look, row.looked_at = result.look or Look.UNKNOWN, now()
    row.attempts = 0
    # a restriction or ban comes back when its time is over: nobody but us makes sure that it ends
    row.next_action_at = row.until if row.kind in undoing.REVERSE else None


def try_again(row: Act, result: Result) -> None:
    row.attempts, row.last_error = min(row.attempts, TRIES) + 1, result.words[:500]
    row.next_action_at, row.lease_until = now() + (result.again_in or FIRST_WAIT), None
    most = TRIES_TO_FREE_WITHOUT_RIGHT if result.lacks_right and row.is_undo else TRIES
    if row.attempts > most and not result.told_to_wait:
        row.state, row.result, row.next_action_at = ActState.FAILED, result.words[:500], None
    row.save()


def advance(decision: Decision, acts: Sequence[Act]) -> None:
    """Where the message stands once these acts are as they are."""
    message = decision.message
    before = (message.standing, message.trouble, message.state)
    own = [act for act in acts if not act.is_undo and act.state != ActState.ASKED]
    undone = decision.undone_at is not None
    meant = [act for act in acts if act.is_undo == undone or act.is_end]
    wrong = [act for act in acts if is_wrong(act, undone=undone)]
    retried = [act for act in meant if act.state == ActState.WAITING and act.attempts]
    message.trouble = ""
    if wrong:
        message.standing = Standing.WAITING if is_hold(decision) else Standing.STUCK
        message.trouble = f"{wrong[0].kind}:{trouble_of(wrong[0])}"
    elif retried:
        message.trouble = f"retrying:{retried[0].kind}"
    if not any(act.state == ActState.WAITING for act in own) and message.state != State.TOLD:
        message.state = State.LOOKED if all(map(is_looked_at, own)) else State.ACTED
    if not undone and decision.verdict == Verdict.BLOCK and may_be_told(own):
        telling.tell(decision=decision)
    if before != (message.standing, message.trouble, message.state):
        message.save(update_fields=["standing", "trouble", "state"])


def is_hold(decision: Decision) -> bool:
    """A hold that failed holds up nobody: the message waits for its decision as before."""
    return decision.verdict == Verdict.HOLD and decision.undone_at is None


def is_wrong(act: Act, *, undone: bool) -> bool:
    """A person must look. What failed of a decision taken back since is nobody's concern."""
    if undone and not act.is_undo:
        return False
    if needs_person(undoing.fact_of(act)):
        return True
    return act.state == ActState.FAILED or act.look == Look.CONTRADICTED


def trouble_of(act: Act) -> str:
    if act.state == ActState.FAILED:
        return act.result or "network"
    return "unknown" if act.look == Look.UNKNOWN else "look"


def is_looked_at(act: Act) -> bool:
    return bool(act.look) or act.state in {ActState.FAILED, ActState.CANCELLED}


def may_be_told(own: Sequence[Act]) -> bool:
    """All is done and looked at; what is refused again and again does not keep the rest secret."""
    settled = [act for act in own if act.state != ActState.WAITING or not act.attempts]
    worked = any(act.state in {ActState.DONE, ActState.GONE} for act in settled)
    return worked and all(map(is_looked_at, settled))


def sealed_words(act: Act) -> str:
    """The deleted text as the copy has it, for putting it back."""
    seal = Seal.objects.get(message__decisions=act.decision_id)
    parts = seal.content["text"] or {}
    words = str(parts.get("text") or parts.get("caption") or "")
    message = Message.objects.select_related("source__unit").get(seal=seal)
    with translation.override(message.source.language):
        written = timezone.localtime(message.sent_at).strftime("%d.%m %H:%M")
        opening = _("Публикация участника от %(time)s была удалена ошибочно. Её текст:") % {
            "time": written
        }
    return f"{opening}\n\n{words[:3800]}"
