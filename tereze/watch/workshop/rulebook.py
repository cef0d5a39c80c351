"""Which rules are in force in a unit: asked of the database for every batch, compiled once.

No process remembers for longer than a batch what is in force, so none has to be told: a release or
a step back holds everywhere from the first batch after its commit. What takes time, the compiling,
is remembered by version; the version before is still there when somebody steps back.
"""

import logging
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import Max

from tereze.detection import engine
from tereze.detection.house import Changes, engine_mark, is_of_a_house, joined, readable
from tereze.detection.ruleset import RuleError, RuleSet, default_rules
from tereze.watch.models import RuleRelease


__all__ = ["engine_mark", "in_force", "is_out_of_date", "latest", "rules_of"]
log = logging.getLogger(__name__)
COMPILED = 8  # versions: of several units, and of each the one before


def latest(unit_id: int) -> RuleRelease | None:
    found: RuleRelease | None = RuleRelease.objects.filter(unit=unit_id).order_by("-number").first()
    return found


def in_force(unit_id: int) -> Changes:
    release = latest(unit_id)
    return Changes.from_json(release.changes) if release else Changes()


def rules_of(unit_ids: Iterable[int]) -> dict[int, RuleSet]:
    """The rules in force in each of these units, at this moment."""
    wanted = set(unit_ids)
    of_units = RuleRelease.objects.filter(unit__in=wanted).values("unit").order_by()
    newest = RuleRelease.objects.filter(pk__in=of_units.annotate(last=Max("pk")).values("last"))
    found = {unit: row for unit, *row in newest.values_list("unit", "pk", "version")}
    return {unit: compiled(*found[unit]) if unit in found else default_rules() for unit in wanted}


@lru_cache(maxsize=COMPILED)
def compiled(key: int, version: str) -> RuleSet:
    """The rules of one release, which never changes."""
    return compiled_changes(Changes.from_json(RuleRelease.objects.get(pk=key).changes))


def compiled_changes(changes: Changes) -> RuleSet:
    """An engine that was renewed may no longer read an old rule: the others go on without it."""
    try:
        return joined(changes)
    except RuleError:
        log.exception("rules of the house that this engine cannot read are left out")
        return joined(readable(changes)[0])


def broken(unit_id: int) -> list[str]:
    """Rules in force on paper that this engine cannot read."""
    return readable(in_force(unit_id))[1]


def is_out_of_date(engine_name: str, unit_id: int) -> bool:
    """Whether a text was judged before the rules of the house became what they are now.

    Between judging and acting lies a moment, after a crash longer: what was taken back or
    switched off in it must not move the machine.
    """
    current = f"{engine.VERSION}+{rules_of([unit_id])[unit_id].version}"
    return engine_name != current and (is_of_a_house(engine_name) or is_of_a_house(current))
