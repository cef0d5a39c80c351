"""The partner's clocks, in the hours and minutes agreed on that day: started, stopped, gone on with.

Both sides see the same deadline (`Request.next_deadline`). While it waits for us, it does not run.
"""

from datetime import datetime
from typing import Any

from tereze.detection.typology import CLOCKS
from tereze.disruption.hours import NeverOpenError, Schedule, deadline, worked_minutes
from tereze.disruption.models import Request


TO_CHIEF = 60.0  # minutes of the partner's time after the first breach, where nothing was agreed


def standard_minutes(request: Request) -> dict[str, float]:
    """Where nothing was agreed: the typology's own clocks."""
    act = CLOCKS[request.kind_of.clock]
    return {
        "acknowledge": (CLOCKS["platform_acknowledge"].hours or 1) * 60,
        "act": (act.hours or (act.working_days or 1) * 24) * 60,
        "escalate": TO_CHIEF,
    }


def agreed(request: Request, at: datetime) -> tuple[Schedule, dict[str, float]]:
    """Hours and minutes as they were agreed on that day."""
    terms = request.partner.terms_at(at)
    minutes = {**standard_minutes(request), **(terms.agreed(request.kind) if terms else {})}
    return (
        terms.schedule(request.kind) if terms else Schedule({}, around_the_clock=True),
        minutes,
    )


def end_of(start: datetime, minutes: float, schedule: Schedule) -> datetime | None:
    try:
        return deadline(start, max(minutes, 0), schedule)
    except NeverOpenError:
        return None


def clocks_from(request: Request, start: datetime) -> dict[str, Any]:
    """Fresh clocks: it has just reached the partner, or is up again."""
    return running(request, start, spent=0.0)


def clocks_resumed(request: Request, at: datetime) -> dict[str, Any]:
    """It was waiting for us, which does not count: what was left of the partner's time goes on."""
    return running(request, at, spent=request.spent_minutes)


def running(request: Request, start: datetime, *, spent: float) -> dict[str, Any]:
    schedule, minutes = agreed(request, start)
    acknowledge_by = end_of(start, minutes["acknowledge"] - spent, schedule)
    act_by = end_of(start, minutes["act"] - spent, schedule)
    told = request.acknowledged_at is not None
    return {
        "acknowledge_by": acknowledge_by,
        "act_by": act_by,
        "next_action_at": act_by if told else acknowledge_by,
        "spent_minutes": spent,
        "clock_started_at": start,
        "overdue_at": None,
        "escalated_at": None,
    }


def clocks_stopped(request: Request, at: datetime) -> dict[str, Any]:
    """The partner has answered: how much of their own time that took so far."""
    if request.clock_started_at is None:
        return {"next_action_at": None}
    schedule, _minutes = agreed(request, request.clock_started_at)
    spent = request.spent_minutes + worked_minutes(request.clock_started_at, at, schedule)
    return {"spent_minutes": spent, "clock_started_at": None, "next_action_at": None}
