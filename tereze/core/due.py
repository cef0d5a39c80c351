"""The one mechanism for work: a row that has something to do says when, and a worker claims it.

    @due.handler(Letter, lane="mail")
    def send(letter: Letter) -> None: ...

The handler does its work outside any transaction and then moves `next_action_at` (or clears it) in
the same transaction as the state it reached. A crash before that repeats the work, so handlers must
be safe to run twice. A handler that leaves `next_action_at` as it found it is done with the row.
Raising tries again later; raising `GiveUp` stops and leaves the reason on the row.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F, Q

from tereze.core.clock import now


log = logging.getLogger(__name__)
Work = TypeVar("Work", bound=Callable[..., None])
LONGEST_PAUSE = timedelta(minutes=15)


class GiveUp(Exception):  # noqa: N818 - it is an order, not an error
    """Trying again cannot help; a person must look."""


class DueRow(models.Model):
    next_action_at = models.DateTimeField(null=True, blank=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


@dataclass(frozen=True, kw_only=True)
class Handler:
    model: type[Any]
    work: Callable[[Any], None]
    lane: str
    lease: timedelta


@dataclass(frozen=True, kw_only=True)
class Tick:
    name: str
    every: timedelta
    work: Callable[[], None]


HANDLERS: list[Handler] = []
TICKS: list[Tick] = []


def handler(
    model: type[Any], *, lane: str = "quick", lease: timedelta = timedelta(minutes=2)
) -> Callable[[Work], Work]:
    """Register the function that does a row's due work. Slow work gets a lane (thread) of its own."""

    def register(work: Work) -> Work:
        HANDLERS.append(Handler(model=model, work=work, lane=lane, lease=lease))
        return work

    return register


def every(seconds: float, *, name: str) -> Callable[[Work], Work]:
    """Register a function that `tereze clock` calls again and again. It must be safe to repeat."""

    def register(work: Work) -> Work:
        TICKS.append(Tick(name=name, every=timedelta(seconds=seconds), work=work))
        return work

    return register


def pause(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … at most a quarter of an hour. Work is never dropped for failing."""
    return min(timedelta(seconds=5 * 2 ** min(attempts, 12)), LONGEST_PAUSE)


def waiting(model: type[Any], at: datetime) -> list[Any]:
    """The keys of the first rows that are due and free. Several a second are asked for by every
    lane and mostly there are none: putting the question together would cost more than the answer."""
    name, moment = connection.ops.quote_name, connection.ops.adapt_datetimefield_value(at)
    question = (
        f"SELECT {name(model._meta.pk.column)} FROM {name(model._meta.db_table)}"  # noqa: S608 - our names
        " WHERE next_action_at <= %s AND (lease_until IS NULL OR lease_until < %s)"
        " ORDER BY next_action_at LIMIT 5"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [moment, moment])
        return [row[0] for row in cursor.fetchall()]


def claim(task: Handler) -> Any | None:
    """Take one due row, or nothing. The conditional update makes sure nobody else has it."""
    at = now()
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    for pk in waiting(task.model, at):
        mine = task.model.objects.filter(free, pk=pk, next_action_at__lte=at)
        if mine.update(lease_until=at + task.lease):
            return task.model.objects.get(pk=pk)
    return None


def run_one(task: Handler) -> bool:
    """Do one piece of due work. True when there was one."""
    row = claim(task)
    if row is None:
        return False
    leased, planned = row.lease_until, row.next_action_at
    mine = task.model.objects.filter(pk=row.pk, lease_until=leased)
    try:
        task.work(row)
    except GiveUp as reason:
        mine.update(next_action_at=None, lease_until=None, last_error=str(reason)[:500])
    except Exception as error:
        log.exception("%s %s failed", task.model.__name__, row.pk)
        mine.update(
            next_action_at=now() + pause(row.attempts),
            attempts=F("attempts") + 1,
            lease_until=None,
            last_error=f"{type(error).__name__}: {error}"[:500],
        )
    else:
        finish(task.model, row.pk, leased, planned)
    return True


def finish(model: type[Any], pk: int, leased: datetime, planned: datetime) -> None:
    done = model.objects.filter(pk=pk, lease_until=leased)
    done.filter(next_action_at=planned).update(next_action_at=None)
    done.update(lease_until=None, attempts=0, last_error="")


def run_until_idle(*, limit: int = 1000) -> int:
    """Everything that is due now, in this thread: for tests and for `--once`."""
    done = 0
    while done < limit and sum(run_one(task) for task in HANDLERS):
        done += 1
    return done


def overdue_rows(*, older_than: timedelta) -> int:
    """How much work waits longer than it should: shown by /readyz."""
    return sum(
        task.model.objects.filter(next_action_at__lt=now() - older_than).count()
        for task in HANDLERS
    )
