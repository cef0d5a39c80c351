"""Who changes which rule, when it may be released, and how it is taken back. Each is audited."""

from typing import Any

from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.detection.house import Changes, Entry, engine_mark
from tereze.live import publish
from tereze.watch.models import (
    Backtest,
    Clearance,
    Message,
    RuleDraft,
    RuleEdit,
    RuleRelease,
    ShadowFind,
)
from tereze.watch.models.rules import OPEN, Stage
from tereze.watch.workshop import entries, rulebook, trying


class RefusedError(Exception):
    """It may not be done now; `code` says why, `words` says it to a reader."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def insist(by: User, permission: str, unit: Unit) -> None:
    if not by.can(permission) or by.unit_id != unit.pk:
        raise RefusedError("no_permission")


def locked(draft: RuleDraft) -> RuleDraft:
    found: RuleDraft = (
        RuleDraft.objects.select_for_update(of=("self",)).select_related("unit").get(pk=draft.pk)
    )
    return found


@transaction.atomic
def begin(*, unit: Unit, name: str, entry: Entry | None, why: str, by: User) -> RuleDraft:
    """A draft for a rule, new or known. Nothing is in force by it."""
    insist(by, Permission.RULE_EDIT, unit)
    if RuleDraft.objects.filter(unit=unit, name=name, stage__in=OPEN).exists():
        raise RefusedError("draft_is_open")
    draft = RuleDraft.objects.create(unit=unit, name=name, created_by=by)
    write(draft, entry, why, by)
    return draft


@transaction.atomic
def edit(
    *, draft: RuleDraft, entry: Entry | None, why: str, by: User, seen: RuleEdit | None
) -> RuleEdit:
    """The next version after the one that its writer has `seen`. It was neither tried nor seen in
    shadow, whatever the one before was."""
    insist(by, Permission.RULE_EDIT, draft.unit)
    row = locked(draft)
    if not row.is_open:
        raise RefusedError("draft_is_closed")
    if seen is None or seen.pk != row.edit.pk:
        raise RefusedError("written_meanwhile")
    if row.stage == Stage.SHADOW:
        leave_shadow(row)
    stop_backtests(row)
    return write(row, entry, why, by)


def write(draft: RuleDraft, entry: Entry | None, why: str, by: User) -> RuleEdit:
    if entry is not None and (faults := entries.faults_of(entry)):
        raise entries.EntryError(faults)
    made = RuleEdit.objects.create(
        draft=draft,
        number=draft.edits.count() + 1,
        entry=dict(entry) if entry is not None else None,
        why=why.strip(),
        by=by,
    )
    note(draft, "rule.edited", by, number=made.number, off=entry is None)
    return made


def note(draft: RuleDraft, kind: str, by: User, **detail: Any) -> None:
    """In the journal the rule's name and numbers; its words may be somebody's."""
    record(
        kind, target=draft, by=by.actor, unit=draft.unit.slug, detail={"rule": draft.name, **detail}
    )
    publish("workshop")


@transaction.atomic
def withdraw(*, draft: RuleDraft, by: User) -> None:
    insist(by, Permission.RULE_EDIT, draft.unit)
    row = locked(draft)
    if not row.is_open:
        raise RefusedError("draft_is_closed")
    stop_backtests(row)
    row.stage, row.next_action_at, row.lease_until = Stage.WITHDRAWN, None, None
    row.save()
    note(row, "rule.withdrawn", by)


@transaction.atomic
def ask_backtest(*, draft: RuleDraft, by: User) -> Backtest:
    insist(by, Permission.RULE_EDIT, draft.unit)
    row = locked(draft)
    if not row.is_open:
        raise RefusedError("draft_is_closed")
    if row.edit.backtests.filter(state__in=[Backtest.State.WAITING, Backtest.State.RUNNING]):
        raise RefusedError("backtest_is_running")
    made = Backtest.objects.create(edit=row.edit, asked_by=by, next_action_at=now())
    note(row, "rule.backtest_asked", by, backtest=made.public_id)
    return made


@transaction.atomic
def cancel_backtest(*, backtest: Backtest, by: User) -> None:
    draft = backtest.edit.draft
    insist(by, Permission.RULE_EDIT, draft.unit)
    if stop(Backtest.objects.filter(pk=backtest.pk)):
        note(draft, "rule.backtest_stopped", by, backtest=backtest.public_id)


def stop_backtests(draft: RuleDraft) -> None:
    stop(Backtest.objects.filter(edit__draft=draft))


def stop(found: Any) -> int:
    under_way = found.filter(state__in=[Backtest.State.WAITING, Backtest.State.RUNNING])
    stopped: int = under_way.update(
        state=Backtest.State.CANCELLED, finished_at=now(), next_action_at=None, lease_until=None
    )
    return stopped


@transaction.atomic
def begin_shadow(*, draft: RuleDraft, by: User) -> None:
    """From now on it is compared with every new message, and does nothing."""
    insist(by, Permission.RULE_EDIT, draft.unit)
    row = locked(draft)
    if row.stage != Stage.DRAFT:
        raise RefusedError("draft_is_closed")
    entry = row.edit.entry
    if entry is not None and trying.failed(row.name, entry):
        raise RefusedError("examples")
    newest = Message.objects.filter(source__unit=row.unit).order_by("-pk").first()
    row.stage, row.shadow_since = Stage.SHADOW, now()
    row.shadow_after, row.shadow_seen = (newest.pk if newest else 0), 0
    row.next_action_at = now()
    row.save()
    note(row, "rule.shadow_begun", by, edit=row.edit.number)


@transaction.atomic
def end_shadow(*, draft: RuleDraft, by: User) -> None:
    insist(by, Permission.RULE_EDIT, draft.unit)
    row = locked(draft)
    if row.stage != Stage.SHADOW:
        raise RefusedError("draft_is_closed")
    leave_shadow(row)
    note(row, "rule.shadow_ended", by, seen=row.shadow_seen)


def leave_shadow(row: RuleDraft) -> None:
    row.stage, row.shadow_since = Stage.DRAFT, None
    row.next_action_at = row.lease_until = None
    row.save()


@transaction.atomic
def say(*, find: ShadowFind, said: str, by: User) -> None:
    """An officer's word on what the candidate would have done. Whoever wrote it has no say in it. An
    error that a colleague found stands until they take it back themselves."""
    if not by.can(Permission.WALL_VIEW) or by.unit_id != find.draft.unit_id:
        raise RefusedError("no_permission")
    if wrote(find.draft, by):
        raise RefusedError("own_rule")
    row = ShadowFind.objects.select_for_update(of=("self",)).get(pk=find.pk)
    if row.said == said:
        return
    if row.said == ShadowFind.Said.WRONG and row.said_by_id != by.pk:
        raise RefusedError("said_wrong")
    row.said, row.said_by, row.said_at = said, by, now()
    row.save()
    note(find.draft, "rule.shadow_judged", by, find=row.pk, said=said)


def wrote(draft: RuleDraft, user: User) -> bool:
    return draft.edits.filter(by=user).exists()


def clearance_of(edit: RuleEdit) -> Clearance | None:
    """The newest that holds for what is in force and for the engine as they are now."""
    draft = edit.draft
    in_force = rulebook.in_force(draft.unit_id)
    candidate = trying.with_edit(in_force, draft.name, edit.entry)
    found: Clearance | None = (
        edit.clearances.filter(
            engine=engine_mark(),
            released=in_force.version,
            candidate=candidate.version,
            release=None,
        )
        .order_by("-pk")
        .first()
    )
    return found


def lacks(draft: RuleDraft, by: User) -> list[str]:
    """Why this person cannot release this draft now; empty when they can."""
    found = {
        "draft_is_closed": not draft.is_open,
        "no_permission": not by.can(Permission.RULE_RELEASE) or by.unit_id != draft.unit_id,
        "own_rule": wrote(draft, by),
        "not_green": clearance_of(draft.edit) is None,
        "shadow_wrong": draft.edit.shadow_finds.filter(said=ShadowFind.Said.WRONG).exists(),
    }
    return [code for code, holds in found.items() if holds]


@transaction.atomic
def release(*, draft: RuleDraft, edit: RuleEdit, why: str, by: User) -> RuleRelease:
    """A second person puts it in force: exactly the edit they have seen, and only on green."""
    Unit.objects.select_for_update().get(pk=draft.unit_id)  # one release at a time in a unit
    row = locked(draft)
    if row.edit.pk != edit.pk:
        raise RefusedError("edited_meanwhile")
    if lacking := lacks(row, by):
        raise RefusedError(lacking[0])
    in_force = rulebook.in_force(row.unit_id)
    changes = trying.with_edit(in_force, row.name, row.edit.entry)
    parent = rulebook.latest(row.unit_id)
    made = RuleRelease.objects.create(
        unit=row.unit,
        number=parent.number + 1 if parent else 1,
        changes=changes.to_json(),
        version=changes.version,
        parent=parent,
        clearance=clearance_of(row.edit),
        edited_by=row.edit.by,
        by=by,
        why=why.strip(),
    )
    stop_backtests(row)
    row.stage, row.next_action_at, row.lease_until = Stage.RELEASED, None, None
    row.save()
    note(row, "rule.released", by, number=made.number, version=made.version, edit=edit.number)
    publish("wall")
    return made


@transaction.atomic
def take_back(*, release: RuleRelease, why: str, by: User) -> RuleRelease:
    """One person, one click: what was in force before this release is in force again."""
    insist(by, Permission.RULE_RELEASE, release.unit)
    Unit.objects.select_for_update().get(pk=release.unit_id)
    newest = rulebook.latest(release.unit_id)
    if newest is None or newest.pk != release.pk:
        raise RefusedError("not_the_newest")
    before = release.parent  # of a step back: what stood before that to which it went
    changes = Changes.from_json(before.changes) if before else Changes()
    made = RuleRelease.objects.create(
        unit=release.unit,
        number=release.number + 1,
        changes=changes.to_json(),
        version=changes.version,
        parent=before.parent if before else None,
        takes_back=release,
        by=by,
        why=why.strip(),
    )
    record(
        "rules.taken_back",
        target=made,
        by=by.actor,
        unit=release.unit.slug,
        detail={"number": made.number, "took_back": release.number, "version": made.version},
    )
    publish("workshop")
    publish("wall")
    return made
