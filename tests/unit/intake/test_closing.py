"""A report leaves the list of what is not in КУИ in four lawful ways, and in no other.

Every path that could close one is tried: each action, each address of the desk with each role, the
API, the resident's own pages, the model itself, bulk updates and bare SQL.
"""

import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.intake import actions
from tereze.intake.models import Report, ReportsStayError, State
from tests.unit.intake.conftest import Submit


Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"
CLOSED = [state for state in State.values if state != State.OPEN]


def close_by_kui(report: Report, officer: Officer) -> None:
    actions.enter_kui(
        report=report, number="245500031000123", at=now(), by=officer(Role.DUTY_OFFICER)
    )


def state_of(report: Report) -> str:
    return Report.objects.get(pk=report.pk).state


def refused(function: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            function()
    except (IntegrityError, ReportsStayError):
        return True
    return False


# ---- the four ways


def test_kui_number_and_time_close(report: Report, officer: Officer) -> None:
    close_by_kui(report, officer)
    fresh = Report.objects.get()
    assert (fresh.state, fresh.kui_number) == (State.KUI, "245500031000123")
    assert fresh.kui_by == officer(Role.DUTY_OFFICER)
    assert AuditEvent.objects.filter(kind="report.kui_entered").count() == 1


def test_a_repeat_closes_against_a_report_that_stays(submit: Submit, officer: Officer) -> None:
    first, second = submit().report, submit().report
    actions.close_as_repeat(report=second, of=first, by=officer(Role.OPERATIVE))
    assert (state_of(first), state_of(second)) == (State.OPEN, State.REPEAT)


def test_a_transfer_closes_with_its_outgoing_number(report: Report, officer: Officer) -> None:
    actions.transfer(
        report=report, to="УП г. Караганды", outgoing_number="17/2-88", by=officer(Role.CHIEF)
    )
    assert state_of(report) == State.TRANSFERRED


def test_no_offence_needs_an_officer_and_the_chief(report: Report, officer: Officer) -> None:
    by = officer(Role.OPERATIVE)
    actions.propose_no_offence(report=report, reason="Реклама, обмана нет", by=by)
    assert state_of(report) == State.OPEN
    actions.approve_no_offence(report=report, by=officer(Role.CHIEF))
    assert state_of(report) == State.NO_OFFENCE


# ---- what none of the four may become


@pytest.mark.parametrize("number", ["", "   ", "нет", "2026-000001"])
def test_kui_needs_a_number_of_its_own(report: Report, officer: Officer, number: str) -> None:
    number = report.number if number.startswith("2026") else number
    with pytest.raises(actions.NotLawfulError):
        actions.enter_kui(report=report, number=number, at=now(), by=officer(Role.CHIEF))
    assert state_of(report) == State.OPEN


@pytest.mark.parametrize("shift", [timedelta(days=1), -timedelta(days=400)])
def test_kui_needs_a_possible_time(report: Report, officer: Officer, shift: timedelta) -> None:
    with pytest.raises(actions.NotLawfulError):
        actions.enter_kui(report=report, number="1", at=now() + shift, by=officer(Role.CHIEF))


def test_one_kui_number_closes_one_report(submit: Submit, officer: Officer) -> None:
    close_by_kui(submit().report, officer)
    second = submit().report
    with pytest.raises(actions.NotLawfulError):
        close_by_kui(second, officer)
    assert state_of(second) == State.OPEN


def test_two_reports_cannot_close_each_other(submit: Submit, officer: Officer) -> None:
    first, second = submit().report, submit().report
    chief = officer(Role.CHIEF)
    actions.close_as_repeat(report=second, of=first, by=chief)
    for of in (second, first):
        with pytest.raises(actions.NotLawfulError):
            actions.close_as_repeat(report=first, of=of, by=chief)
    assert state_of(first) == State.OPEN


def test_a_repeat_of_what_was_no_offence_skips_nobody(submit: Submit, officer: Officer) -> None:
    first, second = submit().report, submit().report
    actions.propose_no_offence(report=first, reason="нет", by=officer(Role.OPERATIVE))
    actions.approve_no_offence(report=first, by=officer(Role.CHIEF))
    with pytest.raises(actions.NotLawfulError):
        actions.close_as_repeat(report=second, of=first, by=officer(Role.CHIEF))


def test_repeats_come_back_when_the_first_turns_out_no_offence(
    submit: Submit, officer: Officer
) -> None:
    first, second = submit().report, submit().report
    actions.close_as_repeat(report=second, of=first, by=officer(Role.CHIEF))
    actions.propose_no_offence(report=first, reason="нет", by=officer(Role.OPERATIVE))
    actions.approve_no_offence(report=first, by=officer(Role.CHIEF))
    assert state_of(second) == State.OPEN


def test_a_report_of_another_unit_is_no_repeat(submit: Submit, officer: Officer) -> None:
    report = submit().report
    elsewhere = Unit.objects.create(slug="other", name="Другой")
    Report.objects.filter(pk=report.pk).update(unit=elsewhere)
    with pytest.raises(actions.NotLawfulError):
        actions.close_as_repeat(
            report=submit().report, of=Report.objects.get(pk=report.pk), by=officer(Role.CHIEF)
        )


def test_nobody_approves_their_own_proposal(report: Report, officer: Officer) -> None:
    chief = officer(Role.CHIEF)
    actions.propose_no_offence(report=report, reason="нет", by=chief)
    with pytest.raises(actions.NotLawfulError):
        actions.approve_no_offence(report=report, by=chief)
    assert state_of(report) == State.OPEN


def test_without_a_proposal_there_is_nothing_to_approve(report: Report, officer: Officer) -> None:
    with pytest.raises(actions.NotOpenError):
        actions.approve_no_offence(report=report, by=officer(Role.CHIEF))


@pytest.mark.parametrize(("to", "number"), [("", "1"), ("УП", ""), (" ", " ")])
def test_a_transfer_needs_both(report: Report, officer: Officer, to: str, number: str) -> None:
    with pytest.raises(actions.NotLawfulError):
        actions.transfer(report=report, to=to, outgoing_number=number, by=officer(Role.CHIEF))


def test_what_is_closed_is_not_closed_again(report: Report, officer: Officer) -> None:
    close_by_kui(report, officer)
    with pytest.raises(actions.NotOpenError):
        actions.transfer(report=report, to="УП", outgoing_number="1", by=officer(Role.CHIEF))


def test_a_mistake_is_corrected_and_the_old_number_stays_in_the_journal(
    report: Report, officer: Officer
) -> None:
    close_by_kui(report, officer)
    actions.correct_kui(report=report, number="245500031000999", at=now(), by=officer(Role.CHIEF))
    assert AuditEvent.objects.get(kind="report.kui_corrected").detail["was"] == "245500031000123"
    actions.reopen(report=report, reason="не тот материал", by=officer(Role.CHIEF))
    assert state_of(report) == State.OPEN


@pytest.mark.parametrize("role", Role.values)
def test_the_actions_themselves_ask_for_the_right(
    report: Report, officer: Officer, role: str
) -> None:
    user = officer(role)
    if Permission.REPORT_KUI not in ROLE_PERMISSIONS[role]:
        with pytest.raises(PermissionDenied):
            close_by_kui(report, lambda _: user)
        with pytest.raises(PermissionDenied):
            actions.propose_no_offence(report=report, reason="нет", by=user)
    if Permission.REPORT_APPROVE_CLOSE not in ROLE_PERMISSIONS[role]:
        with pytest.raises(PermissionDenied):
            actions.approve_no_offence(report=report, by=user)
    assert state_of(report) == State.OPEN


def test_an_officer_of_another_unit_closes_nothing(report: Report, officer: Officer) -> None:
    user = officer(Role.CHIEF)
    user.unit = Unit.objects.create(slug="other", name="Другой")
    user.save()
    with pytest.raises(PermissionDenied):
        close_by_kui(report, lambda _: user)


# ---- no other path: the database


@pytest.mark.parametrize("state", CLOSED)
def test_the_model_alone_closes_nothing(report: Report, chief: User, state: str) -> None:
    def save(with_closer: bool) -> None:
        row = Report.objects.get(pk=report.pk)
        row.state = state
        if with_closer:
            row.closed_at, row.closed_by = now(), chief
        row.save()

    assert refused(lambda: save(with_closer=False))
    assert refused(lambda: save(with_closer=True))


@pytest.mark.parametrize("state", [*CLOSED, "closed", "", "archived"])
def test_bulk_updates_and_bare_sql_close_nothing(report: Report, chief: User, state: str) -> None:
    rows = Report.objects.filter(pk=report.pk)
    assert refused(lambda: rows.update(state=state))
    assert refused(lambda: rows.update(state=state, closed_at=now(), closed_by=chief))
    assert refused(lambda: Report.objects.bulk_update([with_state(report, state)], ["state"]))

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE intake_report SET state = %s, closed_at = %s, closed_by_id = %s",
                [state, now(), chief.pk],
            )

    assert refused(bare)
    assert state_of(report) == State.OPEN


def with_state(report: Report, state: str) -> Report:
    row = Report.objects.get(pk=report.pk)
    row.state = state
    return row


EVIDENCE = {
    "kui_number": "1",
    "kui_at": "now",
    "kui_by": "user",
    "transferred_to": "УП",
    "outgoing_number": "1",
    "no_offence_reason": "нет",
    "proposed_by": "user",
    "approved_by": "user",
}
NEEDED = {
    State.KUI: {"kui_number", "kui_at", "kui_by"},
    State.TRANSFERRED: {"transferred_to", "outgoing_number"},
    State.NO_OFFENCE: {"no_offence_reason", "proposed_by", "approved_by"},
}


@pytest.mark.parametrize("state", NEEDED)
def test_every_incomplete_ground_is_refused_by_the_database(
    report: Report, chief: User, officer: Officer, state: str
) -> None:
    """All combinations of what a closing needs; only the whole one passes."""
    names = sorted(NEEDED[State(state)])
    for given in product([False, True], repeat=len(names)):
        values: dict[str, Any] = {
            name: {"now": now(), "user": chief}.get(EVIDENCE[name], EVIDENCE[name])
            for name, use in zip(names, given, strict=True)
            if use
        }
        if values.get("approved_by"):
            values["approved_by"] = officer(Role.OPERATIVE)  # four eyes
        closing = {"state": state, "closed_at": now(), "closed_by": chief, **values}
        was_refused = refused(lambda: Report.objects.filter(pk=report.pk).update(**closing))  # noqa: B023
        assert was_refused is not all(given), given


def test_a_report_is_not_its_own_repeat_and_no_one_approves_alone(
    report: Report, chief: User
) -> None:
    rows = Report.objects.filter(pk=report.pk)
    closing = {"closed_at": now(), "closed_by": chief}
    assert refused(lambda: rows.update(state=State.REPEAT, repeat_of=report, **closing))
    alone = {"no_offence_reason": "нет", "proposed_by": chief, "approved_by": chief}
    assert refused(lambda: rows.update(state=State.NO_OFFENCE, **alone, **closing))


def test_reports_are_never_deleted(report: Report) -> None:
    assert refused(report.delete)
    assert refused(Report.objects.all().delete)
    assert refused(Report.objects.filter(pk=report.pk).delete)
    assert Report.objects.count() == 1


# ---- no other path: the addresses


TRIED = {"kind": "txt", "picture_id": "1"}


def desk_addresses(report: Report) -> list[str]:
    """Every address of intake that takes a report, whatever it is for."""
    found = []
    for name, entries in get_resolver("tereze.intake.urls").reverse_dict.lists():
        if not isinstance(name, str):
            continue
        for possibilities, _pattern, _defaults, _converters in entries:
            for _template, parameters in possibilities:
                if "public_id" in parameters:
                    others = {one: tried for one, tried in TRIED.items() if one in parameters}
                    given = {"public_id": report.public_id} | others
                    found.append(reverse(f"intake:{name}", kwargs=given))
    return sorted(set(found))


def everything_a_closer_could_type(report: Report) -> dict[str, str]:
    return {
        "state": "kui", "number": "", "at": "", "of": report.number, "to": "", "outgoing": "",
        "reason": "", "decision": "approve", "scheme": "", "text": "закрыть", "indicator": "x:y",
        "closed": "1", "kui_number": "1", "kui_at": "2026-01-01", "repeat_of": "1",
    }  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
def test_no_address_closes_without_its_ground(
    client: Client, report: Report, officer: Officer, role: str
) -> None:
    client.force_login(officer(role), BACKEND)
    addresses = desk_addresses(report)
    assert len(addresses) > 10
    # one role that may everything tries every method; the others what a browser sends
    methods = ("get", "post", "put", "patch", "delete") if role == Role.CHIEF else ("post",)
    for address, method in product(addresses, methods):
        getattr(client, method)(address, everything_a_closer_could_type(report))
        assert state_of(report) == State.OPEN, (method, address)


@pytest.mark.parametrize("role", Role.values)
def test_who_may_not_close_closes_with_no_ground_either(
    client: Client, report: Report, officer: Officer, role: str
) -> None:
    typed = everything_a_closer_could_type(report) | {
        "number": "245500031000123", "at": "сегодня", "to": "УП", "outgoing": "1",
    }  # fmt: skip
    client.force_login(officer(role), BACKEND)
    for address in desk_addresses(report):
        if Permission.REPORT_KUI not in ROLE_PERMISSIONS[role]:
            client.post(address, typed)
            assert state_of(report) == State.OPEN, address


def test_residents_and_partners_close_nothing(client: Client, submit: Submit) -> None:
    done = submit()
    client.post(reverse("intake:follow"), {"receipt": done.receipt})
    for name in ("follow_add", "followed", "follow", "follow_leave", "report"):
        client.post(reverse(f"intake:{name}"), everything_a_closer_could_type(done.report))
    for method in ("post", "put", "patch", "delete"):
        getattr(client, method)(f"/api/v1/reports/{done.receipt}")
    assert state_of(done.report) == State.OPEN


def test_only_the_closing_actions_write_the_state() -> None:
    """The list of doors is complete: nothing else in the application assigns a report's state."""
    from pathlib import Path

    import tereze

    writes = re.compile(r"(?:report|row|repeat)\.state\s*=[^=]|state=State\.")
    allowed = {"intake/actions/closing.py", "intake/models.py"}
    root = Path(inspect.getfile(tereze)).parent
    found = {
        str(path.relative_to(root))
        for path in (root / "intake").rglob("*.py")
        if "migrations" not in path.parts and writes.search(path.read_text())
    }
    reads = {"intake/apps.py"}  # counts what waits
    assert found - reads <= allowed
