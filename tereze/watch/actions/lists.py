"""Policy lists: ours follow what stands, others' are read and inform. Neither ever acts."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.connectors.matrix.lists import Rule, matches
from tereze.watch.models import Act, PolicyList
from tereze.watch.models.decisions import ActKind, ActState
from tereze.watch.models.lists import Way


EVERY = timedelta(minutes=15)


@transaction.atomic
def add_list(
    *, unit: Unit, way: str, title: str, server: str, token: str, room: str, by: Actor
) -> PolicyList:
    made = PolicyList.objects.create(
        unit=unit,
        way=way,
        title=title,
        server=server,
        token=token,
        room=room,
        next_action_at=now(),
    )
    record("policy_list.added", target=made, by=by, unit=unit.slug, detail={"way": way})
    return made


@transaction.atomic
def remove_list(*, found: PolicyList, by: Actor) -> None:
    """Followed no longer, or published no longer; what stands in the room stays there."""
    record("policy_list.removed", target=found, by=by, unit=found.unit.slug)
    found.delete()


def standing_bans(unit_id: int) -> dict[str, str]:
    """Whom we hold banned on Matrix, neither taken back nor over, and by which article. No texts."""
    acts = Act.objects.filter(
        Q(until=None) | Q(until__gt=now()),
        kind=ActKind.BAN,
        state=ActState.DONE,
        decision__undone_at=None,
        source__kind="matrix",
        source__unit=unit_id,
    )
    found: dict[str, str] = {}
    for act in acts.select_related("decision").order_by("pk"):
        found[str(act.target["author"])] = str(act.decision.why.get("ru", ""))[:500]
    return found


def bans_changed(unit_id: int) -> None:
    """Called where a ban was carried out or lifted: our lists are due."""
    PolicyList.objects.filter(unit=unit_id, way=Way.OWN).update(next_action_at=now())


@transaction.atomic
def note_rules(*, found: PolicyList, rules: list[Rule]) -> None:
    row = PolicyList.objects.select_for_update().get(pk=found.pk)
    row.rules = [rule.to_json() for rule in rules]
    row.trouble, row.read_at, row.attempts = "", now(), 0
    row.next_action_at, row.lease_until = now() + EVERY, None
    row.save()
    publish("wall")


@transaction.atomic
def note_trouble(*, found: PolicyList, trouble: str, again_in: timedelta) -> None:
    row = PolicyList.objects.select_for_update().get(pk=found.pk)
    row.trouble, row.attempts = trouble[:200], min(row.attempts + 1, 1000)
    row.next_action_at, row.lease_until = now() + again_in, None
    row.save()


def listed(author: dict[str, Any] | None, lists: list[PolicyList]) -> list[tuple[PolicyList, str]]:
    """In which followed lists an author of a flagged message stands, and why."""
    user = str((author or {}).get("id", ""))
    return [
        (one, rule["reason"])
        for one in lists
        for rule in one.rules or []
        if user.startswith("@") and not rule["refused"] and matches(rule["entity"], user)
    ]
