"""Everything that changes a case. Each announces `case:<id>` so that three people see one file."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tereze import live
from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.casework.actions.evidence import StoredPart, seal_evidence
from tereze.casework.models import (
    Case,
    CaseMember,
    CasePerson,
    CaseReport,
    Evidence,
    Note,
    Offence,
    Task,
)
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.numbering import next_number
from tereze.intake.models import Report


class RefusedError(Exception):
    """What was asked for is not allowed in this state; the text is for the officer."""


def locked(case: Case) -> Case:
    """The row as it stands now, whatever a colleague did while this officer was typing."""
    return Case.objects.select_for_update().select_related("owner").get(pk=case.pk)


def check_unchanged(current: str, shown: str, seen: str | None) -> None:
    """`seen` is what the officer had on screen: a colleague's newer value is never overwritten
    unread."""
    if seen is not None and current != seen:
        raise RefusedError(
            _(
                "Пока вы писали, это изменил коллега, теперь: %(now)s. Если ваше верно, сохраните снова."
            )
            % {"now": shown or "–"}
        )


def announce(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(changed_at=now())
    live.publish(f"case:{case.public_id}")
    live.publish("cases")


@transaction.atomic
def open_case(
    *,
    unit: Unit,
    title: str,
    owner: User,
    by: Actor,
    reports: Iterable[Report] = (),
    scheme: str = "",
) -> Case:
    case = Case.objects.create(
        unit=unit,
        number=next_number(unit.slug, "case", zone=unit.zone),
        title=title,
        owner=owner,
        scheme=scheme,
    )
    CaseMember.objects.create(case=case, user=owner)
    record("case.opened", target=case, by=by)
    for report in reports:
        add_report(case=case, report=report, by=by)
    announce(case)
    return case


@transaction.atomic
def add_report(*, case: Case, report: Report, by: Actor) -> None:
    if report.unit_id != case.unit_id:
        raise RefusedError(_("Сообщение принадлежит другому подразделению."))
    _link, new = CaseReport.objects.get_or_create(case=case, report=report, defaults={"by": by.key})
    if not new:
        return
    fresh = locked(case)
    if report.kui_number and not fresh.kui_number:
        fresh.kui_number, fresh.kui_at = report.kui_number, report.kui_at
        fresh.save(update_fields=["kui_number", "kui_at"])
    record("case.report_added", target=case, by=by, detail={"report": report.public_id})
    live.publish(f"report:{report.public_id}")
    announce(case)


@transaction.atomic
def remove_report(*, case: Case, report: Report, by: Actor) -> None:
    removed, _rows = CaseReport.objects.filter(case=case, report=report).delete()
    if removed:
        record("case.report_removed", target=case, by=by, detail={"report": report.public_id})
        live.publish(f"report:{report.public_id}")
        announce(case)


@transaction.atomic
def admit(*, case: Case, user: User, by: Actor) -> None:
    """Let a colleague into the file."""
    if user.unit_id != case.unit_id or not user.can(Permission.CASE_READ):
        raise RefusedError(_("Этого сотрудника нельзя допустить к делу."))
    _member, new = CaseMember.objects.get_or_create(case=case, user=user)
    if new:
        record("case.admitted", target=case, by=by, detail={"user": user.username})
        announce(case)


@transaction.atomic
def assign(*, case: Case, owner: User, by: Actor, seen: str | None = None) -> None:
    fresh = locked(case)
    check_unchanged(fresh.owner.username, fresh.owner.name, seen)
    admit(case=case, user=owner, by=by)
    fresh.owner = owner
    fresh.save(update_fields=["owner"])
    record("case.assigned", target=case, by=by, detail={"user": owner.username})
    announce(case)


@transaction.atomic
def change_state(
    *, case: Case, state: str, reason: str, by: Actor, seen: str | None = None
) -> None:
    case = locked(case)
    check_unchanged(case.state, case.get_state_display(), seen)
    if state not in Case.NEXT[case.state]:
        raise RefusedError(_("Из этого состояния так перейти нельзя."))
    if state != Case.State.IN_PRODUCTION and not reason.strip():
        raise RefusedError(_("Укажите основание."))
    if state == Case.State.IN_PRODUCTION and not case.offences.exists():
        raise RefusedError(_("Сначала внесите номер ЕРДР: без него нет производства."))
    before, case.state = case.state, state
    case.reason = reason.strip()
    case.save(update_fields=["state", "reason"])
    record("case.state_changed", target=case, by=by, detail={"from": before, "to": state})
    announce(case)


@transaction.atomic
def enter_kui(*, case: Case, number: str, at: datetime, by: Actor, seen: str | None = None) -> None:
    number = " ".join(number.split())
    if not any(sign.isdigit() for sign in number) or at > now():
        raise RefusedError(_("Нужны номер КУИ и время не позже нынешнего."))
    if number == case.number:
        raise RefusedError(_("Это номер Tereze. Номер КУИ выдаёт книга учёта информации."))
    fresh = locked(case)
    check_unchanged(fresh.kui_number, fresh.kui_number, seen)
    was, fresh.kui_number, fresh.kui_at = fresh.kui_number, number, at
    fresh.save(update_fields=["kui_number", "kui_at"])
    detail = {"number": number} | ({"was": was} if was else {})
    record("case.kui_entered", target=case, by=by, detail=detail)
    announce(case)


@transaction.atomic
def register_offence(
    *,
    case: Case,
    erdr_number: str,
    at: datetime,
    by: Actor,
    platform: str = "",
    scheme: str = "",
    district: str = "",
) -> Offence:
    """An ЕРДР number was given. The case is in production from then on."""
    erdr_number = "".join(erdr_number.split())
    if not erdr_number or at > now():
        raise RefusedError(_("Нужны номер ЕРДР и время не позже нынешнего."))
    if Offence.objects.filter(unit=case.unit, erdr_number=erdr_number).exists():
        raise RefusedError(_("Этот номер ЕРДР уже внесён: одно правонарушение считается один раз."))
    offence = Offence.objects.create(
        unit=case.unit,
        case=case,
        erdr_number=erdr_number,
        registered_at=at,
        platform=platform,
        scheme=scheme or case.scheme,
        district=district,
    )
    record("offence.registered", target=case, by=by, detail={"erdr": erdr_number})
    if locked(case).state == Case.State.OPEN:
        change_state(case=case, state=Case.State.IN_PRODUCTION, reason="", by=by)
    live.publish("figures")
    announce(case)
    return offence


@transaction.atomic
def add_task(*, case: Case, title: str, owner: User, due_at: datetime, by: Actor) -> Task:
    if not case.members.filter(user=owner).exists():
        raise RefusedError(_("Исполнитель должен быть допущен к делу."))
    task = Task.objects.create(case=case, title=title.strip(), owner=owner, due_at=due_at)
    record("task.added", target=case, by=by, detail={"owner": owner.username, "task": task.pk})
    announce(case)
    return task


@transaction.atomic
def set_task_done(*, task: Task, done: bool, by: Actor) -> None:
    """Two who tick the same task at once mean the same: the second changes nothing."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if done == (task.done_at is not None):
        return
    task.done_at, task.done_by = (now(), by.key) if done else (None, "")
    task.save(update_fields=["done_at", "done_by"])
    kind = "task.done" if done else "task.reopened"
    record(kind, target=task.case, by=by, detail={"task": task.pk})
    announce(task.case)


@transaction.atomic
def add_note(*, case: Case, text: str, author: User) -> Note:
    note = Note.objects.create(case=case, text=text.strip(), author=author)
    record("note.added", target=case, by=author.actor)
    announce(case)
    return note


@transaction.atomic
def add_person(*, case: Case, part: str, name: str, note: str, by: Actor) -> CasePerson:
    person = CasePerson.objects.create(case=case, part=part, name=name.strip(), note=note.strip())
    record("person.added", target=case, by=by, detail={"part": part})
    announce(case)
    return person


@transaction.atomic
def remove_person(*, person: CasePerson, by: Actor) -> None:
    """Entered by mistake: nobody's name stays in a file where it does not belong."""
    case, part = person.case, person.part
    if person.delete()[0]:
        record("person.removed", target=case, by=by, detail={"part": part})
        announce(case)


@transaction.atomic
def add_evidence(*, case: Case, files: Iterable[StoredPart], origin: str, by: Actor) -> Evidence:
    evidence = seal_evidence(
        unit=case.unit,
        files=files,
        kind=Evidence.Kind.UPLOAD,
        origin=origin,
        by=by,
        subject=("case", case.public_id),
    )
    detail = {"evidence": evidence.public_id}
    record("case.evidence_added", target=case, by=by, detail=detail)
    announce(case)
    return evidence
