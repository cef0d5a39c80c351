"""What became of decisions, by rule: how many were right, as officers and appeals found."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Prefetch

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.watch.clusters import clusters
from tereze.watch.models import Appeal, Decision
from tereze.watch.models.decisions import AppealState
from tereze.watch.workshop import rulebook


DAYS = 90


@dataclass
class RuleRow:
    name: str
    text: str
    # numbers of clusters: many copies of one text by one hand are one decision
    every: set[int] = field(default_factory=set)
    objected: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)

    @property
    def blocked(self) -> int:
        return len(self.every)

    @property
    def appealed(self) -> int:
        return len(self.objected)

    @property
    def overturned(self) -> int:
        return len(self.lost)

    @property
    def undone(self) -> int:
        return len(self.back)

    @property
    def precision(self) -> float:
        return 1 - self.undone / max(self.blocked, 1)

    @property
    def percent(self) -> int:
        return int(self.precision * 100)  # never rounded up to a hundred


def by_rule(unit: Unit, language: str) -> list[RuleRow]:
    """Every rule that blocked something lately, the most wrong first."""
    found = Decision.objects.blocking().of_unit(unit, since=now() - timedelta(days=DAYS))
    appeals = Prefetch("appeals", Appeal.objects.only("decision", "state"))
    decisions = list(
        found.select_related("message")
        .only("rules", "undone_at", "message__text_key", "message__author_trail")
        .prefetch_related(appeals)
    )
    marks = [(d.message.text_key, d.message.author_trail) for d in decisions]
    house = rulebook.rules_of([unit.pk])[unit.pk]
    rows: dict[str, RuleRow] = {}
    for decision, cluster in zip(decisions, clusters(marks), strict=True):
        for name in decision.rules:
            row = rows.setdefault(name, RuleRow(name, words_of(name, language, house)))
            count(row, decision, cluster)
    return sorted(rows.values(), key=lambda row: (row.precision, -row.blocked, row.name))


def count(row: RuleRow, decision: Decision, cluster: int) -> None:
    states = {appeal.state for appeal in decision.appeals.all()}
    row.every.add(cluster)
    if states:
        row.objected.add(cluster)
    if AppealState.OVERTURNED in states:
        row.lost.add(cluster)
    if decision.undone_at is not None:
        row.back.add(cluster)


def words_of(name: str, language: str, house: RuleSet) -> str:
    """What the rule says to a resident: as it is in force, else as it was shipped; its name where it
    no longer exists."""
    for rules in (house, default_rules()):
        try:
            return str(rules.rule(name).text["kk" if language == "kk" else "ru"])
        except KeyError:
            continue
    return name
