"""How often each rule was right, as officers and appeals found: with the number, and how sure.

A block that nobody looked at says nothing. Copies of one text and texts of one author are one
verdict, and it counts as right only where every word about every one of them was.
"""

import math
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
from tereze.watch.verdicts import word_of


DAYS = 90
BLOCKS = (Verdict.BLOCK, Verdict.ASK)  # where only an owner can delete, they are asked
COUNTED = (
    "verdict", "officer", "undone_at", "undone_by", "rules", "message__public_id",
    "message__text_key", "message__author_trail",
)  # fmt: skip


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
    found = Decision.objects.of_unit(unit, since=now() - timedelta(days=DAYS)).agreed()
    found = found.filter(verdict__in=[*BLOCKS, Verdict.RELEASE]).select_related("message")
    states = appeals(found)
    last: dict[tuple[int, int | None], tuple[Decision, bool | None]] = {}
    for decision in found.order_by("pk").only(*COUNTED):
        upheld = "upheld" in states.get(decision.message_id, ())
        who, right = word_of(decision, upheld=upheld)
        last[(decision.message_id, who)] = (decision, right)
    numbers = clusters([
        (one.message.public_id, one.message.text_key, one.message.author_trail)
        for one, _right in last.values()
    ])  # fmt: skip
    blocked: dict[str, set[int]] = {}
    lost: dict[str, set[int]] = {}
    said: dict[str, dict[int, bool]] = {}
    for (decision, answer), cluster in zip(last.values(), numbers, strict=True):
        for name in decision.rules:
            if decision.verdict in BLOCKS:
                blocked.setdefault(name, set()).add(cluster)
            if "overturned" in states.get(decision.message_id, ()):
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
