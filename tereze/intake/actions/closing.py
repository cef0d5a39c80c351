"""The only ways in which a report leaves the list of what is not in КУИ.

КУИ number and time; repeat of another report; transferred under an outgoing number; not a report of
an offence, proposed by one officer and approved by the chief. The database refuses anything else.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.intake.models import Report, State
from tereze.live import publish


EARLIEST = timedelta(days=60)  # an entry in the register older than the report by more is a slip
CLOCKS_DIFFER = timedelta(minutes=10)


class NotLawfulError(Exception):
    """What was asked is not one of the lawful ways; the text says why, to the officer."""


class NotOpenError(Exception):
    """A colleague was faster, or the report is where it should not be for this."""


def locked(report: Report) -> Report:
    return Report.objects.select_for_update().get(pk=report.pk)


def check(by: User, permission: str, report: Report) -> None:
    if not by.can(permission) or by.unit_id != report.unit_id:
        raise PermissionDenied(permission)


def open_report(report: Report) -> Report:
    fresh = locked(report)
    if not fresh.is_open:
        raise NotOpenError
    return fresh


def close(report: Report, state: str, by: User) -> None:
    report.state = state
    report.closed_at, report.closed_by = now(), by
    report.save()


def announce(report: Report) -> None:
    publish("reports")
    publish(f"report:{report.public_id}")


def needed(value: str, what: str) -> str:
    value = value.strip()
    if not value:
        raise NotLawfulError(what)
    return value


@transaction.atomic
def enter_kui(*, report: Report, number: str, at: datetime, by: User) -> None:
    """The legal register has it: number and time as they stand there."""
    check(by, Permission.REPORT_KUI, report)
    report = open_report(report)
    set_kui(report, number, at, by)
    close(report, State.KUI, by)
    record("report.kui_entered", target=report, by=by.actor, detail={"kui": report.kui_number})
    announce(report)


@transaction.atomic
def correct_kui(*, report: Report, number: str, at: datetime, by: User) -> None:
    """A number was typed wrongly. The old one stays in the journal."""
    check(by, Permission.REPORT_KUI, report)
    report = locked(report)
    if report.state != State.KUI:
        raise NotOpenError
    was = report.kui_number
    set_kui(report, number, at, by)
    report.save()
    record(
        "report.kui_corrected",
        target=report,
        by=by.actor,
        detail={"kui": report.kui_number, "was": was},
    )
    announce(report)


def set_kui(report: Report, number: str, at: datetime, by: User) -> None:
    number = " ".join(needed(number, _("Введите номер КУИ.")).split())[:60]
    if not any(letter.isdigit() for letter in number):
        raise NotLawfulError(_("В номере КУИ должны быть цифры."))
    if at > now() + CLOCKS_DIFFER:
        raise NotLawfulError(_("Время регистрации в КУИ ещё не наступило."))
    if at < report.received_at - EARLIEST:
        raise NotLawfulError(_("Время регистрации в КУИ намного раньше сообщения: проверьте дату."))
    if number == report.number:
        raise NotLawfulError(_("Это номер Tereze. Номер КУИ выдаёт книга учёта информации."))
    year = at.year
    twin = (
        Report.objects.filter(
            unit=report.unit, kui_number=number, state=State.KUI, kui_at__year=year
        )
        .exclude(pk=report.pk)
        .first()
    )
    if twin:
        raise NotLawfulError(
            _("Этот номер КУИ уже стоит у %(number)s. Если это повтор, закройте как повтор.")
            % {"number": twin.number}
        )
    report.kui_number, report.kui_at, report.kui_by = number, at, by


@transaction.atomic
def close_as_repeat(*, report: Report, of: Report, by: User) -> None:
    """The same event, told again. What it repeats stays on the list or is in КУИ itself."""
    check(by, Permission.REPORT_KUI, report)
    # both rows are locked in one order, so that two officers cannot close two reports by each other
    pair = {
        row.pk: row
        for row in Report.objects.select_for_update()
        .filter(pk__in=[report.pk, of.pk], unit=report.unit)
        .order_by("pk")
    }
    if report.pk == of.pk or len(pair) < 2:
        raise NotLawfulError(_("Повтор чего? Укажите номер другого сообщения этого подразделения."))
    report, of = pair[report.pk], pair[of.pk]
    if not report.is_open:
        raise NotOpenError
    if of.state == State.REPEAT:
        raise NotLawfulError(
            _("%(number)s само закрыто как повтор. Укажите первое сообщение.")
            % {"number": of.number}
        )
    if of.state == State.NO_OFFENCE:
        raise NotLawfulError(
            _("%(number)s закрыто как не сообщение о правонарушении: повтором его закрыть нельзя.")
            % {"number": of.number}
        )
    if report.repeats.exists():
        raise NotLawfulError(_("К этому сообщению уже закрыты повторы: оно остаётся первым."))
    report.repeat_of = of
    close(report, State.REPEAT, by)
    record("report.closed_as_repeat", target=report, by=by.actor, detail={"of": of.number})
    announce(report)
    announce(of)


@transaction.atomic
def transfer(*, report: Report, to: str, outgoing_number: str, by: User) -> None:
    """Another body's matter: to whom and under which outgoing number."""
    check(by, Permission.REPORT_KUI, report)
    report = open_report(report)
    report.transferred_to = needed(to, _("Укажите, куда передано."))[:300]
    report.outgoing_number = needed(outgoing_number, _("Введите исходящий номер."))[:60]
    close(report, State.TRANSFERRED, by)
    record(
        "report.transferred",
        target=report,
        by=by.actor,
        detail={"to": report.transferred_to, "outgoing": report.outgoing_number},
    )
    announce(report)


@transaction.atomic
def propose_no_offence(*, report: Report, reason: str, by: User) -> None:
    """An officer thinks that no offence is reported. It stays on the list until the chief agrees."""
    check(by, Permission.REPORT_KUI, report)
    report = open_report(report)
    if report.proposed_by_id is not None:
        raise NotOpenError
    report.no_offence_reason = needed(reason, _("Напишите, почему это не правонарушение."))[:2000]
    report.proposed_by, report.proposed_at = by, now()
    report.save()
    record("report.no_offence_proposed", target=report, by=by.actor)
    announce(report)


@transaction.atomic
def refuse_no_offence(*, report: Report, by: User) -> None:
    """The chief does not agree: the report goes on as before."""
    check(by, Permission.REPORT_APPROVE_CLOSE, report)
    report = open_report(report)
    if report.proposed_by_id is None:
        raise NotOpenError
    forget_proposal(report)
    report.save()
    record("report.no_offence_refused", target=report, by=by.actor)
    announce(report)


def forget_proposal(report: Report) -> None:
    report.no_offence_reason = ""
    report.proposed_by = report.proposed_at = None


@transaction.atomic
def approve_no_offence(*, report: Report, by: User) -> None:
    """The chief agrees with an officer; never with themselves. Its repeats come back to the list."""
    check(by, Permission.REPORT_APPROVE_CLOSE, report)
    report = open_report(report)
    if report.proposed_by_id is None:
        raise NotOpenError
    if report.proposed_by_id == by.pk:
        raise NotLawfulError(_("Предложили вы сами: утверждает другой начальник."))
    report.approved_by = by
    close(report, State.NO_OFFENCE, by)
    record("report.no_offence_approved", target=report, by=by.actor)
    for repeat in report.repeats.select_for_update():
        bring_back(repeat, by, "first_is_no_offence")
    announce(report)


@transaction.atomic
def reopen(*, report: Report, reason: str, by: User) -> None:
    """Closed by mistake: it is on the list again, with its old clock."""
    check(by, Permission.REPORT_KUI, report)
    report = locked(report)
    if report.is_open:
        raise NotOpenError
    bring_back(report, by, needed(reason, _("Напишите, почему сообщение открыто снова."))[:500])


def bring_back(report: Report, by: User, reason: str) -> None:
    was = report.state
    report.state = State.OPEN
    report.closed_at = report.closed_by = report.repeat_of = report.approved_by = None
    report.transferred_to = report.outgoing_number = report.kui_number = ""
    report.kui_at = report.kui_by = None
    forget_proposal(report)
    report.save()
    record("report.reopened", target=report, by=by.actor, detail={"was": was, "reason": reason})
    announce(report)
