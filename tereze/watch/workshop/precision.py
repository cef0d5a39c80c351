"""How often each rule was right, as officers and appeals found: with the number, and how sure.

A block that nobody looked at says nothing. Copies of one text and texts of one author are one
verdict, and it counts as right only where every one of them was.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.detection.measures import wilson
from tereze.watch.clusters import clusters
from tereze.watch.models import Decision
from tereze.watch.models.decisions import Verdict


DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Precision:
    verdicts: int = 0
    right: int = 0
    blocked: int = 0  # decisions to block in which it spoke, looked at or not
    overturned: int = 0  # of them by appeal

    @property
    def percent(self) -> float:
        return int(1000 * self.right / self.verdicts) / 10 if self.verdicts else 0.0

    @property
    def interval(self) -> tuple[int, int]:
        """Wilson's, for 95 of 100: few verdicts say little, and it shows."""
        low, high = wilson(self.right, self.verdicts)
        return math.floor(100 * low), math.ceil(100 * high)


def by_rule(unit: Unit) -> dict[str, Precision]:
    """Every rule that spoke in a decision lately."""
    found = Decision.objects.of_unit(unit, since=now() - timedelta(days=DAYS))
    found = found.filter(verdict__in=[Verdict.BLOCK, Verdict.RELEASE])
    rows = list(found.order_by("pk").values_list(
        "message", "rules", "verdict", "officer", "undone_at",
        "message__text_key", "message__author_trail",
    ))  # fmt: skip
    states = appeals(found)
    numbers = dict(zip([row[0] for row in rows], clusters([row[5:] for row in rows]), strict=True))
    last = {row[0]: row for row in rows}
    blocked: dict[str, set[int]] = {}
    lost: dict[str, set[int]] = {}
    said: dict[str, dict[int, bool]] = {}
    for message, row in last.items():
        cluster = numbers[message]
        answer = verdict_of(row, states.get(message, set()))
        for name in row[1]:
            if row[2] == Verdict.BLOCK:
                blocked.setdefault(name, set()).add(cluster)
            if "overturned" in states.get(message, ()):
                lost.setdefault(name, set()).add(cluster)
            if answer is not None:
                clear = said.setdefault(name, {})
                clear[cluster] = clear.get(cluster, True) and answer
    return {
        name: Precision(
            verdicts=len(said.get(name, {})),
            right=sum(said.get(name, {}).values()),
            blocked=len(blocked.get(name, ())),
            overturned=len(lost.get(name, ())),
        )
        for name in blocked.keys() | said.keys()
    }


def appeals(found: Any) -> dict[int, set[str]]:
    """By message: how its appeals were answered."""
    states: dict[int, set[str]] = {}
    answered = found.filter(Q(appeals__state="upheld") | Q(appeals__state="overturned"))
    for message, state in answered.values_list("message", "appeals__state"):
        states.setdefault(message, set()).add(state)
    return states


def verdict_of(row: Iterable[Any], answered: set[str]) -> bool | None:
    """Whether people found the block right; nothing where nobody looked."""
    _message, _rules, verdict, officer, undone_at, *_ = row
    if verdict == Verdict.RELEASE:
        return None if undone_at else False
    if undone_at is not None:
        return False
    return True if officer is not None or "upheld" in answered else None
