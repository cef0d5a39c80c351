"""A backtest as due work: piece by piece, each written down, so that a crash costs one piece."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction

from tereze.core.clock import now
from tereze.detection.comparing import Compared
from tereze.detection.house import Changes
from tereze.detection.ruleset import RuleError
from tereze.live import publish
from tereze.watch.models import Backtest, BacktestFind, Clearance, Message
from tereze.watch.workshop import clearing, history, rulebook, trying, workers
from tereze.watch.workshop.history import MESSAGES, Piece, Text


log = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)  # longer than the patience with one piece
SHOWN = 200  # texts of each kind that are kept for reading; the numbers count all
State = Backtest.State


class StoppedError(Exception):
    """Somebody stopped it, or another worker has it."""


def run(backtest: Backtest) -> None:
    """Read on from where it stands, to the end."""
    try:
        row = begin(backtest)
        old, new = sides(row)
        for piece, found in workers.compared(
            history.pieces(row.edit.draft.unit_id, row.position), old, new
        ):
            row = note_piece(row, piece, found)
        finish(row)
    except StoppedError:
        log.info("backtest %s was stopped", backtest.public_id)
    except workers.TooSlowError:
        end(backtest, ["too_slow"])
    except RuleError:
        log.exception("backtest %s: the rule cannot be read", backtest.public_id)
        end(backtest, ["unreadable"])
    except DatabaseError:
        raise  # goes on from the last piece when the database answers again
    except Exception:
        log.exception("backtest %s failed", backtest.public_id)
        end(backtest, ["error"])


def sides(row: Backtest) -> tuple[Changes, Changes]:
    in_force = rulebook.in_force(row.edit.draft.unit_id)
    return in_force, trying.with_edit(in_force, row.edit.draft.name, row.edit.entry)


def begin(backtest: Backtest) -> Backtest:
    """Mark against what it runs. What was read against other rules or another engine is read anew."""
    row = Backtest.objects.select_related("edit__draft").get(pk=backtest.pk)
    old, new = sides(row)
    against = (rulebook.engine_mark(), old.version, new.version)
    if row.state == State.RUNNING and (row.engine, row.released, row.candidate) == against:
        return row
    read = history.amounts(row.edit.draft.unit_id)
    counts = clearing.begin_counts(row.edit.draft.name, row.edit.entry)
    with transaction.atomic():
        row.finds.all().delete()
        changed = still(row).update(
            state=State.RUNNING,
            begun_at=now(),
            engine=against[0],
            released=against[1],
            candidate=against[2],
            read=read,
            total=read["messages"] + read["corpus"] + sum(read["files"].values()),
            done=0,
            judged=0,
            position={},
            counts=counts,
        )
    if not changed:
        raise StoppedError
    row.refresh_from_db()
    return row


def still(row: Backtest) -> Any:
    return Backtest.objects.filter(pk=row.pk, state__in=[State.WAITING, State.RUNNING])


@transaction.atomic
def note_piece(row: Backtest, piece: Piece, found: Compared) -> Backtest:
    """Where it is, what was found, and that we are still at it: together or not at all."""
    counts = row.counts
    clearing.count_texts(counts, list(piece.texts))
    finds = []
    for difference in found.differences:
        text = piece.texts[difference.place]
        kind = clearing.kind_of(difference, text.threshold)
        if not kind:
            continue
        scheme = text.scheme or difference.new.scheme or difference.old.scheme
        clearing.count(counts, kind, text, scheme)
        if counts["kinds"][kind] <= SHOWN:
            finds.append(find(row, kind, text, scheme, difference.old, difference.new))
    BacktestFind.objects.bulk_create(still_there(finds))
    row.done += len(piece.texts)
    row.judged += found.touched
    row.position, row.counts = piece.position, counts
    changed = still(row).update(
        done=row.done,
        judged=row.judged,
        position=row.position,
        counts=counts,
        lease_until=now() + LEASE,
    )
    if not changed:
        raise StoppedError
    publish("workshop")
    return row


def still_there(finds: Sequence[BacktestFind]) -> list[BacktestFind]:
    """A message whose term has just ended is gone, and its find with it."""
    keys = [one.message_id for one in finds if one.message_id]
    there = set(Message.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return [one for one in finds if not one.message_id or one.message_id in there]


def find(row: Backtest, kind: str, text: Text, scheme: str, old: Any, new: Any) -> BacktestFind:
    return BacktestFind(
        backtest=row,
        kind=kind,
        message_id=text.message,
        text="" if text.message else text.own,
        place=text.place,
        label=text.label,
        scheme=scheme,
        old={"outcome": old.outcome, "p_illegal": old.p_illegal},
        new={"outcome": new.outcome, "p_illegal": new.p_illegal},
    )


def finish(row: Backtest) -> None:
    end(row, clearing.red(row.counts, row.read))


@transaction.atomic
def end(backtest: Backtest, red: Sequence[str]) -> None:
    row = Backtest.objects.select_for_update().get(pk=backtest.pk)
    if not row.is_under_way:
        return
    row.state = State.RED if red else State.GREEN
    row.red, row.finished_at = list(red), now()
    row.next_action_at = row.lease_until = None
    row.save()
    if not red:
        clear(row)
    publish("workshop")


def clear(row: Backtest) -> Clearance:
    counts = row.counts
    return Clearance.objects.create(
        backtest=row,
        edit=row.edit,
        engine=row.engine,
        released=row.released,
        candidate=row.candidate,
        newly_blocked=len(counts["blocked_texts"]),
        most_blocked=clearing.most_blocked(),
        **{
            name: counts[name]
            for name in ("examples_failed", "forbidden", "harmless_blocked", "acquitted_blocked")
        },
    )


def progress(row: Backtest) -> dict[str, Any]:
    """For the page: how far, and how long it may still take."""
    stage = row.position.get("stage", history.CORPUS)
    begun = row.begun_at or row.asked_at
    taken = ((row.finished_at or now()) - begun).total_seconds()
    rest = taken / row.done * (row.total - row.done) if row.done else 0
    return {
        "percent": int(100 * row.done / row.total) if row.total else 0,
        "in_messages": stage == MESSAGES,
        "seconds": round(taken),
        "seconds_left": max(0, round(rest)),
    }
